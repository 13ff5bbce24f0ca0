"""A sprint's burndown: what remains and the scope, beside the ideal line."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

from taskly.insights.rules.wording import number as said
from taskly.pictures.rules.calendar_axis import CalendarAxis, ChartDay
from taskly.pictures.rules.lettering import isolated, shortened, width
from taskly.pictures.rules.palettes import Theme
from taskly.pictures.rules.scales import Scale, kept_apart, rounded_steps
from taskly.pictures.rules.sheet import (
    BESIDE,
    BROKEN,
    LINE_HEIGHT,
    MIDDLE,
    SMALL_SIZE,
    TEXT_SIZE,
    TITLE_SIZE,
    Aside,
    Sheet,
    Wording,
)
from taskly.pictures.rules.svg import Markup, area_between, element, line_through, together

MOST_OF_NAME = 420
IDEAL = "ideal"
HEADROOM = 1.06
"""Above the highest line there is room for what is written at it."""
STEP_AT = 0.25
"""In which part of a day a step of the scope is drawn."""

Points = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class BurndownDay:
    """How a sprint stood at the end of a day; None where nothing is known or planned."""

    day: ChartDay
    scope: float | None
    remaining: float | None
    ideal: float | None


@dataclass(frozen=True, slots=True)
class Burndown:
    """A sprint day by day."""

    name: str
    unit: str
    """What is counted: points or cards."""
    commitment: float | None
    days: Sequence[BurndownDay]
    today: date
    reading: str
    is_kept: bool = False
    """Whether it is looked at later, too: then today goes by its date."""


def draw_burndown(chart: Burndown, theme: Theme) -> str:
    """The picture of a burndown."""
    name = isolated(shortened(chart.name, TITLE_SIZE, MOST_OF_NAME))
    sheet = Sheet(theme, Wording(f"Burndown of {name}", chart.reading))
    known = [day.scope for day in chart.days if day.scope is not None]
    if not known or not any([chart.commitment, *known]):
        return sheet.saying()
    return _Drawing(chart, sheet).finished()


@dataclass(frozen=True)
class _Drawing:
    chart: Burndown
    sheet: Sheet

    @cached_property
    def figures(self) -> list[float]:
        days, start = self.chart.days, self.chart.commitment or 0
        every = [each or 0 for day in days for each in (day.scope, day.remaining, day.ideal)]
        return rounded_steps(0, max([start, *every]) * HEADROOM, 5)

    @cached_property
    def labels(self) -> list[tuple[str, float, str]]:
        """What is written at the ends of the lines: its text, its figure, its colour."""
        last = [day for day in self.chart.days if day.scope is not None][-1]
        scope, remaining, palette = last.scope or 0, last.remaining or 0, self.sheet.palette
        return [
            (f"scope {said(scope)}", scope, palette.violet),
            (f"{said(remaining)} left", remaining, palette.blue),
        ]

    @cached_property
    def axis(self) -> CalendarAxis:
        texts = [IDEAL, *(text for text, _, _ in self.labels)]
        plot = self.sheet.plot(self.figures, texts)
        return CalendarAxis([each.day for each in self.chart.days], plot)

    @cached_property
    def y(self) -> Scale:
        plot = self.axis.plot
        return Scale(0, self.figures[-1], plot.bottom, plot.top)

    def finished(self) -> str:
        sheet, axis = self.sheet, self.axis
        return sheet.finished(
            axis.rest(sheet),
            sheet.grid(axis.plot, self.figures, self.y, self.chart.unit),
            axis.today(sheet, self.chart.today, self.chart.unit, by_date=self.chart.is_kept),
            self._ideal(),
            self._remaining(),
            self._scope(),
            *self._steps(),
            self._ends(),
            axis.dates(sheet),
        )

    def _ideal(self) -> Markup:
        points = self._through([day.ideal for day in self.chart.days], self.axis.end)
        if not points:
            return together()
        color = self.sheet.palette.quiet
        return _line(line_through(points), color, stroke_width=1.5, stroke_dasharray=BROKEN)

    def _remaining(self) -> Markup:
        points, blue = self._remaining_points, self.sheet.palette.blue
        ground = [(x, self.axis.plot.bottom) for x, _ in (points[0], points[-1])]
        x, y = points[-1]
        return together(
            element("path", d=area_between(points, ground), fill=blue, fill_opacity=0.1),
            _line(line_through(points), blue, stroke_width=2.5),
            element("circle", cx=x, cy=y, r=4.5, fill=blue),
        )

    def _scope(self) -> Markup:
        first, changes = self._scope_changes()
        path: Points = [first]
        for at, _, after in changes:
            path += [(at, path[-1][1]), (at, self.y(after))]
        path.append((self._last_place, path[-1][1]))
        return _line(line_through(path), self.sheet.palette.violet, stroke_width=1.75)

    def _steps(self) -> Iterator[Markup]:
        """By how much each step changes the scope, where that has room."""
        _, changes = self._scope_changes()
        free = self.axis.plot.left
        for at, before, after in changes:
            text = f"{after - before:+g}".replace("-", "\N{MINUS SIGN}")
            half = width(text, SMALL_SIZE) / 2
            if at - half >= free and at + half <= self._last_place - BESIDE:
                y = self.y(max(before, after)) - 7
                violet = self.sheet.palette.violet
                yield self.sheet.write_over(at, y, text, fill=violet, text_anchor="middle")
                free = at + half + 4

    def _ends(self) -> Markup:
        sheet, plot, x = self.sheet, self.axis.plot, self._last_place + BESIDE
        ends = [Aside(text, self.y(value), color) for text, value, color in self.labels]
        ideal = [Aside(IDEAL, self.y(self.chart.days[-1].ideal or 0), sheet.palette.muted)]
        widest = max(width(each.text, TEXT_SIZE) for each in ends)
        if x + widest > plot.right:
            return sheet.asides(plot, ends + ideal)
        places = kept_apart([each.y for each in ends], LINE_HEIGHT, plot.top, plot.bottom - 8)
        over = (
            sheet.write_over(x, y + MIDDLE, each.text, fill=each.color, font_size=TEXT_SIZE)
            for each, y in zip(ends, places, strict=True)
        )
        return together(*over, sheet.asides(plot, ideal))

    @cached_property
    def _remaining_points(self) -> Points:
        return self._through([day.remaining for day in self.chart.days], self._place)

    @property
    def _last_place(self) -> float:
        return self._remaining_points[-1][0]

    def _scope_changes(self) -> tuple[tuple[float, float], list[tuple[float, float, float]]]:
        """Where the scope begins, and each change of it: where it is, from what, to what."""
        known = [(at, day.scope) for at, day in enumerate(self.chart.days) if day.scope is not None]
        start = known[0][1] if self.chart.commitment is None else self.chart.commitment
        levels = [(known[0][0], start), *known]
        axis = self.axis
        changes = [
            (axis.start(at) + axis.band * STEP_AT, before, after)
            for (_, before), (at, after) in pairwise(levels)
            if before != after
        ]
        return (axis.start(known[0][0]), self.y(start)), changes

    def _through(self, values: Sequence[float | None], place: Callable[[int], float]) -> Points:
        """A line from the commitment at the beginning through the values of the days at their places."""
        known = [(at, value) for at, value in enumerate(values) if value is not None]
        if not known:
            return []
        first, start = known[0][0], self.chart.commitment
        points = [] if start is None else [(self.axis.start(first), self.y(start))]
        return [*points, *((place(at), self.y(value)) for at, value in known)]

    def _place(self, index: int) -> float:
        """Where it is drawn how a day stood: at its end, and in the middle of today."""
        is_now = self.chart.days[index].day.date == self.chart.today
        return self.axis.middle(index) if is_now else self.axis.end(index)


def _line(
    path: str, color: str, *, stroke_width: float, stroke_dasharray: str | None = None
) -> Markup:
    return element(
        "path",
        d=path,
        fill="none",
        stroke=color,
        stroke_width=stroke_width,
        stroke_dasharray=stroke_dasharray,
        stroke_linejoin="round",
        stroke_linecap="round",
    )
