"""Throughput: how many cards were done each day and each week."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from taskly.insights.rules.days import Day, WorkCalendar


@dataclass(frozen=True, slots=True)
class DoneOnDay:
    """How many cards were done on a day."""

    day: Day
    cards: int


@dataclass(frozen=True, slots=True)
class DoneInWeek:
    """How many cards were done in a week, from Monday to Sunday."""

    monday: date
    cards: int
    days: int
    """How many of its days were looked at."""


def throughput(
    done_at: Iterable[datetime],
    calendar: WorkCalendar,
    first: date,
    last: date,
    as_of: datetime,
) -> tuple[DoneOnDay, ...]:
    """The cards done on each of these days that had begun at a moment, days without any included: by the moments
    since when they are done.

    A card counts on the day since which it has been done: once, however often it was reopened.
    """
    counts = Counter(map(calendar.date_of, done_at))
    days = (day for day in calendar.days(first, last) if day.starts_at <= as_of)
    return tuple(DoneOnDay(day, counts[day.date]) for day in days)


def by_week(days: Sequence[DoneOnDay]) -> tuple[DoneInWeek, ...]:
    """The same week by week."""
    weeks = groupby(days, key=lambda each: _monday(each.day.date))
    found = ((monday, list(group)) for monday, group in weeks)
    return tuple(
        DoneInWeek(monday, sum(each.cards for each in group), len(group)) for monday, group in found
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
