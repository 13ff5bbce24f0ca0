"""Each answer in one sentence."""

import doctest
from datetime import date, timedelta
from types import ModuleType

import pytest

from taskly.boards.rules import Category
from taskly.insights.rules import percentiles, readings, wording
from taskly.insights.rules.burning import Burn, burn
from taskly.insights.rules.days import WorkCalendar
from taskly.insights.rules.durations import Durations
from taskly.insights.rules.flow import FlowDay
from taskly.insights.rules.forecast import HowMany, Pace, how_many, when_done
from taskly.insights.rules.throughput import DoneOnDay, throughput
from taskly.insights.rules.unseen import UnseenWork
from taskly.insights.rules.velocity import Velocity
from tests.support.board_story import COLUMNS, BoardStory, named
from tests.support.whole_past import ageing_of, durations_of, velocity_of

CALENDAR = WorkCalendar()
MONDAY = date(2026, 11, 30)
NAMES = {named(name): name for name in COLUMNS}


@pytest.mark.parametrize("module", [percentiles, wording])
def test_the_examples_of_the_documentation_are_true(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


@pytest.fixture
def story() -> BoardStory:
    """A sprint of two weeks with ten points on three cards."""
    story = BoardStory()
    story.sprint("2026-11-20 09:00", "Sprint 12", "2026-11-23", "2026-12-04")
    for name, points in (("five", 5), ("three", 3), ("two", 2)):
        story.card("2026-11-20 10:00", name, points=points, sprint="Sprint 12")
    return story


def burnt(story: BoardStory, as_of: str) -> Burn:
    """The charts of the sprint."""
    past = story.past()
    found = burn(past.sprints[0], past.cards, story.calendar, story.at(as_of))
    assert found is not None
    return found


def test_a_burndown_says_what_remains_beside_the_ideal_line(story: BoardStory) -> None:
    assert readings.burndown(burnt(story, "2026-11-22 12:00")) == "Sprint 12 has not begun."
    assert readings.burndown(burnt(story, "2026-11-24 12:00")) == (
        "0 of 10 points are done and 10 remain, 2 more than on the ideal line."
    )
    story.move("2026-11-25 10:00", "three", "Done")
    assert readings.burndown(burnt(story, "2026-11-25 12:00")) == (
        "3 of 10 points are done and 7 remain, as on the ideal line."
    )
    story.move("2026-11-26 10:00", "five", "Done")
    story.change("2026-11-26 11:00", "two", story_points=1)
    assert readings.burndown(burnt(story, "2026-11-26 12:00")) == (
        "8 of 9 points are done and 1 remains, 5 less than on the ideal line."
    )
    assert readings.burndown(burnt(story, "2026-12-07 12:00")) == (
        "Sprint 12 ended with 8 of 9 points done and 1 card left over."
    )
    story.move("2026-11-27 10:00", "two", "Done")
    assert readings.burndown(burnt(story, "2026-11-27 12:00")) == (
        "9 of 9 points are done, and nothing remains."
    )
    assert readings.burndown(burnt(story, "2026-12-07 12:00")) == (
        "Sprint 12 ended with 9 of 9 points done and nothing left over."
    )


def test_where_nobody_estimated_cards_are_counted() -> None:
    story = BoardStory()
    story.sprint("2026-11-20 09:00", "Sprint 12", "2026-11-23", "2026-12-04")
    assert readings.burndown(burnt(story, "2026-11-23 12:00")) == "Sprint 12 has no cards."
    for name in ("one", "two"):
        story.card("2026-11-20 10:00", name, sprint="Sprint 12")
    story.move("2026-11-23 10:00", "one", "Done")

    found = burnt(story, "2026-11-23 12:00")

    assert readings.burndown(found) == (
        "1 of 2 cards is done and 1 remains, 0.8 less than on the ideal line."
    )
    assert readings.burnup(found) == "The scope of Sprint 12 is still 2 cards, of which 1 is done."


def test_a_burnup_says_how_the_scope_changed(story: BoardStory) -> None:
    assert readings.burnup(burnt(story, "2026-11-22 12:00")) == "Sprint 12 has not begun."
    story.change("2026-11-24 10:00", "three", story_points=8)
    assert readings.burnup(burnt(story, "2026-11-24 12:00")) == (
        "The scope of Sprint 12 grew by 5 to 15 points, of which none are done."
    )
    story.change("2026-11-25 10:00", "three", sprint=None)
    assert readings.burnup(burnt(story, "2026-11-25 12:00")) == (
        "The scope of Sprint 12 shrank by 3 to 7 points, of which none are done."
    )
    for name in ("five", "two"):
        story.change("2026-11-25 10:00", name, sprint=None)
    assert readings.burnup(burnt(story, "2026-11-25 12:00")) == (
        "The scope of Sprint 12 shrank by 3 to nothing."
    )


def test_velocity_says_what_a_sprint_completes(story: BoardStory) -> None:
    def said(as_of: str) -> str:
        past = story.past()
        return readings.velocity(
            velocity_of(past.sprints, past.cards, story.calendar, story.at(as_of))
        )

    assert said("2026-12-04 12:00") == "No sprint has been completed yet."
    story.move("2026-11-25 10:00", "five", "Done")
    assert said("2026-12-07 12:00") == "The only sprint that is over completed 5 points."
    nothing = BoardStory()
    for name in ("Sprint 1", "Sprint 2"):
        nothing.sprint("2026-11-20 09:00", name, "2026-11-23", "2026-12-04")
    past, over = nothing.past(), story.at("2026-12-07 12:00")
    assert readings.velocity(velocity_of(past.sprints[:1], [], CALENDAR, over)) == (
        "The only sprint that is over completed nothing."
    )
    assert readings.velocity(velocity_of(past.sprints, [], CALENDAR, over)) == (
        "The last 2 sprints completed nothing."
    )
    story.sprint("2026-11-20 09:00", "Sprint 13", "2026-12-07", "2026-12-11")
    story.card("2026-12-07 10:00", "ten", "Done", points=10, sprint="Sprint 13")
    assert said("2026-12-12 12:00") == (
        "The last 2 sprints completed 7.5 points on average, give or take 3.5 (from 5 to 10)."
    )
    story.change("2026-12-08 10:00", "ten", story_points=5)
    assert said("2026-12-12 12:00") == "The last 2 sprints completed 5 points each."
    assert readings.velocity(Velocity((), None, None)) == "No sprint has been completed yet."


def flow(*counts: tuple[int, int, int]) -> list[FlowDay]:
    """A flow with so many cards not begun, begun and done on each day."""
    return [
        FlowDay(
            CALENDAR.day(MONDAY + timedelta(number)), {}, dict(zip(Category, each, strict=True))
        )
        for number, each in enumerate(counts)
    ]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (flow((1, 3, 0), (1, 9, 5)), "Over 2 days work in progress grew from 3 to 9 cards, and 5 more cards are done."),
        (flow((1, 3, 5), (1, 1, 4)), "Over 2 days work in progress fell from 3 to 1 card, and 1 fewer card is done."),
        (flow((1, 3, 5)), "Over 1 day work in progress stayed at 3 cards, and as many cards are done as before."),
        (flow((0, 0, 0)), "There were no cards on these days."),
        ([], "There were no cards on these days."),
    ],
)  # fmt: skip
def test_the_flow_says_how_work_in_progress_changed(days: list[FlowDay], said: str) -> None:
    assert readings.cumulative_flow(days) == said


