"""Checks of a commit: check runs and commit statuses, and what they come to."""

import enum
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime


class CheckKind(enum.StrEnum):
    """GitHub's two ways to report on a commit."""

    CHECK_RUN = "check_run"
    STATUS = "status"


class CheckState(enum.StrEnum):
    """How a check stands; `neutral` neither helps nor hinders."""

    PENDING = "pending"
    PASSING = "passing"
    FAILING = "failing"
    NEUTRAL = "neutral"


class ChecksState(enum.StrEnum):
    """What all checks of a commit come to."""

    PASSING = "passing"
    FAILING = "failing"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class RequiredCheck:
    """A check that has to pass before anything is merged into a branch."""

    name: str
    app_id: int | None = None
    """Which app has to report it; None if anybody may."""

    def is_met_by(self, check: "Check") -> bool:
        """Whether a check is this one. Who reports a status is not known, so it may be anybody."""
        return check.name == self.name and (
            self.app_id is None or check.app_id is None or check.app_id == self.app_id
        )


@dataclass(frozen=True, slots=True)
class Rollup:
    """What the checks of a commit come to, beside those that are required of it."""

    state: ChecksState | None
    """All together. A required one of which nothing is known is waited for."""
    required: ChecksState | None
    """The required ones; None if none is, or if that is not known."""
    expected: tuple[str, ...]
    """Required ones of which nothing is known."""

    @property
    def only_optional_fail(self) -> bool:
        """Whether checks fail, but none that is required."""
        is_required_failing = self.required in {None, ChecksState.FAILING}
        return self.state is ChecksState.FAILING and not is_required_failing


CheckKey = tuple[str, CheckKind, str, str]

_CONCLUSIONS = {
    "success": CheckState.PASSING,
    "neutral": CheckState.NEUTRAL,
    "skipped": CheckState.NEUTRAL,
}
_STATUSES = {"success": CheckState.PASSING, "pending": CheckState.PENDING}


@dataclass(frozen=True, slots=True)
class Check:
    """The newest run of one check on one commit."""

    head_sha: str
    kind: CheckKind
    app: str
    """What reports: checks of the same name by two apps are two checks. Empty for statuses."""
    name: str
    github_id: int
    """Grows with every rerun."""
    state: CheckState
    conclusion: str | None
    """GitHub's own word."""
    url: str | None
    as_of: datetime
    """When it last began or ended."""
    app_id: int | None = None
    """GitHub's number of the app; None for statuses, and where it was not told."""

    @property
    def key(self) -> CheckKey:
        """What the runs of one check have in common."""
        return (self.head_sha, self.kind, self.app, self.name)


def run_state(status: str, conclusion: str | None) -> CheckState:
    """How a check run stands, by GitHub's `status` and `conclusion`.

    As on GitHub, all that ended without success or neutrality counts as failing: `failure`, `timed_out`,
    `cancelled`, `action_required`, `startup_failure`, `stale`.
    """
    if status != "completed" or conclusion is None:
        return CheckState.PENDING
    return _CONCLUSIONS.get(conclusion, CheckState.FAILING)


def status_state(state: str) -> CheckState:
    """How a commit status stands, by GitHub's `state`."""
    return _STATUSES.get(state, CheckState.FAILING)


def newest_run(known: Check | None, told: Check) -> Check:
    """The run of the same check that counts, in whatever order the two were told."""
    return told if known is None else max(known, told, key=_age)


def roll_up(checks: Iterable[Check]) -> ChecksState | None:
    """What the checks of a commit come to: failing, else pending, else passing; None without checks."""
    states = {check.state for check in checks}
    if CheckState.FAILING in states:
        return ChecksState.FAILING
    if CheckState.PENDING in states:
        return ChecksState.PENDING
    return ChecksState.PASSING if states else None


def roll_up_required(checks: Collection[Check], required: Collection[RequiredCheck]) -> Rollup:
    """The same beside what is required. A skipped or neutral check is as good as a passing one.

    Where a check run and a status have the name of a required one, both have to pass.
    """
    met = {each: [check for check in checks if each.is_met_by(check)] for each in required}
    expected = tuple(sorted({each.name for each, found in met.items() if not found}))
    state = roll_up(checks)
    needed = roll_up(check for found in met.values() for check in found)
    if expected:
        state, needed = (_waited_for(each) for each in (state, needed))
    return Rollup(state, needed, expected)


def _waited_for(state: ChecksState | None) -> ChecksState:
    return ChecksState.FAILING if state is ChecksState.FAILING else ChecksState.PENDING


def _age(check: Check) -> tuple[int, datetime, bool]:
    return (check.github_id, check.as_of, check.state is not CheckState.PENDING)
