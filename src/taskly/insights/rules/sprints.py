"""What belongs to a sprint, from when to when."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from uuid import UUID

from taskly.boards.rules import Category
from taskly.insights.rules.amounts import NOTHING, Amount
from taskly.insights.rules.days import INSTANT, WorkCalendar
from taskly.insights.rules.histories import CardHistory, SprintHistory, Step


@dataclass(frozen=True, slots=True)
class Window:
    """A sprint as it was planned at some moment, and the time that it covers."""

    sprint_id: UUID
    name: str
    starts_on: date
    ends_on: date
    opens_at: datetime
    """When somebody started it, or else the first instant of its first day."""
    closes_at: datetime
    """When somebody completed it, or else the first instant after its last day. What happens then, such as
    carrying cards over, is not part of it any more. One that somebody started goes on until somebody completes it."""
    counts_from: datetime
    """What was done before, and is still done, is no work of the sprint: `opens_at`, or the first instant of its
    first day, as it was then, if that is earlier: people begin on that day and start the sprint when they meet."""
    ends_at: datetime
    """`closes_at`, or the first instant after the moment of asking if that is earlier."""

    @property
    def has_opened(self) -> bool:
        """Whether the sprint had begun at the moment of asking."""
        return self.opens_at < self.ends_at

    @property
    def is_over(self) -> bool:
        """Whether the sprint was over at the moment of asking."""
        return self.closes_at <= self.ends_at

    def share(self, step: Step | None) -> Amount | None:
        """What a card adds to the sprint's scope as it is at some moment; None if it is not part of it.

        Cards that were done before anything counted are no work of the sprint, until they are reopened.
        """
        if step is None or step.sprint_id != self.sprint_id or not step.counts:
            return None
        if step.done_at is not None and step.done_at < self.counts_from:
            return None
        return Amount(1, step.points or 0)


def window(sprint: SprintHistory, calendar: WorkCalendar, as_of: datetime) -> Window | None:
    """The sprint as it was at a moment; None if it was not there then."""
    plan = sprint.before(as_of + INSTANT)
    if plan is None:
        return None
    opens_at = plan.started_at or calendar.start_of(plan.starts_on)
    # Whoever moves the first day afterwards changes nothing of what people committed to.
    begun = sprint.before(opens_at + INSTANT) if plan.started_at else None
    begins_at = calendar.start_of((begun or plan).starts_on)
    closes_at = plan.completed_at or calendar.day(plan.ends_on).ends_at
    if plan.started_at is not None and plan.completed_at is None:
        closes_at = max(closes_at, as_of + 2 * INSTANT)
    return Window(
        sprint_id=sprint.sprint_id,
        name=plan.name,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        opens_at=opens_at,
        closes_at=closes_at,
        counts_from=min(opens_at, begins_at),
        ends_at=min(closes_at, as_of + INSTANT),
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """A sprint's work at a moment: what is done and what remains make up the scope."""

    scope: Amount
    done: Amount
    remaining: Amount


def standing(window: Window, cards: Iterable[CardHistory], before: datetime) -> Standing:
    """How the sprint stood just before a moment."""
    [found] = standings(window, cards, [before])
    return found


def standings(
    window: Window, cards: Iterable[CardHistory], moments: Sequence[datetime]
) -> list[Standing]:
    """How the sprint stood just before each of some moments, which are in order: each change is looked at once."""
    done, remaining = ([NOTHING] * len(moments) for _ in range(2))
    for card in cards:
        was_done = was_remaining = NOTHING
        for step in card.steps:
            since = bisect_right(moments, step.at)
            if since == len(moments):
                break
            share = window.share(step) or NOTHING
            is_done = step.category is Category.DONE
            now_done, now_remaining = (share, NOTHING) if is_done else (NOTHING, share)
            if now_done != was_done:
                done[since] += now_done - was_done
            if now_remaining != was_remaining:
                remaining[since] += now_remaining - was_remaining
            was_done, was_remaining = now_done, now_remaining
    return [
        Standing(finished + left, finished, left)
        for finished, left in zip(
            accumulate(done, Amount.__add__), accumulate(remaining, Amount.__add__), strict=True
        )
    ]


def commitment(window: Window, cards: Iterable[CardHistory]) -> Amount:
    """What the sprint began with: its scope at the moment when it opened."""
    return standing(window, cards, window.opens_at + INSTANT).scope


def cards_of(sprint_id: UUID, cards: Iterable[CardHistory]) -> list[CardHistory]:
    """The cards that have ever been in a sprint."""
    return [card for card in cards if any(step.sprint_id == sprint_id for step in card.steps)]
