"""Burndown and burnup: a sprint's work day by day, and every change of its scope."""

import enum
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

from taskly.insights.rules.amounts import NOTHING, Amount
from taskly.insights.rules.days import INSTANT, MOST_DAYS, Day, WorkCalendar
from taskly.insights.rules.histories import CardHistory, SprintHistory
from taskly.insights.rules.sprints import (
    Standing,
    Window,
    cards_of,
    commitment,
    standings,
    window,
)


@dataclass(frozen=True, slots=True)
class Ideal:
    """Where the ideal line stands."""

    cards: float
    points: float


@dataclass(frozen=True, slots=True)
class BurnDay:
    """A day of a sprint: how things stood at its end, or stand now if it is not over."""

    day: Day
    standing: Standing | None
    """None before the sprint opened and after it closed, and for days to come."""
    ideal: Ideal | None
    """What would remain at the end of the day; None until the sprint opens."""


class ScopeChangeKind(enum.StrEnum):
    """How a sprint's scope changed."""

    ADDED = "added"
    REMOVED = "removed"
    ESTIMATED = "estimated"
    """A card of the sprint got another number of points."""


@dataclass(frozen=True, slots=True)
class ScopeChange:
    """A card came into the scope of a running sprint, left it, or changed its points there."""

    at: datetime
    by: UUID | None
    card_id: UUID
    kind: ScopeChangeKind
    amount: Amount
    """By how much the scope grew; negative if it shrank."""


@dataclass(frozen=True, slots=True)
class Reopening:
    """A card of the sprint was done and is not any more."""

    at: datetime
    by: UUID | None
    card_id: UUID
    amount: Amount


@dataclass(frozen=True, slots=True)
class Replanning:
    """The sprint got other days while it ran."""

    at: datetime
    by: UUID | None
    starts_on: date
    ends_on: date
    """The new days."""


@dataclass(frozen=True, slots=True)
class Burn:
    """A sprint, burnt down and up: `remaining` is the burndown, `done` the burnup below the line of `scope`."""

    window: Window
    commitment: Amount | None
    """The scope when the sprint opened; None if it has not."""
    days: tuple[BurnDay, ...]
    changes: tuple[ScopeChange, ...]
    reopenings: tuple[Reopening, ...]
    replannings: tuple[Replanning, ...]

    @property
    def last(self) -> BurnDay | None:
        """The last day of which something is known."""
        known = [day for day in self.days if day.standing is not None]
        return known[-1] if known else None


def burn(
    sprint: SprintHistory, cards: Iterable[CardHistory], calendar: WorkCalendar, as_of: datetime
) -> Burn | None:
    """A sprint's charts as they were at a moment; None if there was no such sprint then."""
    found = window(sprint, calendar, as_of)
    if found is None:
        return None
    own = cards_of(sprint.sprint_id, cards)
    committed = commitment(found, own) if found.has_opened else None
    return Burn(
        window=found,
        commitment=committed,
        days=tuple(_days(found, own, calendar, committed)),
        changes=tuple(sorted(scope_changes(found, own), key=lambda each: each.at)),
        reopenings=tuple(sorted(_reopenings(found, own), key=lambda each: each.at)),
        replannings=tuple(_replannings(found, sprint)),
    )


def _days(
    window: Window,
    cards: Sequence[CardHistory],
    calendar: WorkCalendar,
    committed: Amount | None,
) -> Iterator[BurnDay]:
    opened_on = calendar.date_of(window.opens_at)
    first = min(window.starts_on, opened_on)
    last = max(window.ends_on, calendar.date_of(window.closes_at - INSTANT))
    # Of a sprint that is longer so many are shown, the last of which something is known among them.
    latest = max(first, calendar.date_of(window.ends_at - INSTANT))
    first = max(first, latest - timedelta(days=MOST_DAYS - 1))
    last = min(last, first + timedelta(days=MOST_DAYS - 1))
    working_days = calendar.working_days(opened_on, window.ends_on)
    days = calendar.days(first, last)
    begun = [
        day for day in days if window.opens_at < day.ends_at and day.starts_at < window.ends_at
    ]
    ends = [min(day.ends_at, window.ends_at) for day in begun]
    known = dict(zip(begun, standings(window, cards, ends), strict=True))
    for day in days:
        passed = bisect_right(working_days, day.date)
        yield BurnDay(
            day=day,
            standing=known.get(day),
            ideal=None
            if committed is None or day.ends_at <= window.opens_at
            else _ideal(committed, passed, len(working_days)),
        )


def _ideal(committed: Amount, passed: int, of: int) -> Ideal:
    """The line from the commitment to nothing, which falls by the same on each working day."""
    left = Fraction(of - passed, of) if of else Fraction(0)
    return Ideal(cards=float(committed.cards * left), points=float(committed.points * left))


def scope_changes(window: Window, cards: Iterable[CardHistory]) -> Iterator[ScopeChange]:
    """Each change of the scope after the sprint opened and before it closed, card by card.

    Together with the commitment they make up the scope in the end.
    """
    for card in cards:
        was = window.share(card.before(window.opens_at + INSTANT))
        for step in card.steps:
            if not window.opens_at < step.at < window.ends_at:
                continue
            share = window.share(step)
            if share != was:
                kind = ScopeChangeKind.ESTIMATED
                if was is None:
                    kind = ScopeChangeKind.ADDED
                elif share is None:
                    kind = ScopeChangeKind.REMOVED
                grown = (share or NOTHING) - (was or NOTHING)
                yield ScopeChange(step.at, step.by, card.card_id, kind, grown)
            was = share


def _reopenings(window: Window, cards: Iterable[CardHistory]) -> Iterator[Reopening]:
    for card in cards:
        for was, step in pairwise(card.steps):
            share = window.share(step)
            is_reopened = was.done_at is not None and step.done_at is None
            if share and is_reopened and window.opens_at < step.at < window.ends_at:
                yield Reopening(step.at, step.by, card.card_id, share)


def _replannings(window: Window, sprint: SprintHistory) -> Iterator[Replanning]:
    for was, step in pairwise(sprint.steps):
        is_changed = (was.starts_on, was.ends_on) != (step.starts_on, step.ends_on)
        if is_changed and window.opens_at < step.at < window.ends_at:
            yield Replanning(step.at, step.by, step.starts_on, step.ends_on)
