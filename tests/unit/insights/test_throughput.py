"""How many cards were done, and what that says of those to come."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.insights.rules.days import WorkCalendar
from taskly.insights.rules.forecast import HORIZON_DAYS, TRIALS, Pace, how_many, when_done
from taskly.insights.rules.throughput import DoneInWeek, DoneOnDay, by_week
from tests.support.board_story import BoardStory
from tests.support.whole_past import throughput_of

CALENDAR = WorkCalendar()
MONDAY = date(2026, 11, 30)

counts = st.lists(st.integers(0, 5), min_size=1, max_size=20).map(tuple)
paces = st.builds(Pace, working_days=counts, days_off=counts)


def done_on(story: BoardStory, first: str, last: str) -> tuple[DoneOnDay, ...]:
    """The throughput of some days."""
    days = date.fromisoformat(first), date.fromisoformat(last)
    as_of = story.at("2026-11-30 12:00")
    return throughput_of(story.past().cards, story.calendar, *days, as_of)


def test_a_card_counts_on_the_day_since_which_it_is_done() -> None:
    story = BoardStory(ZoneInfo("Pacific/Kiritimati"))
    for name, at in (("one", "2026-11-23 23:59"), ("two", "2026-11-24 00:00"), ("three", "2026-11-24 09:00")):  # fmt: skip
        story.card("2026-11-20 09:00", name)
        story.move(at, name, "Done")
    story.move("2026-11-25 09:00", "one", "Doing")
    story.move("2026-11-26 09:00", "one", "Done")
    story.move("2026-11-26 10:00", "two", "Doing")

    found = done_on(story, "2026-11-23", "2026-11-27")

    assert [day.cards for day in found] == [0, 1, 0, 1, 0]


def test_weeks_go_from_monday_to_sunday_and_say_how_much_of_them_was_looked_at() -> None:
    story = BoardStory()
    for number, day in enumerate([18, 19, 22, 23, 29, 30], start=1):
        story.card(f"2026-11-{day} 09:00", f"card {number}", "Done")

    found = by_week(done_on(story, "2026-11-19", "2026-12-04"))

    # The last one has just begun.
    assert found == (
        DoneInWeek(date(2026, 11, 16), 2, 4),
        DoneInWeek(date(2026, 11, 23), 2, 7),
        DoneInWeek(date(2026, 11, 30), 1, 1),
    )


def test_without_a_past_nothing_was_done() -> None:
    found = done_on(BoardStory(), "2026-11-23", "2026-11-24")

    assert [day.cards for day in found] == [0, 0]
    assert by_week(()) == ()


@pytest.mark.parametrize(
    ("pace", "cards", "expected"),
    [
        # One a day, every day: the 14th card is done on the 14th day.
        (Pace((1,), (1,)), 14, "2026-12-13"),
        # One a day from Monday to Friday: the fifth is done on Friday, the sixth on Monday.
        (Pace((1, 1), (0,)), 5, "2026-12-04"),
        (Pace((1, 1), (0,)), 6, "2026-12-07"),
        # Nobody was looked at on days off.
        (Pace((3,), ()), 16, "2026-12-07"),
        # Only weekends.
        (Pace((0,), (2,)), 5, "2026-12-12"),
        # As far as it goes, and one day farther.
        (Pace((1,), (1,)), HORIZON_DAYS, "2027-11-30"),
        (Pace((1,), (1,)), HORIZON_DAYS + 1, None),
    ],
)
def test_a_steady_pace_leaves_no_doubt(pace: Pace, cards: int, expected: str | None) -> None:
    found = when_done(cards, pace, CALENDAR, MONDAY, seed=1)

    assert found is not None
    day = None if expected is None else date.fromisoformat(expected)
    assert [(each.percent, each.day) for each in found.likely] == [(50, day), (85, day), (95, day)]


def test_a_steady_pace_says_how_many() -> None:
    pace = Pace((2,), (0,))

    for by, expected in (
        ("2026-11-29", 0),
        ("2026-11-30", 2),
        ("2026-12-06", 10),
        ("2026-12-07", 12),
    ):
        found = how_many(date.fromisoformat(by), pace, CALENDAR, MONDAY, seed=1)
        assert found is not None
        assert found.likely == ((50, expected), (85, expected), (95, expected))
    assert how_many(MONDAY + timedelta(HORIZON_DAYS), pace, CALENDAR, MONDAY, seed=1) is None


def test_an_uneven_pace_is_drawn_the_same_with_the_same_seed() -> None:
    pace = Pace((0, 0, 1, 3), (0,))

    found = [when_done(14, pace, CALENDAR, MONDAY, seed=seed) for seed in (7, 7, 8)]

    assert found[0] == found[1]
    assert found[0] is not None
    # The exact chance of 30 December is 95.3 %: near enough for trials to miss it.
    assert [(each.percent, each.day) for each in found[0].likely] == [
        (50, date(2026, 12, 17)),
        (85, date(2026, 12, 25)),
        (95, date(2026, 12, 31)),
    ]


def test_the_order_of_the_past_makes_no_difference() -> None:
    days = CALENDAR.days(date(2026, 11, 16), date(2026, 11, 29))
    rising = [DoneOnDay(day, number) for number, day in enumerate(days)]
    other = [DoneOnDay(days[0], 3), *rising[1:3], DoneOnDay(days[3], 0), *rising[4:]]

    assert (
        Pace.of(other) == Pace.of(rising) == Pace((0, 1, 2, 3, 4, 7, 8, 9, 10, 11), (5, 6, 12, 13))
    )


def test_who_did_nothing_has_no_forecast() -> None:
    pace = Pace.of(done_on(BoardStory(), "2026-11-16", "2026-11-29"))

    assert pace == Pace((0,) * 10, (0,) * 4)
    assert when_done(1, pace, CALENDAR, MONDAY, seed=1) is None
    assert how_many(MONDAY, pace, CALENDAR, MONDAY, seed=1) is None
    assert when_done(1, Pace((), ()), CALENDAR, MONDAY, seed=1) is None


def test_a_forecast_is_about_a_card_at_least() -> None:
    with pytest.raises(ValueError, match="one card or more"):
        when_done(0, Pace((1,), (1,)), CALENDAR, MONDAY, seed=1)


@given(pace=paces, cards=st.integers(1, 40), more=st.integers(0, 20), seed=st.integers(0, 2**32))
def test_more_cards_never_take_less_time(pace: Pace, cards: int, more: int, seed: int) -> None:
    few = when_done(cards, pace, CALENDAR, MONDAY, seed=seed, trials=50)
    many = when_done(cards + more, pace, CALENDAR, MONDAY, seed=seed, trials=50)

    assert (few is None) == (many is None) == (not pace.is_known)
    if few is None or many is None:
        return
    for one, other in zip(few.likely, many.likely, strict=True):
        assert (one.day or date.max) <= (other.day or date.max)
    surer = [each.day or date.max for each in few.likely]
    assert surer == sorted(surer)


@given(pace=paces, days=st.integers(0, 60), seed=st.integers(0, 2**32))
def test_how_many_and_how_long_agree(pace: Pace, days: int, seed: int) -> None:
    by = MONDAY + timedelta(days=days)
    found = how_many(by, pace, CALENDAR, MONDAY, seed=seed, trials=50)

    for index, (_, cards) in enumerate(found.likely if found else ()):
        for asked, is_in_time in ((cards, True), (cards + 1, False)):
            if asked:
                answer = when_done(asked, pace, CALENDAR, MONDAY, seed=seed, trials=50)
                assert answer is not None
                assert ((answer.likely[index].day or date.max) <= by) == is_in_time


def test_there_are_enough_trials_for_a_percent_or_so() -> None:
    assert (0.85 * 0.15 / TRIALS) ** 0.5 < 0.01
