"""The same figures computed in another way, with NumPy, which the product does not use."""

from datetime import date, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from taskly.boards.rules import Category
from taskly.insights.rules.days import INSTANT, WorkCalendar
from taskly.insights.rules.flow import cumulative_flow
from taskly.insights.rules.histories import CardHistory
from taskly.insights.rules.percentiles import percentiles
from tests.support.pasts import BEGINS, boards, calendars, dates, moments

CATEGORIES = list(Category)


def microseconds(at: datetime) -> int:
    """The time since the generated pasts begin."""
    return (at - BEGINS) // INSTANT


@given(cards=boards, calendar=calendars, first=dates, as_of=moments)
def test_the_flow_is_a_sum_over_cards_of_where_each_was(
    cards: list[CardHistory], calendar: WorkCalendar, first: date, as_of: datetime
) -> None:
    flow = cumulative_flow(cards, calendar, first, first + timedelta(days=9), as_of)
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
