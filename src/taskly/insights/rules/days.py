"""The days of a chart, as the workspace's time zone has them."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo

from taskly.kit.zones import start_of_day

WEEKEND = frozenset({5, 6})
"""Saturday and Sunday, as `date.weekday` counts."""
MOST_DAYS = 366
"""A chart shows so many at most."""
INSTANT = timedelta(microseconds=1)
"""The smallest step of time."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day, from its first instant up to the first one of the next: 23, 24 or 25 hours, rarely another length."""

    date: date
    starts_at: datetime
    ends_at: datetime
    """The first instant that belongs to the day no more. Both in UTC."""
    is_working_day: bool

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.ends_at - self.starts_at


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """When days begin, and on which of them people work."""

    zone: tzinfo = UTC
    days_off: frozenset[int] = field(default=WEEKEND)
    """Days of the week without work, as `date.weekday` counts."""

    def date_of(self, at: datetime) -> date:
        """The day to which an instant belongs."""
        return at.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """The first instant of a day, in UTC."""
        return start_of_day(self.zone, day)

    def is_working_day(self, day: date) -> bool:
        """Whether people work on it."""
        return day.weekday() not in self.days_off

    def day(self, day: date) -> Day:
        """A day with its instants."""
        return Day(
            date=day,
            starts_at=self.start_of(day),
            ends_at=self.start_of(day + timedelta(days=1)),
            is_working_day=self.is_working_day(day),
        )

    def days(self, first: date, last: date) -> tuple[Day, ...]:
        """The days from `first` to `last`, both included; none if `last` is before `first`.

        A day that the zone left out, as Samoa did with 30 December 2011, is none.
        """
        count = (last - first).days + 1
        every = (self.day(first + timedelta(days=number)) for number in range(count))
        return tuple(day for day in every if day.starts_at < day.ends_at)

    def working_days(self, first: date, last: date) -> tuple[date, ...]:
        """The working days from `first` to `last`; all days, if there is none among them."""
        every = [day.date for day in self.days(first, last)]
        return tuple(filter(self.is_working_day, every)) or tuple(every)
