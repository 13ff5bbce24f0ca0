"""Velocity: what sprints committed and completed, sprint by sprint."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from taskly.insights.rules.wording import number as said
from taskly.pictures.rules.calendar_axis import UNDER
from taskly.pictures.rules.lettering import shortened, width
from taskly.pictures.rules.palettes import Theme
from taskly.pictures.rules.scales import Scale, rounded_steps
from taskly.pictures.rules.sheet import OVER, SMALL_SIZE, Aside, Label, Plot, Sheet, Wording
from taskly.pictures.rules.svg import Markup, bar_on

WIDEST_BAR = 44
LEAST_FOR_NAME = 56
"""Where sprints stand closer, only some are named."""


@dataclass(frozen=True, slots=True)
class SprintBars:
    """What became of a sprint."""

    name: str
    committed: float
    completed: float


@dataclass(frozen=True, slots=True)
class VelocityChart:
    """Sprints that are over, from the oldest to the newest."""

    unit: str
    sprints: Sequence[SprintBars]
    mean: float | None
    """Of what they completed."""
    reading: str


def draw_velocity(chart: VelocityChart, theme: Theme) -> str:
    """The picture of velocity."""
    sheet = Sheet(theme, Wording("Velocity", chart.reading))
    if not chart.sprints or chart.mean is None:
        return sheet.saying()
    highest = max(max(each.committed, each.completed) for each in chart.sprints)
    figures, mean = rounded_steps(0, highest, 5), f"mean {said(chart.mean)}"
    plot = sheet.plot(figures, [mean])
    y, palette = Scale(0, figures[-1], plot.bottom, plot.top), sheet.palette
    level, labels = y(chart.mean), _labels(sheet, plot, y, chart.sprints)
    return sheet.finished(
        sheet.key(("committed", palette.quiet), ("completed", palette.green)),
        sheet.grid(plot, figures, y, chart.unit),
        *_bars(sheet, plot, y, chart.sprints),
        sheet.level(plot, level, palette.muted, labels),
        sheet.labels(labels),
        *_names(sheet, plot, chart.sprints),
        sheet.asides(plot, [Aside(mean, level, palette.muted)]),
    )


def _bars(sheet: Sheet, plot: Plot, y: Scale, sprints: Sequence[SprintBars]) -> Iterator[Markup]:
    room = _room(plot, sprints)
    bar = _bar(room)
    for place, sprint in enumerate(sprints):
        middle = plot.left + room * (place + 0.5)
        yield bar_on(plot.bottom, middle - bar, y(sprint.committed), bar - 1, sheet.palette.quiet)
        yield bar_on(plot.bottom, middle + 1, y(sprint.completed), bar - 1, sheet.palette.green)


def _labels(sheet: Sheet, plot: Plot, y: Scale, sprints: Sequence[SprintBars]) -> Sequence[Label]:
    """The figures over the bars, if they have room."""
    room, palette = _room(plot, sprints), sheet.palette
    bar, labels = _bar(room), []
    for place, sprint in enumerate(sprints):
        middle = plot.left + room * (place + 0.5)
        for x, value, color in (
            (middle - bar / 2, sprint.committed, palette.muted),
            (middle + bar / 2, sprint.completed, palette.green),
        ):
            labels.append(Label(said(value), x, y(value) - OVER, color))
    has_room = max(width(each.text, SMALL_SIZE) for each in labels) + 2 <= bar
    return labels if has_room else ()


def _names(sheet: Sheet, plot: Plot, sprints: Sequence[SprintBars]) -> Iterator[Markup]:
    """The names under the bars, as far as they have room."""
    room = _room(plot, sprints)
    every = max(1, -int(-LEAST_FOR_NAME // room))
    for place, sprint in enumerate(sprints):
        middle = plot.left + room * (place + 0.5)
        if (len(sprints) - 1 - place) % every == 0:
            name = shortened(sprint.name, SMALL_SIZE, room * every - 10)
            yield sheet.write(middle, plot.bottom + UNDER, name, text_anchor="middle")


def _room(plot: Plot, sprints: Sequence[SprintBars]) -> float:
    return (plot.right - plot.left) / len(sprints)


def _bar(room: float) -> float:
    """How wide one of a sprint's two bars is."""
    return min(WIDEST_BAR, room * 0.36)
