"""Monte Carlo forecasts: what may come, drawn from what the team has done.

A trial plays one future. Each of its days is a day of the past, drawn at random: a working day for a
working day, a day off for a day off. The same seed draws the same futures, whatever is asked of them, so
that more cards never take less time, and the two questions (how long, how many) have answers that agree.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from taskly.insights.rules.days import WorkCalendar
from taskly.insights.rules.percentiles import PERCENTS, percentile, rank_of
from taskly.insights.rules.throughput import DoneOnDay

TRIALS = 2_000
"""With so many the chance behind a date is right to about one percentage point (its standard error)."""
HORIZON_DAYS = 366
"""Nothing is said about what lies farther ahead."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What the future is drawn from: the cards done on each day of the past, from few to many."""

    working_days: tuple[int, ...]
    days_off: tuple[int, ...]

    @classmethod
    def of(cls, days: Sequence[DoneOnDay]) -> "Pace":
        """The pace of some days that are over."""
        return cls(
            working_days=_sorted(each for each in days if each.day.is_working_day),
            days_off=_sorted(each for each in days if not each.day.is_working_day),
        )

    @property
    def is_known(self) -> bool:
        """Whether anything was done, without which nothing can be said."""
        return any(self.working_days) or any(self.days_off)


def _sorted(days: Iterable[DoneOnDay]) -> tuple[int, ...]:
    return tuple(sorted(each.cards for each in days))


@dataclass(frozen=True, slots=True)
class Likely:
    """An answer and how sure it is."""

    percent: int
    day: date | None
    """The day by whose end so many percent of the trials are through; None if that is beyond the horizon."""


@dataclass(frozen=True, slots=True)
class WhenDone:
    """When some cards may be done."""

    cards: int
    likely: tuple[Likely, ...]


def when_done(
    cards: int, pace: Pace, calendar: WorkCalendar, first: date, *, seed: int, trials: int = TRIALS
) -> WhenDone | None:
    """By when so many cards are done, if work on them begins on the morning of `first`; None without a pace.

    Raises:
        ValueError: no card is asked for.
    """
    if cards < 1:
        raise ValueError("a forecast is about one card or more")
    if not pace.is_known:
        return None
    days: dict[int, date] = {}
    for day, sums in _futures(pace, calendar, first, seed, trials):
        if max(sums) < cards:
            continue
        through = sum(done >= cards for done in sums)
        for percent in PERCENTS:
            if through >= rank_of(percent, trials):
                days.setdefault(percent, day)
        if len(days) == len(PERCENTS):
            break
    return WhenDone(cards, tuple(Likely(percent, days.get(percent)) for percent in PERCENTS))


@dataclass(frozen=True, slots=True)
class HowMany:
    """How many cards may be done by a day, each with the percent of trials in which it is that many or more."""

    by: date
    likely: tuple[tuple[int, int], ...]


def how_many(
    by: date, pace: Pace, calendar: WorkCalendar, first: date, *, seed: int, trials: int = TRIALS
) -> HowMany | None:
    """How many cards are done by the end of a day, if work begins on the morning of `first`.

    None without a pace, and for days beyond the horizon. The surer, the fewer.
    """
    if not pace.is_known or by > first + timedelta(days=HORIZON_DAYS - 1):
        return None
    last: list[int] = [0] * trials
    for day, sums in _futures(pace, calendar, first, seed, trials):
        if day > by:
            break
        last = sums
    falling = sorted(last, reverse=True)
    return HowMany(by, tuple((percent, percentile(falling, percent)) for percent in PERCENTS))


def _futures(
    pace: Pace, calendar: WorkCalendar, first: date, seed: int, trials: int
) -> Iterator[tuple[date, list[int]]]:
    """Day after day, how many cards each trial has done by its end."""
    # Of all methods only `random` promises the same numbers in every version of Python.
    draw = random.Random(seed).random  # noqa: S311 - drawn to be repeated, not to be secret
    sums = [0] * trials
    for number in range(HORIZON_DAYS):
        day = first + timedelta(days=number)
        past = pace.working_days if calendar.is_working_day(day) else pace.days_off
        if any(past):
            size = len(past)
            sums = [done + past[int(draw() * size)] for done in sums]
        yield day, sums