def test_durations_say_what_most_cards_took() -> None:
    story = BoardStory()

    def found() -> Durations:
        days = date(2026, 11, 1), date(2026, 11, 30)
        as_of = story.at("2026-12-01 00:00")
        return durations_of(story.past().cards, story.calendar, *days, as_of)

    nothing = "No card was done on these days."
    assert readings.cycle_time(found()) == readings.lead_time(found()) == nothing
    assert readings.time_in_columns(found(), NAMES) == nothing
    story.card("2026-11-02 09:00", "one")
    story.move("2026-11-04 09:00", "one", "Review")
    story.move("2026-11-04 12:00", "one", "Done")
    assert readings.cycle_time(found()) == (
        "The only card that was done took 3 hours from the beginning of work."
    )
    story.card("2026-11-02 09:00", "two", "Doing")
    story.move("2026-11-07 21:00", "two", "Done")
    assert readings.cycle_time(found()) == (
        "85 % of 2 cards were done within 5.5 days of the beginning of work, half of them within 3 hours."
    )
    assert readings.lead_time(found()) == (
        "85 % of 2 cards were done within 5.5 days of being made, half of them within 2.1 days."
    )
    assert readings.time_in_columns(found(), NAMES) == (
        "Cards stay longest in Doing: 85 % of them up to 5.5 days."
    )


