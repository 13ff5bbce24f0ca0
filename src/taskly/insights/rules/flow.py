"""Cumulative flow: how many cards stood where at the end of each day."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from taskly.boards.rules import Category
from taskly.insights.rules.days import Day, WorkCalendar
from taskly.insights.rules.histories import Step

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


Changes = Mapping[date, Mapping[Place, int]]
"""By how many cards each place gained or lost on a day."""


def turns(step: Step, ended_at: datetime | None) -> Iterator[tuple[datetime, int]]:
    """When a card came to be something that charts count (1), and when it was that no more (-1)."""
    if step.counts:
        yield step.at, 1
        if ended_at is not None:
            yield ended_at, -1


def place_of(step: Step) -> Place:
    """Where a card stands."""
    return step.column_id, step.category


def cumulative_flow(
    changes: Changes, calendar: WorkCalendar, first: date, last: date, as_of: datetime
) -> tuple[FlowDay, ...]:
    """The flow of the days from `first` to `last`, as far as they had begun at a moment.

    What changed before `first` is what stood there when it began; what did later than `last` does not matter.
    """
    present: Counter[Place] = Counter()
    for day, change in changes.items():
        if day < first:
            present.update(change)
    flow = []
    for each in calendar.days(first, last):
        if each.starts_at <= as_of:
            present.update(changes.get(each.date, {}))
            flow.append(_flow_day(each, present))
    return tuple(flow)


def _flow_day(day: Day, present: Counter[Place]) -> FlowDay:
    by_column: Counter[UUID] = Counter()
    by_category = dict.fromkeys(Category, 0)
    for (column_id, category), count in present.items():
        if count:
            by_column[column_id] += count
            by_category[category] += count
    return FlowDay(day, dict(by_column), by_category)
