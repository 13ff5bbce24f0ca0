"""The days under a plot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from taskly.pictures.rules.lettering import width
from taskly.pictures.rules.sheet import MARGIN, PLOT_BOTTOM, SMALL_SIZE, WIDTH, Plot, Sheet
from taskly.pictures.rules.svg import Markup, element, together

EVERY = (1, 2, 7, 14, 28, 56, 112)
"""Every so many days may have their date written under them."""
BETWEEN = 14
"""Between two dates there is so much room at least."""
UNDER = 22
"""From the plot down to the dates."""


@dataclass(frozen=True, slots=True)
class ChartDay:
    """A day of a chart."""

    date: date
    is_working_day: bool


@dataclass(frozen=True, slots=True)
class CalendarAxis:
    """Gives each day of a plot its place, from left to right."""

    days: Sequence[ChartDay]
    plot: Plot

    @property
    def band(self) -> float:
        """How wide a day is."""
        return (self.plot.right - self.plot.left) / len(self.days)

    def start(self, index: int) -> float:
        """Where a day begins."""
        return self.plot.left + self.band * index

    def middle(self, index: int) -> float:
        """Where its middle is."""
        return self.start(index) + self.band / 2

    def end(self, index: int) -> float:
        """Where it ends."""
        return self.start(index + 1)

    def rest(self, sheet: Sheet) -> Markup:
        """Days off, shaded; those that follow each other in one piece."""
        pieces = []
        for works, run in groupby(range(len(self.days)), lambda at: self.days[at].is_working_day):
            if not works:
                found = list(run)
                pieces.append(
                    element(
                        "rect",
                        x=self.start(found[0]),
                        y=self.plot.top,
                        width=self.band * len(found),
                        height=self.plot.bottom - self.plot.top,
                        fill=sheet.palette.rest,
                    )
                )
        return together(*pieces)

    def dates(self, sheet: Sheet) -> Markup:
        """Dates under the days, as many as have room."""
        return together(*self._dates(sheet))

    def today(self, sheet: Sheet, today: date, unit: str, *, by_date: bool = False) -> Markup:
        """A line through today, if it is among the days; its name keeps clear of that of the figures."""
        index = next((at for at, day in enumerate(self.days) if day.date == today), None)
        if index is None:
            return together()
        x = self.middle(index)
        name = written(today) if by_date else "today"
        half = width(name, SMALL_SIZE) / 2
        free = MARGIN + width(unit, SMALL_SIZE) + BETWEEN
        over = min(max(x, free + half), self.plot.right - half)
        return together(
            element(
                "line",
                x1=x,
                x2=x,
                y1=self.plot.top - 12,
                y2=self.plot.bottom,
                stroke=sheet.palette.quiet,
                stroke_dasharray="2 3",
            ),
            sheet.write(over, self.plot.top - 17, name, text_anchor="middle"),
        )

    def _dates(self, sheet: Sheet) -> Iterator[Markup]:
        room = max(width(written(day.date), SMALL_SIZE) for day in self.days) + BETWEEN
        every = next((each for each in EVERY if each * self.band >= room), EVERY[-1])
        first = 0
        if every >= 7:
            first = next((at for at, day in enumerate(self.days) if day.date.weekday() == 0), 0)
        for index in range(first, len(self.days), every):
            said = written(self.days[index].date)
            half, x = width(said, SMALL_SIZE) / 2, self.middle(index)
            if x - half >= MARGIN and x + half <= WIDTH - MARGIN:
                yield sheet.write(x, PLOT_BOTTOM + UNDER, said, text_anchor="middle")


def written(day: date) -> str:
    """A date, short.

    >>> written(date(2026, 11, 3))
    '3 Nov'
    """
    return f"{day.day} {day:%b}"
