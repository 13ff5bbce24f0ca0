"""Check suites, check runs and commit statuses: two ways to say whether a commit is good."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

CheckStatus = Literal["queued", "in_progress", "completed", "waiting", "requested", "pending"]
Conclusion = Literal[
    "success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required"
]
StatusState = Literal["error", "failure", "pending", "success"]

_WORST_FIRST: tuple[Conclusion, ...] = (
    "failure",
    "timed_out",
    "action_required",
    "cancelled",
    "success",
    "neutral",
    "skipped",
)
GOOD: frozenset[Conclusion] = frozenset({"success", "neutral", "skipped"})


@dataclass(eq=False)
class CheckSuite:
    """All check runs of one app for one commit."""

    id: int
    head_sha: str
    head_branch: str | None
    before: str | None
    created_at: datetime
    updated_at: datetime
    status: CheckStatus = "queued"
    conclusion: Conclusion | None = None


@dataclass(eq=False)
class CheckRun:
    """One check of one commit."""

    id: int
    suite: CheckSuite
    name: str
    status: CheckStatus
    conclusion: Conclusion | None
    started_at: datetime | None
    completed_at: datetime | None
    external_id: str = ""
    details_url: str | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None

    @property
    def head_sha(self) -> str:
        """The commit that is checked."""
        return self.suite.head_sha


@dataclass(frozen=True)
class CommitStatus:
    """The older way: one state by context; the newest of a context counts."""

    id: int
    sha: str
    state: StatusState
    context: str
    description: str | None
    target_url: str | None
    creator: str
    created_at: datetime


def latest_runs(runs: Iterable[CheckRun]) -> list[CheckRun]:
    """The newest run of each name and suite, newest first."""
    newest = {(run.suite.id, run.name): run for run in sorted(runs, key=lambda run: run.id)}
    return sorted(newest.values(), key=lambda run: -run.id)


def latest_statuses(statuses: Iterable[CommitStatus]) -> list[CommitStatus]:
    """The newest status of each context, newest first."""
    newest = {status.context: status for status in sorted(statuses, key=lambda each: each.id)}
    return sorted(newest.values(), key=lambda status: -status.id)


def combined_state(statuses: Iterable[CommitStatus]) -> Literal["failure", "pending", "success"]:
    """GitHub's one word for all statuses of a commit; without any it says pending."""
    states = {status.state for status in latest_statuses(statuses)}
    if states & {"failure", "error"}:
        return "failure"
    return "success" if states == {"success"} else "pending"


def combined_conclusion(runs: Iterable[CheckRun]) -> Conclusion | None:
    """The worst conclusion of a suite's latest runs; None while one of them is not completed."""
    latest = latest_runs(runs)
    conclusions = {run.conclusion for run in latest}
    if not latest or any(run.status != "completed" for run in latest):
        return None
    return next(conclusion for conclusion in _WORST_FIRST if conclusion in conclusions)