def test_ageing_says_how_much_is_too_old() -> None:
    story = BoardStory()
    now = story.at("2026-11-30 09:00")
    assert readings.ageing(ageing_of([], [], now)) == "Nothing is in progress."
    story.card("2026-11-02 09:00", "old", "Doing")
    story.card("2026-11-29 09:00", "young", "Doing")
    cards = story.past().cards
    assert readings.ageing(ageing_of(cards, [], now)) == (
        "2 cards are in progress, and none was finished to compare with."
    )
    [old, _] = cards
    for taken, words in ((5, "has taken"), (50, "has not taken")):
        assert readings.ageing(ageing_of([old], [timedelta(days=taken)], now)) == (
            f"The only card in progress {words} longer than 85 % of the finished cards."
        )
    assert readings.ageing(ageing_of([old], [], now)) == (
        "1 card is in progress, and none was finished to compare with."
    )
    assert readings.ageing(ageing_of(cards, [timedelta(days=5)], now)) == (
        "1 of 2 cards in progress has taken longer than 85 % of the finished cards."
    )
    assert readings.ageing(ageing_of(cards, [timedelta(days=50)], now)) == (
        "None of 2 cards in progress has taken longer than 85 % of the finished cards."
    )


def test_throughput_says_how_many_a_week() -> None:
    days = CALENDAR.days(date(2026, 11, 16), date(2026, 11, 29))

    assert readings.throughput([DoneOnDay(day, int(day.is_working_day)) for day in days]) == (
        "10 cards were done in 14 days: 5 a week."
    )
    assert readings.throughput([DoneOnDay(days[0], 1)]) == "1 card was done in 1 day."
    assert readings.throughput([DoneOnDay(day, 0) for day in days]) == (
        "No card was done in 14 days."
    )
    future = throughput([], CALENDAR, MONDAY, MONDAY, BoardStory().at("2026-11-01 00:00"))
    assert readings.throughput(future) == "None of these days has begun."


def test_a_forecast_says_by_when_and_how_many() -> None:
    pace, by = Pace((1,), (1,)), date(2026, 12, 12)

    assert readings.when_done(when_done(13, pace, CALENDAR, MONDAY, seed=1)) == (
        "It is 85 % sure that 13 cards are done by 12 December 2026."
    )
    assert readings.when_done(when_done(999, pace, CALENDAR, MONDAY, seed=1)) == (
        "It is less than 85 % sure that 999 cards are done within 366 days."
    )
    assert readings.when_done(None) == (
        "Nothing was done in the days to draw from, so nothing can be said."
    )
    assert readings.how_many(how_many(by, pace, CALENDAR, MONDAY, seed=1)) == (
        "It is 85 % sure that 13 cards or more are done by 12 December 2026."
    )
    assert readings.how_many(HowMany(by, ((50, 3), (85, 1), (95, 0)))) == (
        "It is 85 % sure that 1 card or more is done by 12 December 2026."
    )
    assert readings.how_many(HowMany(by, ((50, 1), (85, 0), (95, 0)))) == (
        "It is less than 85 % sure that any card is done by 12 December 2026."
    )
    assert readings.how_many(None) == (
        "Nothing was done in the days to draw from, or the day is farther than 366 days ahead."
    )


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (UnseenWork(0, 0, 0), "Nothing was merged on these days."),
        (UnseenWork(0, 0, 1), "Nothing was merged on these days that counts: 1 pull request was merged before its repository was connected."),
        (UnseenWork(6, 5, 0), "5 of 6 merged pull requests (83 %) were on no card before."),
        (UnseenWork(6, 5, 2), "5 of 6 merged pull requests (83 %) were on no card before. 2 pull requests were merged before their repository was connected, and were not counted."),
        (UnseenWork(1, 0, 0), "The only merged pull request was on a card before."),
        (UnseenWork(1, 1, 0), "The only merged pull request was on no card before."),
        (UnseenWork(3, 0, 0), "All 3 merged pull requests were on a card before."),
    ],
)  # fmt: skip
def test_unseen_work_says_how_much_nobody_saw(found: UnseenWork, said: str) -> None:
    assert readings.unseen_work(found) == said
