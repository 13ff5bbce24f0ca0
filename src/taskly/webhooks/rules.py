"""When a webhook is told something, how often it is tried, and when it is left alone. Pure."""

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

TEST_TYPE = "test.ping"
"""What a person sends to see whether it arrives; it is in no log."""

RETRY_SECONDS = (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 18_000, 18_000, 18_000)
"""How long to wait at most after each failure of a message: between 17 and 23 hours in all, after which it has failed.
A job may be put off for a day."""
SHORTEST_SHARE = 0.75
"""Each wait is drawn between this share of it and the whole, so that what failed together is not tried again
together."""

FAILURES_TO_FAIL = 5
FAILING_AFTER = timedelta(minutes=10)
"""So many failures in a row, over so long, and nothing more is sent but a probe now and then."""
PROBE_SECONDS = (60, 120, 300, 600, 1800, 3600)
GIVEN_UP_AFTER = timedelta(days=7)
"""After so long nobody is expected to come back, and a person has to say so if they do."""
GONE = 410


class EndpointState(enum.StrEnum):
    """Whether a webhook is told anything: yes, no as a person said so, or not until a probe gets through."""

    ACTIVE = "active"
    PAUSED = "paused"
    FAILING = "failing"


class MessageState(enum.StrEnum):
    """Where a message stands: in the line, at its head, tried in vain, or at its end."""

    QUEUED = "queued"
    SENDING = "sending"
    RETRYING = "retrying"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a webhook is doing."""

    state: EndpointState
    failures: int = 0
    """Failures in a row."""
    failing_since: datetime | None = None
    problem: str | None = None


def wants(patterns: Collection[str], event_type: str) -> bool:
    """Whether one of the patterns names the type: the type itself, `card.*`, or `*`."""
    return any(matches(pattern, event_type) for pattern in patterns)


def matches(pattern: str, event_type: str) -> bool:
    """Whether a pattern names a type."""
    if pattern.endswith("*"):
        return event_type.startswith(pattern[:-1])
    return pattern == event_type


def wait_after(failures: int, share: float) -> float | None:
    """Seconds until a message that failed so often is tried again; None if it has failed for good.

    `share` is drawn from 0 to 1.
    """
    if failures > len(RETRY_SECONDS):
        return None
    longest = RETRY_SECONDS[failures - 1]
    return longest * (SHORTEST_SHARE + (1 - SHORTEST_SHARE) * share)


def probe_wait(failures: int) -> timedelta:
    """How long to leave a failing webhook alone after so many failures in a row."""
    probes = max(failures - FAILURES_TO_FAIL, 0)
    return timedelta(seconds=PROBE_SECONDS[min(probes, len(PROBE_SECONDS) - 1)])


def after_success(before: Standing) -> Standing:
    """It answered. A person who paused it had their reasons; whatever else kept it quiet is over."""
    if before.state is EndpointState.PAUSED:
        return Standing(EndpointState.PAUSED, problem=before.problem)
    return Standing(EndpointState.ACTIVE)


def after_failure(before: Standing, status: int | None, now: datetime) -> Standing:
    """It did not answer with success."""
    since = before.failing_since or now
    failures = before.failures + 1
    state, problem = before.state, before.problem
    if state is EndpointState.PAUSED:
        pass
    elif status == GONE:
        state, problem = EndpointState.PAUSED, "The receiver answered 410 Gone: it wants no more."
    elif state is EndpointState.FAILING and now - since > GIVEN_UP_AFTER:
        state, problem = EndpointState.PAUSED, "Nothing got through for a week."
    elif failures >= FAILURES_TO_FAIL and now - since >= FAILING_AFTER:
        state, problem = EndpointState.FAILING, "Nothing gets through at present."
    return Standing(state, failures, since, problem)


def is_success(status: int | None) -> bool:
    """Whether the receiver has taken the message."""
    return status is not None and 200 <= status < 300


def refusal(status: int) -> str:
    """What is wrong with an answer that is no success."""
    if 300 <= status < 400:
        return f"It answered {status}, which leads elsewhere; webhooks follow no redirects."
    return f"It answered {status}."


def unknown_among(patterns: Sequence[str], known: Collection[str]) -> str | None:
    """The first pattern that names nothing that is known."""
    return next((each for each in patterns if not any(matches(each, one) for one in known)), None)
