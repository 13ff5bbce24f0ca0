"""The same figures computed in another way, with NumPy, which the product does not use."""

import random
from datetime import date, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from taskly.boards.rules import Category
from taskly.insights.rules.days import INSTANT, WorkCalendar
from taskly.insights.rules.forecast import HORIZON_DAYS, TRIALS, Pace, how_many, when_done
from taskly.insights.rules.histories import CardHistory
from taskly.insights.rules.percentiles import percentiles
from tests.support.pasts import BEGINS, boards, calendars, dates, moments
from tests.support.whole_past import flow_of

CATEGORIES = list(Category)


def microseconds(at: datetime) -> int:
    """The time since the generated pasts begin."""
    return (at - BEGINS) // INSTANT


@given(cards=boards, calendar=calendars, first=dates, as_of=moments)
def test_the_flow_is_a_sum_over_cards_of_where_each_was(
    cards: list[CardHistory], calendar: WorkCalendar, first: date, as_of: datetime
) -> None:
    flow = flow_of(cards, calendar, first, first + timedelta(days=9), as_of)
    ends = np.array(
        [min(microseconds(each.day.ends_at), microseconds(as_of) + 1) for each in flow],
        dtype=np.int64,
    )
    expected = np.zeros((len(flow), len(CATEGORIES)), dtype=np.int64)
    for card in cards:
        times = np.array([microseconds(step.at) for step in card.steps], dtype=np.int64)
        # -1 stands for away; the last one of it is for before the card was made.
        where = np.array(
            [CATEGORIES.index(step.category) if step.counts else -1 for step in card.steps] + [-1]
        )
        present = where[np.searchsorted(times, ends, side="left") - 1]
        expected += present[:, np.newaxis] == np.arange(len(CATEGORIES))

    found = [[each.by_category[category] for category in CATEGORIES] for each in flow]
    assert np.array_equal(np.array(found, dtype=np.int64).reshape(expected.shape), expected)


@given(times=st.lists(st.integers(0, 10**7), min_size=1, max_size=200))
def test_percentiles_are_those_of_the_inverted_distribution(times: list[int]) -> None:
    found = percentiles([timedelta(seconds=time) for time in times])

    assert found is not None
    expected = np.quantile(times, [0.5, 0.85, 0.95], method="inverted_cdf")
    assert [each // timedelta(seconds=1) for each in (found.p50, found.p85, found.p95)] == list(
        expected
    )


MONDAY = date(2026, 11, 30)
counts = st.lists(st.integers(0, 4), min_size=1, max_size=15).map(tuple)
paces = st.builds(Pace, working_days=counts, days_off=counts).filter(lambda pace: pace.is_known)


def chances(pace: Pace, cards: int, days: int) -> list[float]:
    """The chance that so many cards are done by the end of each day: no trials, but all futures at once."""
    sums, found = np.ones(1), []
    for number in range(days):
        is_working_day = (MONDAY + timedelta(days=number)).weekday() < 5
        past = np.array((pace.working_days if is_working_day else pace.days_off) or (0,))
        sums = np.convolve(sums, np.bincount(past) / past.size)
        found.append(float(sums[cards:].sum()))
    return found


@settings(max_examples=30)
@given(pace=paces, cards=st.integers(1, 30), seed=st.integers(0, 2**32))
def test_a_forecast_is_as_sure_as_it_says(pace: Pace, cards: int, seed: int) -> None:
    found = when_done(cards, pace, WorkCalendar(), MONDAY, seed=seed)

    assert found is not None
    exact = chances(pace, cards, HORIZON_DAYS)
    for likely in found.likely:
        sure = likely.percent / 100
        # Six standard errors: of a thousand million trials of the test, two would fail.
        slack = 6 * (sure * (1 - sure) / TRIALS) ** 0.5
        if likely.day is None:
            assert exact[-1] < sure + slack
        else:
            number = (likely.day - MONDAY).days
            assert exact[number] > sure - slack
            assert number == 0 or exact[number - 1] < sure + slack


@settings(max_examples=30)
@given(pace=paces, days=st.integers(1, 40), seed=st.integers(0, 2**32))
def test_so_many_cards_are_as_sure_as_it_says(pace: Pace, days: int, seed: int) -> None:
    by = MONDAY + timedelta(days=days - 1)
    found = how_many(by, pace, WorkCalendar(), MONDAY, seed=seed)

    assert found is not None
    generator = random.Random(seed)
    sums = np.zeros(TRIALS, dtype=np.int64)
    for number in range(days):
        is_working_day = (MONDAY + timedelta(days=number)).weekday() < 5
        past = np.array(pace.working_days if is_working_day else pace.days_off)
        if past.any():
            drawn = np.array([generator.random() for _ in range(TRIALS)])
            sums += past[np.floor(drawn * past.size).astype(np.int64)]
    # So many or more in 85 % of the trials: the 15th percentile from below.
    expected = np.sort(sums)[::-1][[int(np.ceil(TRIALS * each / 100)) - 1 for each in (50, 85, 95)]]
    assert [cards for _, cards in found.likely] == list(expected)
