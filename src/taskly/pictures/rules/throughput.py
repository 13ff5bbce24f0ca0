"""Throughput: how many cards were done each day, or each week where there are many days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from taskly.insights.rules.wording import number as said
from taskly.pictures.rules.calendar_axis import CalendarAxis, ChartDay
from taskly.pictures.rules.lettering import width
from taskly.pictures.rules.palettes import Theme
from taskly.pictures.rules.scales import Scale, rounded_steps
from taskly.pictures.rules.sheet import OVER, SMALL_SIZE, Aside, Label, Sheet, Wording
from taskly.pictures.rules.svg import Markup, bar_on

WIDEST_BAR = 44
GAP = 0.22
"""The part of a bar's room that is left free."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How many cards were done on some days that follow each other."""

    first: int
    """The place of its first day among the days."""
    days: int
    cards: int


@dataclass(frozen=True, slots=True)
class Throughput:
    """What was done on some days."""

    days: Sequence[ChartDay]
    bars: Sequence[Bar]
    per: str
    """What a bar stands for: day or week."""
    mean: float | None
    """Of a week; of a day it would say little, as nobody works on some of them."""
    reading: str


def draw_throughput(chart: Throughput, theme: Theme) -> str:
    """The picture of throughput."""
    sheet = Sheet(theme, Wording(f"Cards done each {chart.per}", chart.reading))
    if not any(bar.cards for bar in chart.bars):
        return sheet.saying()
    figures = rounded_steps(0, max(bar.cards for bar in chart.bars), 5)
    mean = [] if chart.mean is None else [(f"mean {said(chart.mean)}", chart.mean)]
    plot = sheet.plot(figures, [text for text, _ in mean])
    axis, y = CalendarAxis(chart.days, plot), Scale(0, figures[-1], plot.bottom, plot.top)
    color, labels = sheet.palette.muted, list(_labels(sheet, axis, y, chart.bars))
    return sheet.finished(
        axis.rest(sheet),
        sheet.grid(plot, figures, y, "cards"),
        *_bars(sheet, axis, y, chart.bars),
        *(sheet.level(plot, y(value), color, labels) for _, value in mean),
        sheet.labels(labels),
        sheet.asides(plot, [Aside(text, y(value), color) for text, value in mean]),
        axis.dates(sheet),
    )


def _bars(sheet: Sheet, axis: CalendarAxis, y: Scale, bars: Sequence[Bar]) -> Iterator[Markup]:
    for bar in bars:
        room = axis.band * bar.days
        wide = min(WIDEST_BAR, room * (1 - GAP))
        x = axis.start(bar.first) + (room - wide) / 2
        yield bar_on(axis.plot.bottom, x, y(bar.cards), wide, sheet.palette.green)


def _labels(sheet: Sheet, axis: CalendarAxis, y: Scale, bars: Sequence[Bar]) -> Iterator[Label]:
    """The figures over the bars, where they have room."""
    for bar in bars:
        said_of, room = str(bar.cards), axis.band * bar.days
        if bar.cards and width(said_of, SMALL_SIZE) <= room:
            middle = axis.start(bar.first) + room / 2
            yield Label(said_of, middle, y(bar.cards) - OVER, sheet.palette.green)
