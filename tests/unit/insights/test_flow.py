"""Cards that stood where at the end of each day."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from taskly.boards.rules import Category
from taskly.insights.rules.flow import FlowDay
from taskly.insights.rules.histories import Selection, select
from tests.support import whole_past
from tests.support.board_story import BoardStory, named


def flow_of(
    story: BoardStory, first: str, last: str, as_of: str = "2026-12-31 00:00"
) -> tuple[FlowDay, ...]:
    """The flow of some days."""
    days = date.fromisoformat(first), date.fromisoformat(last)
    return whole_past.flow_of(story.past().cards, story.calendar, *days, story.at(as_of))


def by_category(flow: tuple[FlowDay, ...]) -> list[tuple[int, ...]]:
    """Not begun, begun and done, day by day."""
    return [tuple(day.by_category[category] for category in Category) for day in flow]


def by_column(flow: tuple[FlowDay, ...], name: str) -> list[int]:
    """The cards of a column, day by day."""
    return [day.by_column.get(named(name), 0) for day in flow]


@pytest.fixture
def story() -> BoardStory:
    """Three cards in a week."""
    story = BoardStory()
    for name in ("one", "two"):
        story.card("2026-11-23 09:00", name)
    story.move("2026-11-24 09:00", "one", "Doing")
    story.move("2026-11-24 10:00", "one", "Review")
    story.card("2026-11-25 09:00", "three", "Doing")
    story.move("2026-11-26 09:00", "one", "Done")
    return story


def test_each_day_shows_how_it_ended(story: BoardStory) -> None:
    flow = flow_of(story, "2026-11-22", "2026-11-27")

    assert by_category(flow) == [(0, 0, 0), (2, 0, 0), (1, 1, 0), (1, 2, 0), (1, 1, 1), (1, 1, 1)]
    assert by_column(flow, "Doing") == [0, 0, 0, 1, 1, 1]
    assert by_column(flow, "Review") == [0, 0, 1, 1, 0, 0]
    assert [day.cards for day in flow] == [0, 2, 2, 3, 3, 3]


def test_what_was_before_the_first_day_is_there_on_it(story: BoardStory) -> None:
    assert by_category(flow_of(story, "2026-11-27", "2026-11-28")) == [(1, 1, 1)] * 2


def test_a_day_that_is_not_over_ends_now(story: BoardStory) -> None:
    flow = flow_of(story, "2026-11-24", "2026-11-30", as_of="2026-11-24 09:30")

    assert by_category(flow) == [(1, 1, 0)]
    assert by_column(flow, "Doing") == [1]


def test_cards_that_go_are_gone_except_those_archived_when_done(story: BoardStory) -> None:
    story.leave("2026-11-27 09:00", "one", "card.archived")
    story.leave("2026-11-27 09:00", "two", "card.archived")
    story.leave("2026-11-28 09:00", "three", "card.left")
    story.come_back("2026-11-29 09:00", "two")
    story.leave("2026-11-30 09:00", "one", "card.deleted")

    flow = flow_of(story, "2026-11-26", "2026-11-30")

    assert by_category(flow) == [(1, 1, 1), (0, 1, 1), (0, 0, 1), (1, 0, 1), (1, 0, 0)]


def test_a_column_that_means_something_else_is_the_same_column(story: BoardStory) -> None:
    story.tell("2026-11-25 12:00", "column.updated", "Review", {}, {"category": "done"})

    flow = flow_of(story, "2026-11-24", "2026-11-25")

    assert by_column(flow, "Review") == [1, 1]
    assert by_category(flow) == [(1, 1, 0), (1, 1, 1)]


def test_a_card_at_midnight_belongs_to_the_new_day() -> None:
    story = BoardStory(ZoneInfo("Europe/Berlin"), begins="2026-10-01 00:00")
    story.card("2026-10-24 23:59", "one")
    story.card("2026-10-25 00:00", "two")
    story.card("2026-10-25 23:59", "three")
    story.card("2026-10-26 00:00", "four")

    assert [day.cards for day in flow_of(story, "2026-10-24", "2026-10-26")] == [1, 3, 4]


def test_without_a_past_there_is_no_flow() -> None:
    story = BoardStory()

    assert by_category(flow_of(story, "2026-11-23", "2026-11-24")) == [(0, 0, 0)] * 2
    assert flow_of(story, "2026-11-24", "2026-11-23") == ()
    assert flow_of(story, "2027-01-02", "2027-01-03") == ()


def test_only_cards_that_are_asked_for_are_counted_as_long_as_they_are(story: BoardStory) -> None:
    omar, bug = str(named("Omar")), str(named("bug"))
    story.change("2026-11-24 12:00", "one", assignee_ids=[omar])
    story.change("2026-11-25 12:00", "three", assignee_ids=[omar], label_ids=[bug])
    story.change("2026-11-26 12:00", "one", assignee_ids=[])
    cards = story.past().cards
    days = date(2026, 11, 23), date(2026, 11, 27)

    def counted(selection: Selection) -> list[int]:
        chosen = select(cards, selection)
        flow = whole_past.flow_of(chosen, story.calendar, *days, story.at("2026-12-01 00:00"))
        return [day.cards for day in flow]

    by_omar = frozenset({named("Omar")})
    assert counted(Selection()) == [2, 2, 3, 3, 3]
    assert counted(Selection(assignee_ids=by_omar)) == [0, 1, 2, 1, 1]
    assert counted(Selection(assignee_ids=by_omar, label_ids=frozenset({named("bug")}))) == [
        0,
        0,
        1,
        1,
        1,
    ]
    assert counted(Selection(sprint_ids=frozenset({named("Sprint 12")}))) == [0] * 5
