"""Cycle times: a dot for each card that was done, and lines below which so many of them lie."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from taskly.insights.rules.wording import counted
from taskly.insights.rules.wording import number as said
from taskly.pictures.rules.calendar_axis import CalendarAxis, ChartDay
from taskly.pictures.rules.palettes import Theme
from taskly.pictures.rules.scales import Scale, rounded_steps
from taskly.pictures.rules.sheet import Aside, Sheet, Wording
from taskly.pictures.rules.svg import Markup, element

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
UNITS = ((DAY, "days", "d"), (HOUR, "hours", "h"), (MINUTE, "minutes", "min"))
FAR = 2
"""What took so many times as long as the longest line says is drawn at the edge."""
MANY = 150
"""So many dots are drawn smaller."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A card that was done."""

    day: int
    """On which of the days."""
    part_of_day: float
    """When on that day: from 0 to 1."""
    took: timedelta


@dataclass(frozen=True, slots=True)
class Level:
    """So many percent of the cards took so long at most."""

    percent: int
    took: timedelta


@dataclass(frozen=True, slots=True)
class CycleTimes:
    """The cards that were done on some days."""

    days: Sequence[ChartDay]
    dots: Sequence[Dot]
    levels: Sequence[Level]
    """From the lowest to the highest."""
    reading: str


def draw_cycle_times(chart: CycleTimes, theme: Theme) -> str:
    """The picture of cycle times."""
    sheet = Sheet(theme, Wording("Cycle time", chart.reading))
    if not chart.dots or not chart.levels:
        return sheet.saying()
    longest = max(dot.took for dot in chart.dots)
    shown = min(longest, max(FAR * chart.levels[-1].took, MINUTE))
    unit, name, short = next((each for each in UNITS if shown >= 2 * each[0]), UNITS[-1])
    figures = rounded_steps(0, shown / unit, 5)
    texts = [
        f"{each.percent}\N{NO-BREAK SPACE}% in {said(each.took / unit)}\N{NO-BREAK SPACE}{short}"
        for each in chart.levels
    ]
    plot = sheet.plot(figures, texts)
    axis, y = CalendarAxis(chart.days, plot), Scale(0, figures[-1], plot.bottom, plot.top)
    places = [y(each.took / unit) for each in chart.levels]
    asides = [
        Aside(text, place, sheet.palette.amber) for text, place in zip(texts, places, strict=True)
    ][::-1]
    far = [dot for dot in chart.dots if dot.took > figures[-1] * unit]
    near = [dot for dot in chart.dots if dot.took <= figures[-1] * unit]
    return sheet.finished(
        axis.rest(sheet),
        sheet.grid(plot, figures, y, name),
        *(sheet.level(plot, place, sheet.palette.amber) for place in places),
        *_dots(sheet, axis, [(dot, y(dot.took / unit)) for dot in near]),
        *_beyond(sheet, axis, far),
        sheet.asides(plot, asides),
        axis.dates(sheet),
    )


def _dots(sheet: Sheet, axis: CalendarAxis, dots: Sequence[tuple[Dot, float]]) -> Iterator[Markup]:
    size = 3 if len(dots) > MANY else 4.5
    for dot, place in dots:
        yield element(
            "circle",
            cx=axis.start(dot.day) + axis.band * dot.part_of_day,
            cy=place,
            r=size,
            fill=sheet.palette.blue,
            fill_opacity=0.6,
        )


def _beyond(sheet: Sheet, axis: CalendarAxis, dots: Sequence[Dot]) -> Iterator[Markup]:
    """Arrows at the upper edge for cards that took longer than the chart is high."""
    top = axis.plot.top
    for dot in dots:
        x = axis.start(dot.day) + axis.band * dot.part_of_day
        arrow = f"M{x - 5:.2f} {top + 9}L{x:.2f} {top}L{x + 5:.2f} {top + 9}Z"
        yield element("path", d=arrow, fill=sheet.palette.blue, fill_opacity=0.6)
    if dots:
        text = f"{counted(len(dots), 'card')} took longer"
        yield sheet.write(axis.plot.right, top - 17, text, text_anchor="end")
