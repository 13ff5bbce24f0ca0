"""How often it is tried, and when a webhook is left alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.webhooks.rules import (
    RETRY_SECONDS,
    EndpointState,
    Standing,
    after_failure,
    after_success,
    probe_wait,
    wait_after,
    wants,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
states = st.sampled_from(EndpointState)


@given(st.lists(st.floats(0, 1), min_size=11, max_size=11))
def test_a_message_is_tried_for_about_a_day_and_never_longer(shares: list[float]) -> None:
    waits = [wait_after(number, share) for number, share in enumerate(shares, start=1)]
    assert None not in waits
    assert timedelta(hours=17) <= timedelta(seconds=sum(filter(None, waits))) < timedelta(hours=23)
    assert wait_after(len(RETRY_SECONDS) + 1, 1) is None


def test_messages_that_failed_together_are_not_tried_again_together() -> None:
    assert (wait_after(4, 0), wait_after(4, 1)) == (450, 600)


@pytest.mark.parametrize(
    ("patterns", "wanted"),
    [
        (["*"], True),
        (["card.*"], True),
        (["card.moved"], True),
        (["label.*", "card.moved"], True),
        (["card.created"], False),
        (["car.*"], False),
        (["card_part.*"], False),
        ([], False),
    ],
)
def test_a_pattern_names_a_type_a_kind_or_everything(patterns: list[str], wanted: bool) -> None:
    assert wants(patterns, "card.moved") is wanted


@given(states, st.integers(0, 20), st.integers(0, 14 * 24 * 60))
def test_only_a_person_wakes_a_paused_webhook(
    state: EndpointState, failures: int, minutes: int
) -> None:
    before = Standing(state, failures, NOON, "why")
    failed = after_failure(before, 500, NOON + timedelta(minutes=minutes))
    worked = after_success(before)
    if state is EndpointState.PAUSED:
        assert (failed.state, failed.problem) == (state, "why")
        assert (worked.state, worked.problem) == (state, "why")
    else:
        assert worked == Standing(EndpointState.ACTIVE)
    assert failed.failures == failures + 1


def test_it_takes_failures_and_time_to_be_failing() -> None:
    early, late = NOON + timedelta(minutes=9), NOON + timedelta(minutes=10)
    assert after_failure(Standing(EndpointState.ACTIVE, 9, NOON), 500, early).state == "active"
    assert after_failure(Standing(EndpointState.ACTIVE, 3, NOON), 500, late).state == "active"
    assert after_failure(Standing(EndpointState.ACTIVE, 4, NOON), 500, late).state == "failing"
    assert after_failure(Standing(EndpointState.ACTIVE), None, NOON).failing_since == NOON


def test_probes_become_rarer_up_to_once_an_hour() -> None:
    waits = [probe_wait(failures).total_seconds() / 60 for failures in range(5, 13)]
    assert waits == [1, 2, 5, 10, 30, 60, 60, 60]
