"""Cumulative flow: how many cards stood where, day by day, in bands on each other."""

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from taskly.pictures.rules.calendar_axis import CalendarAxis, ChartDay
from taskly.pictures.rules.lettering import isolated, shortened, width
from taskly.pictures.rules.palettes import Palette, Theme
from taskly.pictures.rules.scales import Scale, rounded_steps
from taskly.pictures.rules.sheet import LINE_HEIGHT, MOST_ASIDE, TEXT_SIZE, Aside, Sheet, Wording
from taskly.pictures.rules.svg import Markup, area_between, element, line_through

LONG_DONE = 0.5
"""Where more of the highest figure was done before the first day, the chart begins above that."""


class Kind(enum.Enum):
    """What a band's cards are."""

    DONE = enum.auto()
    IN_PROGRESS = enum.auto()
    TO_DO = enum.auto()


@dataclass(frozen=True, slots=True)
class Band:
    """How many cards were somewhere at the end of each day."""

    name: str
    kind: Kind
    cards: Sequence[int]


@dataclass(frozen=True, slots=True)
class Flow:
    """Days, and bands from the lowest to the highest: what is done is the lowest."""

    days: Sequence[ChartDay]
    bands: Sequence[Band]
    reading: str


@dataclass(frozen=True, slots=True)
class _Layer:
    """A band at its place: on top of those that are under it."""

    band: Band
    color: str
    lower: Sequence[int]
    upper: Sequence[int]

    @property
    def label(self) -> str:
        count = f" {self.band.cards[-1]}"
        room = MOST_ASIDE - width(count, TEXT_SIZE)
        return isolated(shortened(self.band.name, TEXT_SIZE, room)) + count


def draw_flow(chart: Flow, theme: Theme) -> str:
    """The picture of a cumulative flow."""
    sheet = Sheet(theme, Wording("Cumulative flow", chart.reading))
    if not any(any(band.cards) for band in chart.bands):
        return sheet.saying()
    layers = _layers(chart, sheet.palette)
    figures = _figures(layers)
    shown = _labelled(layers, sheet)
    plot = sheet.plot(figures, [each.label for each in shown])
    axis, y = CalendarAxis(chart.days, plot), Scale(figures[0], figures[-1], plot.bottom, plot.top)
    asides = [
        Aside(
            each.label, (y(each.lower[-1]) + y(each.upper[-1])) / 2, _ink(each.band, sheet.palette)
        )
        for each in reversed(shown)
    ]
    return sheet.finished(
        axis.rest(sheet),
        sheet.grid(plot, figures, y, "cards"),
        *_areas(sheet, axis, y, layers),
        sheet.asides(plot, asides),
        axis.dates(sheet),
    )


def _layers(chart: Flow, palette: Palette) -> list[_Layer]:
    layers: list[_Layer] = []
    lower: Sequence[int] = [0] * len(chart.days)
    for band in chart.bands:
        same = [each for each in chart.bands if each.kind is band.kind]
        color = palette.shades(_color(band, palette), len(same))[same.index(band)]
        upper = [under + cards for under, cards in zip(lower, band.cards, strict=True)]
        layers.append(_Layer(band, color, lower, upper))
        lower = upper
    return layers


def _figures(layers: Sequence[_Layer]) -> list[float]:
    highest = max(layers[-1].upper)
    done = [each for each in layers if each.band.kind is Kind.DONE]
    lowest = min(done[-1].upper) if done else 0
    return rounded_steps(lowest if lowest > LONG_DONE * highest else 0, highest, 5)


def _labelled(layers: Sequence[_Layer], sheet: Sheet) -> list[_Layer]:
    """The bands that are named: the highest ones, if not all have room, in their order."""
    plot = sheet.plot([0])
    most = int((plot.bottom - plot.top) // LINE_HEIGHT)
    there = [each for each in layers if each.band.cards[-1]]
    chosen = sorted(there, key=lambda each: -each.band.cards[-1])[:most]
    return [each for each in there if each in chosen]


def _areas(
    sheet: Sheet, axis: CalendarAxis, y: Scale, layers: Sequence[_Layer]
) -> Iterator[Markup]:
    # Where the days end, and before them where the first one begins.
    places = [axis.start(0), *map(axis.end, range(len(axis.days)))]
    upper = _edge(places, y, [0] * len(axis.days))
    for each in layers:
        if not any(each.band.cards):
            continue
        lower, upper = upper, _edge(places, y, each.upper)
        area = area_between(upper, lower)
        yield element("path", d=area, fill=each.color)
        yield element(
            "path",
            d=line_through(upper),
            fill="none",
            stroke=sheet.palette.ground,
            stroke_width=1.5,
        )


def _edge(places: Sequence[float], y: Scale, cards: Sequence[int]) -> list[tuple[float, float]]:
    return list(zip(places, map(y, [cards[0], *cards]), strict=True))


def _color(band: Band, palette: Palette) -> str:
    return {Kind.DONE: palette.green, Kind.IN_PROGRESS: palette.blue}.get(band.kind, palette.quiet)


def _ink(band: Band, palette: Palette) -> str:
    return {Kind.DONE: palette.green, Kind.IN_PROGRESS: palette.blue}.get(band.kind, palette.muted)
