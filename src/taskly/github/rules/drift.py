"""Where a card and its code have come apart: what the board says is not what GitHub says.

It follows from where the card is, how its code stands now, and the time; never from the messages that told
it. A card in the archive does not drift, nor does one of an archived board. Only pull requests count whose
merge completes the card, and of those, once it is complete, only what was opened since (see
`rules.standing`). What a board has switched off as a rule it does not hear of as drift either.

`drifting.conditions_repository` says the same in SQL, to find such cards among many.
"""

import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from taskly.github.rules.automation import Automation, Column, Rule, target_column
from taskly.github.rules.checks import ChecksState
from taskly.github.rules.facts import PullRequestState
from taskly.github.rules.reviews import ReviewDecision

IDLE_AFTER = timedelta(days=3)
"""So long nothing happens to an approved pull request until it is idle."""
FAILING_AFTER = timedelta(days=2)
"""So long checks may fail until somebody should look."""


class Drift(enum.StrEnum):
    """The ways in which a card and its code come apart."""

    MERGED_NOT_DONE = "merged_not_done"
    DONE_BUT_OPEN = "done_but_open"
    IN_REVIEW_BUT_DRAFT = "in_review_but_draft"
    BRANCH_GONE = "branch_gone"
    APPROVED_AND_IDLE = "approved_and_idle"
    CHECKS_FAILING = "checks_failing"


@dataclass(frozen=True, slots=True)
class PullRequestOnCard:
    """A pull request that is linked to a card."""

    repository: str
    number: int
    state: PullRequestState
    closes: bool
    """Whether its merge completes the card."""
    base: str
    """The branch into which it is merged."""
    decision: ReviewDecision | None
    checks: ChecksState | None
    failing_since: datetime | None
    """When the first of the checks ended that fail on its head."""
    opened_at: datetime
    merged_at: datetime | None
    updated_at: datetime
    """GitHub's."""

    @property
    def is_open(self) -> bool:
        """Whether work on it goes on."""
        return self.state in {PullRequestState.OPEN, PullRequestState.DRAFT}

    @property
    def name(self) -> str:
        """As people write it."""
        return f"{self.repository}#{self.number}"


@dataclass(frozen=True, slots=True)
class BranchOnCard:
    """A branch that a card has or had."""

    repository: str
    name: str
    exists: bool
    """Or is being made."""
    merged: bool
    """Whether a pull request from it was merged, linked to the card or not."""
    as_of: datetime | None
    """As of which push that is known; None while it is being made."""


@dataclass(frozen=True)
class CardAndCode:
    """A card outside the archive, and its code."""

    column_id: UUID
    columns: Sequence[Column]
    """The board's, from left to right."""
    automation: Automation
    pull_requests: Sequence[PullRequestOnCard]
    branches: Sequence[BranchOnCard]

    @cached_property
    def column(self) -> Column:
        """Where the card is."""
        return next(column for column in self.columns if column.id == self.column_id)

    @property
    def is_done(self) -> bool:
        """Whether it is where the work is over."""
        return self.column.category == "done"

    @cached_property
    def merged(self) -> list[tuple[datetime, PullRequestOnCard]]:
        """The pull requests whose merge completes the card, with its time."""
        return [
            (pull.merged_at, pull)
            for pull in self.pull_requests
            if pull.closes and pull.merged_at is not None and self.heeds(Rule.MERGED, pull)
        ]

    @cached_property
    def active(self) -> list[PullRequestOnCard]:
        """The open pull requests that are still to be merged for this card."""
        return [
            pull
            for pull in self.pull_requests
            if pull.is_open and pull.closes and not self._is_settled_without(pull)
        ]

    def _is_settled_without(self, pull: PullRequestOnCard) -> bool:
        return any(not self._would_go_on(pull, at) for at, _ in self.merged)

    def goes_on_after(self, at: datetime) -> bool:
        """Whether work goes on in spite of a merge that completes the card."""
        return any(
            pull.is_open and pull.closes and self._would_go_on(pull, at)
            for pull in self.pull_requests
        )

    def _would_go_on(self, pull: PullRequestOnCard, at: datetime) -> bool:
        is_needed = self.automation.merged_needs == "all"
        return is_needed or (pull.opened_at > at and self.heeds(Rule.MERGED, pull))

    def is_on(self, rule: Rule) -> bool:
        """Whether the board has this rule switched on."""
        return self.automation.setting(rule).enabled

    def heeds(self, rule: Rule, pull: PullRequestOnCard) -> bool:
        """Whether this rule holds for pull requests into such a branch."""
        return self.automation.setting(rule).heeds(pull.base)

    def target(self, rule: Rule, pull: PullRequestOnCard | None = None) -> Column | None:
        """Where this rule sends cards, because of this pull request if there is one."""
        setting = self.automation.setting(rule)
        if pull is not None:
            setting = setting.towards(setting.target(pull.base))
        return target_column(rule, setting, self.columns)


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of drift, and what to do about it."""

    kind: Drift
    repository: str
    pull_request: int | None
    branch: str | None
    since: datetime
    """The time of GitHub's side of it."""
    advice: str


