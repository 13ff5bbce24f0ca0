"""Weeks from Monday to Sunday, as ISO 8601 counts them. Pure: the day that it is, is handed in."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the calendar."""

    monday: date

    @classmethod
    def of(cls, day: date) -> Self:
        """The week to which a day belongs."""
        return cls(day - timedelta(days=day.weekday()))

    @classmethod
    def called(cls, name: str) -> Self:
        """The week of a name.

        Raises:
            ValueError: the year has no such week.
        """
        year, number = name.split("-W")
        return cls(date.fromisocalendar(int(year), int(number), 1))

    @property
    def name(self) -> str:
        """What it is called. The first days of January may belong to the year before.

        >>> Week.of(date(2027, 1, 2)).name
        '2026-W53'
        """
        return f"{self.monday:%G-W%V}"

    @property
    def number(self) -> int:
        """Its number in its year."""
        return self.monday.isocalendar().week

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)

    def back(self, weeks: int) -> "Week":
        """The week that was so many weeks before."""
        return Week(self.monday - weeks * WEEK)
