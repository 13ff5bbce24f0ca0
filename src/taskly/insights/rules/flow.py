"""Cumulative flow: how many cards stood where at the end of each day."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from taskly.boards.rules import Category
from taskly.insights.rules.days import INSTANT, Day, WorkCalendar
from taskly.insights.rules.histories import CardHistory

Place = tuple[UUID, Category]
"""A column, and what it meant then."""


@dataclass(frozen=True, slots=True)
class FlowDay:
    """The cards of a board at the end of a day, or at the moment of asking if it is not over."""

    day: Day
    by_column: Mapping[UUID, int]
    """Only columns in which there are cards."""
    by_category: Mapping[Category, int]
    """All three."""

    @property
    def cards(self) -> int:
        """All cards that there are."""
        return sum(self.by_category.values())


def cumulative_flow(
    cards: Iterable[CardHistory],
    calendar: WorkCalendar,
    first: date,
    last: date,
    as_of: datetime,
) -> tuple[FlowDay, ...]:
    """The flow of the days from `first` to `last`, as far as they had begun at a moment."""
    days = [day for day in calendar.days(first, last) if day.starts_at <= as_of]
    ends = [min(day.ends_at, as_of + INSTANT) for day in days]
    changes = [Counter[Place]() for _ in days]
    for card in cards:
        _add(changes, card, ends)
    present: Counter[Place] = Counter()
    flow = []
    for day, change in zip(days, changes, strict=True):
        present.update(change)
        flow.append(_flow_day(day, present))
    return tuple(flow)


def _add(changes: Sequence[Counter[Place]], card: CardHistory, ends: Sequence[datetime]) -> None:
    """Add to the changes of each day what the card does to it."""
    before: Place | None = None
    for index, place in _places(card, ends):
        if place != before:
            if before is not None:
                changes[index][before] -= 1
            if place is not None:
                changes[index][place] += 1
            before = place


def _places(card: CardHistory, ends: Sequence[datetime]) -> Iterator[tuple[int, Place | None]]:
    """Where the card was at the end of each day on which something happened to it; None if it was away."""
    found: dict[int, Place | None] = {}
    for step in card.steps:
        # A step counts on the first day that ends after it; those before the first day count there.
        index = bisect_left(ends, step.at + INSTANT)
        if index < len(ends):
            found[index] = (step.column_id, step.category) if step.counts else None
    yield from found.items()


def _flow_day(day: Day, present: Counter[Place]) -> FlowDay:
    by_column: Counter[UUID] = Counter()
    by_category = dict.fromkeys(Category, 0)
    for (column_id, category), count in present.items():
        if count:
            by_column[column_id] += count
            by_category[category] += count
    return FlowDay(day, dict(by_column), by_category)