def signs_of_drift(card: CardAndCode, now: datetime) -> list[Sign]:
    """All signs, by kind; one for each pull request that shows it."""
    return [
        *_merged_not_done(card),
        *_done_but_open(card),
        *_in_review_but_draft(card),
        *_branch_gone(card),
        *_approved_and_idle(card, now),
        *_checks_failing(card, now),
    ]


def kinds(signs: Iterable[Sign]) -> list[Drift]:
    """The kinds of drift, each once, in their order."""
    return list(dict.fromkeys(sign.kind for sign in signs))


def _merged_not_done(card: CardAndCode) -> Iterator[Sign]:
    """Its code is merged, and it has not come to where merged cards go. Farther to the right is no drift."""
    if card.is_done or not card.is_on(Rule.MERGED):
        return
    here = card.columns.index(card.column)
    missed = [
        (at, pull, target)
        for at, pull in card.merged
        if not card.goes_on_after(at)
        and (target := card.target(Rule.MERGED, pull)) is not None
        and here < card.columns.index(target)
    ]
    if missed:
        at, pull, target = max(missed, key=lambda merge: (merge[0], merge[1].name))
        advice = (
            f"{pull.name} is merged: move the card to {target.name}, "
            "or go on in another pull request."
        )
        yield _of_pull(Drift.MERGED_NOT_DONE, pull, at, advice)


def _done_but_open(card: CardAndCode) -> Iterator[Sign]:
    if card.is_done and card.is_on(Rule.MERGED):
        for pull in card.active:
            advice = f"{pull.name} is open: merge or close it, or take the card back to work."
            yield _of_pull(Drift.DONE_BUT_OPEN, pull, pull.opened_at, advice)


def _in_review_but_draft(card: CardAndCode) -> Iterator[Sign]:
    """There is nothing to review yet. Any pull request that is ready gives reviewers enough to do."""
    is_for_work = card.column == card.target(Rule.BRANCH_CREATED)
    is_ready = any(pull.state is PullRequestState.OPEN for pull in card.pull_requests)
    if is_for_work or is_ready or not card.is_on(Rule.PULL_REQUEST_OPENED):
        return
    for pull in card.active:
        is_for_review = card.column == card.target(Rule.PULL_REQUEST_OPENED, pull)
        if is_for_review and card.heeds(Rule.PULL_REQUEST_OPENED, pull):
            advice = f"{pull.name} is a draft: mark it as ready for review, or take the card back."
            yield _of_pull(Drift.IN_REVIEW_BUT_DRAFT, pull, pull.opened_at, advice)


def _branch_gone(card: CardAndCode) -> Iterator[Sign]:
    """Work is said to go on, and there is nothing left that it could go on with."""
    is_left = any(branch.exists for branch in card.branches)
    has_other_code = any(pull.is_open or pull.merged_at for pull in card.pull_requests)
    has_closed = any(pull.state is PullRequestState.CLOSED for pull in card.pull_requests)
    has_its_rule = has_closed and card.is_on(Rule.CLOSED)
    if is_left or has_other_code or has_its_rule or card.column.category != "in_progress":
        return
    gone = [(each.as_of, each) for each in card.branches if each.as_of and not each.merged]
    if gone and card.is_on(Rule.BRANCH_CREATED):
        at, branch = max(gone, key=lambda end: (end[0], end[1].repository, end[1].name))
        advice = (
            f"The branch {branch.name} of {branch.repository} is gone, and was not merged: create "
            "another one, or move the card to where it belongs."
        )
        yield Sign(Drift.BRANCH_GONE, branch.repository, None, branch.name, at, advice)


def _approved_and_idle(card: CardAndCode, now: datetime) -> Iterator[Sign]:
    for pull in _ready(card):
        is_approved = pull.decision is ReviewDecision.APPROVED
        is_failing = pull.checks is ChecksState.FAILING
        if is_approved and not is_failing and pull.updated_at <= now - IDLE_AFTER:
            advice = f"{pull.name} is approved: merge it, or say on it what it waits for."
            yield _of_pull(Drift.APPROVED_AND_IDLE, pull, pull.updated_at, advice)


def _checks_failing(card: CardAndCode, now: datetime) -> Iterator[Sign]:
    for pull in _ready(card):
        since = pull.failing_since
        is_failing = pull.checks is ChecksState.FAILING
        if is_failing and since is not None and since <= now - FAILING_AFTER:
            advice = f"Checks of {pull.name} fail: repair them, or make it a draft again."
            yield _of_pull(Drift.CHECKS_FAILING, pull, since, advice)


def _ready(card: CardAndCode) -> list[PullRequestOnCard]:
    """What waits for its merge, while the card is not done. Drafts may be idle and fail."""
    if card.is_done:
        return []
    return [pull for pull in card.active if pull.state is PullRequestState.OPEN]


def _of_pull(kind: Drift, pull: PullRequestOnCard, since: datetime, advice: str) -> Sign:
    return Sign(kind, pull.repository, pull.number, None, since, advice)
