"""Any figures that a picture may be drawn of."""

from datetime import date, timedelta
from random import Random

from hypothesis import strategies as st

from taskly.pictures.rules.badge import Badge, Mood
from taskly.pictures.rules.burndown import Burndown, BurndownDay
from taskly.pictures.rules.calendar_axis import ChartDay
from taskly.pictures.rules.cycle_times import CycleTimes, Dot, Level
from taskly.pictures.rules.flow import Band, Flow, Kind
from taskly.pictures.rules.throughput import Bar, Throughput
from taskly.pictures.rules.velocity import SprintBars, VelocityChart

EVIL_NAMES = (
    "Sprint <12> & \"refunds\" 'soon'",
    "</text><script>alert(1)</script>",
    "שבוע 12: זיכויים",
    "الأسبوع ١٢",
    "スプリント十二番目のとても長い名前" * 3,
    "\u202eSprint 12",
    "W" * 100,
    "👩‍💻 zurück",
)

names = st.sampled_from(EVIL_NAMES) | st.text(min_size=1, max_size=100)
sentences = st.sampled_from(
    ("5 of 13 points are done and 8 remain.", "Nothing.", "Many words, one after the other. " * 12)
)
longest = st.timedeltas(timedelta(), timedelta(days=2)) | st.timedeltas(
    timedelta(), timedelta(days=2000)
)
amounts = st.integers(0, 60) | st.integers(0, 100_000)


def days_of(first: date, count: int) -> list[ChartDay]:
    """So many days, with weekends."""
    days = (first + timedelta(days=number) for number in range(count))
    return [ChartDay(day, day.weekday() < 5) for day in days]


@st.composite
def some_days(draw: st.DrawFn, least: int = 1) -> list[ChartDay]:
    """Days that follow each other."""
    count = draw(st.integers(least, 30) | st.sampled_from((84, 366)))
    return days_of(draw(st.dates(date(2020, 1, 1), date(2030, 12, 31))), count)


@st.composite
def burndowns(draw: st.DrawFn) -> Burndown:
    """A sprint that has not begun, runs, or is over."""
    days = draw(some_days())
    begins = draw(st.integers(0, len(days)))
    ends = draw(st.integers(begins, len(days)))
    chances, most = Random(draw(st.integers(0, 2**32))), draw(amounts)
    chart, ideal = [], float(draw(amounts))
    for place, day in enumerate(days):
        scope = chances.randint(0, most) if begins <= place < ends else None
        remaining = None if scope is None else chances.randint(0, scope)
        ideal = chances.uniform(0, ideal)
        chart.append(BurndownDay(day, scope, remaining, ideal if place >= begins else None))
    today = draw(st.sampled_from(days)).date + timedelta(days=draw(st.sampled_from((0, 0, 400))))
    commitment = draw(st.none() | amounts)
    unit = draw(st.sampled_from(("points", "cards")))
    return Burndown(draw(names), unit, commitment, chart, today, draw(sentences))


@st.composite
def velocities(draw: st.DrawFn) -> VelocityChart:
    """None, a few or many sprints."""
    sprints = draw(st.lists(st.builds(SprintBars, names, amounts, amounts), max_size=50))
    done = [each.completed for each in sprints]
    mean = sum(done) / len(done) if done else None
    return VelocityChart("points", sprints, mean, draw(sentences))


CROSSED = VelocityChart(
    "points",
    [SprintBars("Sprint 1", 20, 20), SprintBars("Sprint 2", 27, 23)],
    21.5,
    "The last 2 sprints completed 21.5 points on average.",
)
"""The line of the mean is at the height of a figure over a bar."""


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    """Days with some columns of each kind."""
    days = draw(some_days(least=0))
    kinds = sorted(draw(st.lists(st.sampled_from(Kind), max_size=16)), key=lambda each: each.value)
    bands = []
    for kind in kinds:
        begins, step = draw(amounts), draw(st.integers(0, 3))
        cards = [begins + step * place for place in range(len(days))]
        bands.append(Band(draw(names), kind, cards))
    return Flow(days, bands, draw(sentences))


@st.composite
def durations(draw: st.DrawFn) -> CycleTimes:
    """Cards that took from no time to years."""
    days = draw(some_days())
    chances, most = Random(draw(st.integers(0, 2**32))), draw(longest)
    dots = [
        Dot(chances.randrange(len(days)), chances.random(), most * chances.random() ** 3)
        for _ in range(draw(st.integers(0, 300)))
    ]
    took = sorted(dot.took for dot in dots)
    levels = [
        Level(percent, took[max(1, -(-percent * len(took) // 100)) - 1])
        for percent in (50, 85, 95)
        if took
    ]
    return CycleTimes(days, dots, levels, draw(sentences))


@st.composite
def throughputs(draw: st.DrawFn) -> Throughput:
    """Bars of a day or of a week each."""
    days = draw(some_days(least=0))
    every = draw(st.sampled_from((1, 7)))
    chances = Random(draw(st.integers(0, 2**32)))
    bars = [
        Bar(first, min(every, len(days) - first), chances.randint(0, 40))
        for first in range(0, len(days), every)
    ]
    mean = sum(bar.cards for bar in bars) / len(bars) if every == 7 and bars else None
    return Throughput(days, bars, "week" if every == 7 else "day", mean, draw(sentences))


badges = st.builds(Badge, names, names, st.sampled_from(Mood))
