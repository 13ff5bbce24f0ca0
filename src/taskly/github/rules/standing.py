"""Which rule of the board holds for a card, because of its branches and pull requests.

It follows from how the card's code stands now, not from the messages that told it, and a card is moved
when a rule begins to hold. So the same end is reached whatever was told late, twice or not at all; and
between two such moments people put the card wherever they like.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from taskly.github.rules.automation import Automation, Needed, Rule, Target
from taskly.github.rules.facts import PullRequestState
from taskly.github.rules.reviews import ReviewDecision


@dataclass(frozen=True, slots=True)
class LinkedPullRequest:
    """A pull request on a card, as far as the rules care."""

    id: UUID
    state: PullRequestState
    was_ready: bool
    """Whether it was ever open for review. One that is made a draft again has been, and its card stays."""
    decision: ReviewDecision | None
    closes: bool
    """Whether its merge completes the card."""
    opened_at: datetime
    merged_at: datetime | None
    base: str
    """The branch into which it is merged."""

    @property
    def is_open(self) -> bool:
        """Whether work on it goes on."""
        return self.state in {PullRequestState.OPEN, PullRequestState.DRAFT}


@dataclass(frozen=True, slots=True)
class CardCode:
    """The code of a card: the branches that it has or had, and its pull requests."""

    branches: frozenset[UUID] = frozenset()
    pull_requests: tuple[LinkedPullRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """The rule that holds for a card, and the branches or pull requests because of which it does."""

    rule: Rule
    because: frozenset[UUID]
    target: Target | None = None
    """What the rule says of the base branch of the last of these pull requests."""


def standing(code: CardCode, automation: Automation) -> Standing | None:
    """The rule that holds for a card: the last one on its way that the board has switched on."""
    way = _way(code, automation)
    return next((step for step in reversed(way) if automation.setting(step.rule).enabled), None)


def begins(before: Standing | None, after: Standing | None) -> bool:
    """Whether a rule begins to hold: another one than before, or the same one because of more, or of another branch."""
    if after is None or before is None:
        return after is not None
    is_same = after.rule is before.rule and after.target == before.target
    return not is_same or not after.because <= before.because


def newest(before: Standing | None, after: Standing, code: CardCode) -> UUID:
    """Of the branches and pull requests because of which a rule begins to hold, the one that came last."""
    known = before.because if before is not None and before.rule is after.rule else frozenset()
    news = after.because - known or after.because
    pulls = [pull for pull in code.pull_requests if pull.id in news]
    return max(pulls, key=_time_of(after.rule)).id if pulls else max(news)


def steps(before: CardCode, after: CardCode) -> list[CardCode]:
    """How the card's code came from one state to another, by GitHub's times: what to hold the rules against, one
    after the other, so that a card whose code is learnt all at once ends where it would have if told step by step.
    """
    held = {pull.id: pull for pull in before.pull_requests}
    moments = {pull.opened_at for pull in after.pull_requests if pull.id not in held}
    moments |= {
        pull.merged_at
        for pull in after.pull_requests
        if pull.merged_at is not None and not (pull.id in held and held[pull.id].merged_at)
    }
    between = [
        CardCode(after.branches, tuple(_as_of(moment, held, after.pull_requests)))
        for moment in sorted(moments)
    ]
    return [before, *between, after]


def _as_of(
    moment: datetime,
    held: Mapping[UUID, LinkedPullRequest],
    pulls: Iterable[LinkedPullRequest],
) -> Iterator[LinkedPullRequest]:
    """What had been opened and merged by then; how it was reviewed or closed is known of the end alone."""
    for pull in pulls:
        if pull.opened_at > moment:
            continue
        if pull.merged_at is not None and pull.merged_at <= moment:
            yield pull
        elif pull.id in held:
            yield held[pull.id]
        else:
            yield replace(pull, state=PullRequestState.OPEN, merged_at=None)


def _way(code: CardCode, automation: Automation) -> list[Standing]:
    """The rules that the card's code has met, from the first to the last, each with its reasons."""
    pulls = code.pull_requests
    if not code.branches and not pulls:
        return []
    way = [Standing(Rule.BRANCH_CREATED, code.branches | _ids(pulls))]
    for rule, met in _met(pulls, automation):
        setting = automation.setting(rule)
        reasons = [pull for pull in met if setting.heeds(pull.base)]
        if reasons:
            last = max(reasons, key=_time_of(rule))
            way.append(Standing(rule, _ids(reasons), setting.target(last.base)))
    return way


def _met(
    pulls: Sequence[LinkedPullRequest], automation: Automation
) -> list[tuple[Rule, Sequence[LinkedPullRequest]]]:
    """The rules that a card's pull requests have met, in order, and which of them did."""
    completing = [pull for pull in pulls if pull.closes and automation.merged.heeds(pull.base)]
    merged = [pull for pull in completing if pull.merged_at is not None]
    needed = automation.merged_needs
    active = _active(pulls, completing, merged, needed)
    if merged and not active and _is_complete(pulls, needed):
        return [(Rule.PULL_REQUEST_OPENED, merged), (Rule.MERGED, merged)]
    speaking = active or sorted(pulls, key=_time_of(Rule.PULL_REQUEST_OPENED))[-1:]
    refused = ReviewDecision.CHANGES_REQUESTED
    return [
        (Rule.PULL_REQUEST_OPENED, [pull for pull in speaking if pull.was_ready]),
        (Rule.CHANGES_REQUESTED, [pull for pull in speaking if pull.decision is refused]),
        (Rule.CLOSED, [pull for pull in speaking if pull.state is PullRequestState.CLOSED]),
    ]


def _time_of(rule: Rule) -> Callable[[LinkedPullRequest], tuple[datetime, UUID]]:
    """When a pull request met a rule, to find the last that did."""
    if rule is Rule.MERGED:
        return lambda pull: (pull.merged_at or pull.opened_at, pull.id)
    return lambda pull: (pull.opened_at, pull.id)


def _is_complete(pulls: Iterable[LinkedPullRequest], needed: Needed) -> bool:
    return needed == "any" or not any(pull.is_open and pull.closes for pull in pulls)


def _active(
    pulls: Sequence[LinkedPullRequest],
    completing: Sequence[LinkedPullRequest],
    merged: Sequence[LinkedPullRequest],
    needed: Needed,
) -> list[LinkedPullRequest]:
    """The pull requests on which the card's work goes on.

    Once the card is complete, only one that was opened after that and would complete it again counts.
    """
    ends = [pull.merged_at for pull in merged if pull.merged_at is not None]
    if not ends or not _is_complete(pulls, needed):
        return [pull for pull in pulls if pull.is_open]
    return [pull for pull in completing if pull.is_open and pull.opened_at > max(ends)]


def _ids(pulls: Iterable[LinkedPullRequest]) -> frozenset[UUID]:
    return frozenset(pull.id for pull in pulls)
