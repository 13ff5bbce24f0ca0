"""What pictures show of the answers of insights: figures, and the names of sprints and columns.

Nothing else gets into a picture, neither what cards are called nor who did what.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

from taskly.boards.rules import Category
from taskly.insights.card_schemas import (
    DurationsInsight,
    FlowInsight,
    ThroughputDay,
    ThroughputInsight,
)
from taskly.insights.rules.days import WorkCalendar
from taskly.insights.rules.readings import unit_of
from taskly.insights.rules.wording import counted
from taskly.insights.rules.wording import number as said
from taskly.insights.schemas import AmountResponse, Insight
from taskly.insights.sprint_schemas import (
    BurnDayResponse,
    BurndownInsight,
    IdealResponse,
    SpreadResponse,
    VelocityInsight,
)
from taskly.kit.zones import day_in, zone_called
from taskly.pictures.rules.badge import Badge, Mood
from taskly.pictures.rules.burndown import Burndown, BurndownDay
from taskly.pictures.rules.calendar_axis import ChartDay
from taskly.pictures.rules.cycle_times import CycleTimes, Dot, Level
from taskly.pictures.rules.flow import Band, Flow, Kind
from taskly.pictures.rules.throughput import Bar, Throughput
from taskly.pictures.rules.velocity import SprintBars, VelocityChart

MOST_BARS = 42
"""Where there are more days, each week has a bar."""
WEEK = 7

_CATEGORIES = (
    (Category.DONE, Kind.DONE, "Done"),
    (Category.IN_PROGRESS, Kind.IN_PROGRESS, "In progress"),
    (Category.TODO, Kind.TO_DO, "To do"),
)
_KINDS = {category: kind for category, kind, _ in _CATEGORIES}


def burndown_chart(found: BurndownInsight) -> Burndown:
    """A sprint day by day: in points, or in cards where nobody estimated."""
    unit = _unit(_now(found))
    return Burndown(
        name=found.sprint.name,
        unit=f"{unit}s",
        commitment=_of(unit, found.commitment),
        days=[
            BurndownDay(
                ChartDay(day.date, day.is_working_day),
                scope=_of(unit, day.scope),
                remaining=_of(unit, day.remaining),
                ideal=_of(unit, day.ideal),
            )
            for day in found.days
        ],
        today=_today(found),
        reading=found.reading,
    )


def sprint_badge(found: BurndownInsight) -> Badge:
    """How much of a sprint is done, and whether that is as much as on the ideal line."""
    now, name = _now(found), found.sprint.name
    unit = _unit(now)
    if now is None or now.scope is None or now.done is None or now.remaining is None:
        return Badge(name, "not begun", Mood.NEUTRAL)
    scope, remaining, ideal = _of(unit, now.scope), _of(unit, now.remaining), _of(unit, now.ideal)
    if not scope or remaining is None:
        return Badge(name, "no cards", Mood.NEUTRAL)
    value = f"{said(scope - remaining)} of {counted(scope, unit)}"
    if not remaining:
        return Badge(name, value, Mood.GOOD)
    if found.sprint.is_over or ideal is None:
        return Badge(name, value, Mood.NEUTRAL)
    return Badge(name, value, Mood.GOOD if remaining <= ideal else Mood.BEHIND)


def velocity_chart(found: VelocityInsight) -> VelocityChart:
    """What sprints committed and completed: in points, or in cards where nobody estimated."""
    unit = unit_of(0 if found.points is None else found.points.highest)
    spread: SpreadResponse | None = found.points if unit == "point" else found.cards
    return VelocityChart(
        unit=f"{unit}s",
        sprints=[
            SprintBars(
                each.sprint.name, _of(unit, each.committed) or 0, _of(unit, each.completed) or 0
            )
            for each in found.sprints
        ],
        mean=None if spread is None else spread.mean,
        reading=found.reading,
    )


def flow_chart(found: FlowInsight, *, by_column: bool) -> Flow:
    """The cards of each category or column, what is done at the bottom."""
    bands = _bands_of_columns(found) if by_column else _bands_of_categories(found)
    days = [ChartDay(day.date, day.is_working_day) for day in found.days]
    return Flow(days, bands, found.reading)


def cycle_times(found: DurationsInsight) -> CycleTimes:
    """When cards were done, and how long that took."""
    zone = zone_called(found.time_zone)
    days = WorkCalendar(zone).days(found.range.first, found.range.last)
    places = {day.date: (place, day) for place, day in enumerate(days)}
    dots = []
    for card in found.cards:
        place, day = places[day_in(zone, card.done_at)]
        part = (card.done_at - day.starts_at) / day.length
        dots.append(Dot(place, part, timedelta(seconds=card.cycle_time)))
    lies = found.cycle_time
    levels = [] if lies is None else [(50, lies.p50), (85, lies.p85), (95, lies.p95)]
    return CycleTimes(
        days=[ChartDay(day.date, day.is_working_day) for day in days],
        dots=dots,
        levels=[Level(percent, timedelta(seconds=took)) for percent, took in levels],
        reading=found.reading,
    )


def throughput_chart(found: ThroughputInsight) -> Throughput:
    """What was done day by day; week by week, from Monday to Sunday, if there are many days."""
    days, by_week = found.days, len(found.days) > MOST_BARS
    return Throughput(
        days=[ChartDay(day.date, day.is_working_day) for day in days],
        bars=_weeks(days) if by_week else [Bar(at, 1, day.cards) for at, day in enumerate(days)],
        per="week" if by_week else "day",
        mean=WEEK * sum(day.cards for day in days) / len(days) if by_week else None,
        reading=found.reading,
    )


def _weeks(days: Sequence[ThroughputDay]) -> list[Bar]:
    bars, first = [], 0
    for _, week in groupby(days, key=lambda day: day.date.isocalendar()[:2]):
        counts = [day.cards for day in week]
        bars.append(Bar(first, len(counts), sum(counts)))
        first += len(counts)
    return bars


def _bands_of_categories(found: FlowInsight) -> list[Band]:
    return [
        Band(name, kind, [getattr(day.by_category, category.value) for day in found.days])
        for category, kind, name in _CATEGORIES
    ]


def _bands_of_columns(found: FlowInsight) -> list[Band]:
    """From right to left, each kind together: a column of cards to do may stand at the right of others."""
    counts = [{each.column_id: each.cards for each in day.by_column} for day in found.days]
    return [
        Band(column.name, kind, [day.get(column.id, 0) for day in counts])
        for category, kind, _ in _CATEGORIES
        for column in reversed(found.columns)
        if column.category is category
    ]


def _unit(now: BurnDayResponse | None) -> str:
    return unit_of(0 if now is None or now.scope is None else now.scope.points)


def _now(found: BurndownInsight) -> BurnDayResponse | None:
    """The last day of which something is known."""
    return next((day for day in reversed(found.days) if day.scope is not None), None)


def _of(unit: str, amount: AmountResponse | IdealResponse | None) -> float | None:
    if amount is None:
        return None
    return amount.points if unit == "point" else amount.cards


def _today(found: Insight) -> date:
    return day_in(zone_called(found.time_zone), found.as_of)
