"""The next sprints of a series."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.sprints.rules.series import Slot, Template, name_of, next_slot

TODAY = date(2026, 11, 30)
WEEKS = Template("Sprint {n}", 12, 2, TODAY, 7)


def test_the_first_one_is_as_the_series_says() -> None:
    slot = next_slot(WEEKS, None, TODAY)

    assert slot == Slot(7, date(2026, 11, 30), date(2026, 12, 11))
    assert name_of(WEEKS, slot.number) == "Sprint 7"


def test_the_next_one_goes_on_with_number_and_days() -> None:
    following = next_slot(WEEKS, Slot(7, date(2026, 11, 30), date(2026, 12, 11)), TODAY)

    assert following == Slot(8, date(2026, 12, 14), date(2026, 12, 25))


def test_one_that_was_extended_puts_off_the_next() -> None:
    following = next_slot(WEEKS, Slot(7, date(2026, 11, 30), date(2026, 12, 15)), TODAY)

    assert following.starts_on == date(2026, 12, 18)


@pytest.mark.parametrize(
    ("ended_on", "begins"),
    [
        # Of 12 days, after a pause of 2: a rhythm of 14 days.
        (date(2026, 11, 15), date(2026, 11, 18)),
        (date(2026, 11, 16), date(2026, 11, 19)),
        (date(2026, 11, 1), date(2026, 11, 18)),
        (date(2026, 10, 31), date(2026, 12, 1)),
        (date(2020, 1, 1), date(2026, 11, 28)),
    ],
)
def test_after_a_gap_the_rhythm_goes_on_with_one_that_is_not_over(
    ended_on: date, begins: date
) -> None:
    series = Template("Sprint {n}", 12, 2, date(2020, 1, 1), 1)
    last = Slot(3, ended_on - timedelta(days=11), ended_on)

    following = next_slot(series, last, date(2026, 11, 29))

    assert following.number == 4
    assert following.starts_on == begins
    assert (following.starts_on - ended_on).days % 14 == 3


def test_a_series_that_starts_anew_is_heeded() -> None:
    series = Template("Q{n}", 2, 0, date(2027, 1, 4), 20)

    following = next_slot(series, Slot(8, date(2026, 11, 30), date(2026, 12, 11)), TODAY)

    assert following == Slot(20, date(2027, 1, 4), date(2027, 1, 5))


@given(
    length=st.integers(2, 60),
    between=st.integers(0, 30),
    ago=st.integers(-400, 4000),
    later=st.integers(0, 400),
)
def test_sprints_of_a_series_never_share_days_and_are_not_over(
    length: int, between: int, ago: int, later: int
) -> None:
    series = Template("{n}", length, between, TODAY - timedelta(days=ago), 1)
    today = TODAY
    last = None
    for number in range(1, 6):
        slot = next_slot(series, last, today)
        assert slot.number == number
        assert (slot.ends_on - slot.starts_on).days == length - 1
        assert slot.ends_on >= today
        assert last is None or (slot.starts_on - last.ends_on).days > between
        last, today = slot, today + timedelta(days=later)
