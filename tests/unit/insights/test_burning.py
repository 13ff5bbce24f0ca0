"""Burndown and burnup, worked out by hand.

The sprint of most stories runs from Monday, 23 November to Friday, 4 December 2026: twelve days, ten of
them working days. It begins with three cards, “five”, “three” and “two”, of as many points.
"""

from zoneinfo import ZoneInfo

import pytest

from taskly.insights.rules.amounts import Amount
from taskly.insights.rules.burning import Burn, ScopeChange, ScopeChangeKind, burn
from tests.support.board_story import BoardStory, named

AFTER = "2026-12-20 12:00"


@pytest.fixture
def story() -> BoardStory:
    """A board with a planned sprint."""
    return planned(BoardStory())


def planned(story: BoardStory) -> BoardStory:
    """The sprint and its three cards."""
    story.sprint("2026-11-20 09:00", "Sprint 12", "2026-11-23", "2026-12-04")
    for name, points in (("five", 5), ("three", 3), ("two", 2)):
        story.card("2026-11-20 10:00", name, points=points, sprint="Sprint 12")
    return story


def burnt(story: BoardStory, as_of: str = AFTER, sprint: str = "Sprint 12") -> Burn:
    """The charts of a sprint."""
    past = story.past()
    found = burn(past.sprints_by_id[named(sprint)], past.cards, story.calendar, story.at(as_of))
    assert found is not None
    return found


def series(found: Burn, what: str) -> list[int]:
    """The points of a line, day by day, as far as it is known."""
    return [getattr(day.standing, what).points for day in found.days if day.standing is not None]


def test_of_a_sprint_of_many_years_one_is_shown(story: BoardStory) -> None:
    story.sprint("2026-11-20 09:00", "Era", "2026-11-23", "2999-12-31")
    story.card("2026-11-20 10:00", "long", points=8, sprint="Era")
    story.move("2030-01-07 10:00", "long", "Done")

    for as_of, first, last in (
        ("2026-12-01 12:00", "2026-11-23", "2027-11-23"),
        ("2030-01-08 12:00", "2029-01-08", "2030-01-08"),
    ):
        shown = burnt(story, as_of, "Era")
        assert (str(shown.days[0].day.date), str(shown.days[-1].day.date)) == (first, last)
    assert shown.last is not None
    assert shown.last.standing is not None
    assert shown.last.standing.done == Amount(1, 8)


def test_a_sprint_that_was_started_goes_on_until_it_is_completed(story: BoardStory) -> None:
    story.change_sprint("2026-11-23 08:00", "Sprint 12", started_at="2026-11-23T08:00:00+00:00")
    story.move("2026-12-06 11:00", "two", "Done")

    running = burnt(story, "2026-12-07 12:00")

    assert not running.window.is_over
    assert series(running, "done") == [0] * 13 + [2, 2]
    assert [day.day.date.isoformat() for day in running.days][-2:] == ["2026-12-06", "2026-12-07"]


def test_work_burns_down_and_up(story: BoardStory) -> None:
    story.move("2026-11-24 15:00", "five", "Done")
    story.move("2026-12-01 11:00", "two", "Done")

    found = burnt(story)

    assert found.commitment == Amount(cards=3, points=10)
    assert series(found, "remaining") == [10, 5, 5, 5, 5, 5, 5, 5, 3, 3, 3, 3]
    assert series(found, "done") == [0, 5, 5, 5, 5, 5, 5, 5, 7, 7, 7, 7]
    assert series(found, "scope") == [10] * 12
    assert [day.standing.remaining.cards for day in found.days if day.standing] == [3] + [2] * 7 + [
        1
    ] * 4
    assert found.changes == ()


def test_the_ideal_line_falls_on_working_days_alone(story: BoardStory) -> None:
    ideal = [day.ideal for day in burnt(story).days]

    assert [each.points for each in ideal if each] == [9, 8, 7, 6, 5, 5, 5, 4, 3, 2, 1, 0]
    assert [each.cards for each in ideal if each] == [
        2.7, 2.4, 2.1, 1.8, 1.5, 1.5, 1.5, 1.2, 0.9, 0.6, 0.3, 0,
    ]  # fmt: skip


def test_a_sprint_on_a_weekend_has_an_ideal_line_too() -> None:
    story = BoardStory()
    story.sprint("2026-11-20 09:00", "Hackathon", "2026-11-28", "2026-11-29")
    story.card("2026-11-20 10:00", "five", points=5, sprint="Hackathon")

    days = burnt(story, sprint="Hackathon").days

    assert [day.ideal.points for day in days if day.ideal] == [2.5, 0]
    assert [day.day.is_working_day for day in days] == [False, False]


def test_a_card_that_is_reopened_remains_again(story: BoardStory) -> None:
    story.move("2026-11-24 15:00", "five", "Done")
    story.move("2026-11-26 09:00", "five", "Doing", by="Omar")
    story.move("2026-11-30 17:00", "five", "Done")

    found = burnt(story)

    assert series(found, "remaining") == [10, 5, 5, 10, 10, 10, 10, 5, 5, 5, 5, 5]
    assert found.changes == ()
    [reopening] = found.reopenings
    assert (reopening.at, reopening.by) == (story.at("2026-11-26 09:00"), named("Omar"))
    assert (reopening.card_id, reopening.amount) == (named("five"), Amount(1, 5))


def test_another_estimate_is_a_step_of_the_scope(story: BoardStory) -> None:
    story.change("2026-11-25 10:00", "three", story_points=8, by="Omar")
    story.change("2026-11-27 10:00", "two", story_points=None)

    found = burnt(story)

    assert series(found, "scope") == [10, 10, 15, 15] + [13] * 8
    assert series(found, "remaining") == series(found, "scope")
    assert found.changes == (
        ScopeChange(
            story.at("2026-11-25 10:00"), named("Omar"), named("three"), ScopeChangeKind.ESTIMATED,
            Amount(0, 5),
        ),
        ScopeChange(
            story.at("2026-11-27 10:00"), None, named("two"), ScopeChangeKind.ESTIMATED, Amount(0, -2)
        ),
    )  # fmt: skip
    assert found.commitment == Amount(3, 10)


def test_a_card_that_moves_to_another_board_leaves_the_scope(story: BoardStory) -> None:
    story.leave("2026-11-25 10:00", "two", "card.left", by="Omar")

    found = burnt(story)

    assert series(found, "scope") == [10, 10] + [8] * 10
    assert found.changes == (
        ScopeChange(
            story.at("2026-11-25 10:00"), named("Omar"), named("two"), ScopeChangeKind.REMOVED,
            Amount(-1, -2),
        ),
    )  # fmt: skip


def test_a_sprint_that_is_extended_has_a_longer_line(story: BoardStory) -> None:
    story.move("2026-12-07 10:00", "five", "Done")
    before = burnt(story, as_of="2026-12-01 12:00")
    story.entries.pop()
    story.change_sprint("2026-12-02 10:00", "Sprint 12", ends_on="2026-12-08", by="Omar")
    story.move("2026-12-07 10:00", "five", "Done")

    found = burnt(story)

    assert len(before.days) == 12
    assert series(found, "remaining") == [10] * 14 + [5, 5]
    # Twelve working days now, so each takes a twelfth of ten points.
    assert [day.ideal and round(day.ideal.points, 3) for day in found.days] == [
        9.167, 8.333, 7.5, 6.667, 5.833, 5.833, 5.833, 5, 4.167, 3.333, 2.5, 1.667, 1.667, 1.667, 0.833, 0,
    ]  # fmt: skip
    [replanning] = found.replannings
    assert (replanning.at, replanning.by) == (story.at("2026-12-02 10:00"), named("Omar"))
    assert (str(replanning.starts_on), str(replanning.ends_on)) == ("2026-11-23", "2026-12-08")
    # As of a day before, the chart is what it was.
    assert burnt(story, as_of="2026-12-01 12:00") == before


def test_other_days_before_the_sprint_opens_are_planning(story: BoardStory) -> None:
    story.change_sprint("2026-11-22 10:00", "Sprint 12", ends_on="2026-12-08")

    found = burnt(story)

    assert (len(found.days), found.replannings) == (16, ())


def test_a_card_added_and_removed_on_one_day_leaves_two_steps_and_no_mark(
    story: BoardStory,
) -> None:
    story.card("2026-11-25 09:00", "four", points=4)
    story.change("2026-11-25 10:00", "four", sprint="Sprint 12")
    story.change("2026-11-25 15:00", "four", sprint=None)

    found = burnt(story)

    assert series(found, "scope") == [10] * 12
    assert [(change.kind.value, change.amount) for change in found.changes] == [
        ("added", Amount(1, 4)),
        ("removed", Amount(-1, -4)),
    ]


def test_a_day_of_25_hours_holds_all_that_happened_on_it() -> None:
    story = BoardStory(ZoneInfo("Europe/Berlin"), begins="2026-10-01 00:00")
    story.sprint("2026-10-16 09:00", "Sprint 12", "2026-10-19", "2026-10-30")
    story.card("2026-10-16 10:00", "five", points=5, sprint="Sprint 12")
    story.card("2026-10-16 10:00", "three", points=3, sprint="Sprint 12")
    story.move("2026-10-25 23:59", "five", "Done")
    story.move("2026-10-26 00:00", "three", "Done")

    found = burnt(story)

    assert [day.day.length.total_seconds() / 3600 for day in found.days] == [24] * 6 + [25] + [
        24
    ] * 5
    assert series(found, "remaining") == [8] * 6 + [3, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        # There it is half past midnight on the 25th already …
        ("Pacific/Kiritimati", [10, 10, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5]),
        ("UTC", [10, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5]),
        # … and here still the evening of the 23rd.
        ("Etc/GMT+12", [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5]),
    ],
)
def test_the_same_moment_is_another_day_at_the_other_end_of_the_world(
    zone: str, expected: list[int]
) -> None:
    story = planned(BoardStory(ZoneInfo(zone)))
    story.zone = ZoneInfo("UTC")
    story.move("2026-11-24 10:30", "five", "Done")
    story.zone = ZoneInfo(zone)

    assert series(burnt(story), "remaining") == expected


def test_a_sprint_without_cards_burns_nothing() -> None:
    story = BoardStory()
    story.sprint("2026-11-20 09:00", "Sprint 12", "2026-11-23", "2026-12-04")

    found = burnt(story)

    assert found.commitment == Amount(0, 0)
    assert series(found, "remaining") == series(found, "scope") == [0] * 12
    assert all(day.ideal and day.ideal.points == 0 for day in found.days)


def test_before_it_opens_a_sprint_has_days_and_nothing_else(story: BoardStory) -> None:
    found = burnt(story, as_of="2026-11-22 23:59")

    assert (found.commitment, found.last, found.changes) == (None, None, ())
    assert len(found.days) == 12
    assert all(day.ideal is None and day.standing is None for day in found.days)


def test_a_sprint_that_was_not_there_yet_or_is_deleted_has_no_charts(story: BoardStory) -> None:
    story.tell("2026-11-25 10:00", "sprint.deleted", "Sprint 12", {}, None)
    past = story.past()

    for as_of in ("2026-11-20 08:59", "2026-11-25 10:00"):
        assert burn(past.sprints[0], past.cards, story.calendar, story.at(as_of)) is None
    assert burn(past.sprints[0], past.cards, story.calendar, story.at("2026-11-25 09:59"))


def test_today_ends_now_and_days_to_come_have_only_the_ideal_line(story: BoardStory) -> None:
    story.move("2026-11-25 10:00", "five", "Done")
    story.move("2026-11-25 14:00", "three", "Done")

    found = burnt(story, as_of="2026-11-25 12:00")

    assert series(found, "remaining") == [10, 10, 5]
    assert found.last is found.days[2]
    assert [day.ideal.points for day in found.days if day.ideal] == [
        9,
        8,
        7,
        6,
        5,
        5,
        5,
        4,
        3,
        2,
        1,
        0,
    ]


def test_the_archive_keeps_what_was_done_and_takes_away_what_was_not(story: BoardStory) -> None:
    story.move("2026-11-24 15:00", "five", "Done")
    story.leave("2026-11-25 10:00", "five", "card.archived")
    story.leave("2026-11-25 10:00", "three", "card.archived")
    story.come_back("2026-11-27 10:00", "three")

    found = burnt(story)

    assert series(found, "done") == [0] + [5] * 11
    assert series(found, "scope") == [10, 10, 7, 7] + [10] * 8


def test_a_deleted_card_is_gone_from_then_on(story: BoardStory) -> None:
    story.move("2026-11-24 15:00", "five", "Done")
    story.leave("2026-11-26 10:00", "five", "card.deleted")
    story.come_back("2026-11-30 10:00", "five", "card.undeleted")

    assert series(burnt(story), "scope") == [10, 10, 10, 5, 5, 5, 5, 10, 10, 10, 10, 10]


def test_what_was_done_before_the_sprint_is_its_work_once_it_is_reopened(story: BoardStory) -> None:
    story.card("2026-11-10 10:00", "old", "Done", points=7, sprint="Sprint 12")
    story.move("2026-11-26 10:00", "old", "Doing")

    found = burnt(story)

    assert found.commitment == Amount(3, 10)
    assert series(found, "scope") == [10, 10, 10] + [17] * 9
    assert [(each.kind.value, each.amount) for each in found.changes] == [("added", Amount(1, 7))]


def test_a_sprint_that_is_started_late_begins_then(story: BoardStory) -> None:
    story.card("2026-11-23 09:00", "four", points=4, sprint="Sprint 12")
    at = story.at("2026-11-24 10:00").isoformat()
    story.change_sprint("2026-11-24 10:00", "Sprint 12", started_at=at)
    story.change("2026-11-24 10:00", "two", sprint=None)

    found = burnt(story, "2026-12-04 12:00")

    assert found.commitment == Amount(3, 12)
    assert found.changes == ()
    assert (found.days[0].standing, found.days[0].ideal) == (None, None)
    assert series(found, "remaining") == [12] * 11
    assert found.days[1].ideal is not None
    assert found.days[1].ideal.points == 12 - 12 / 9


def test_what_was_done_on_the_first_day_before_a_late_start_is_work_of_the_sprint(
    story: BoardStory,
) -> None:
    story.move("2026-11-22 15:00", "two", "Done")
    story.move("2026-11-23 15:00", "three", "Done")
    at = story.at("2026-11-24 10:00").isoformat()
    story.change_sprint("2026-11-24 10:00", "Sprint 12", started_at=at)

    found = burnt(story, "2026-11-25 12:00")

    assert found.commitment == Amount(2, 8)
    assert (series(found, "done"), series(found, "remaining")) == ([3, 3], [5, 5])


def test_a_first_day_that_is_moved_after_the_start_changes_nothing(story: BoardStory) -> None:
    story.move("2026-11-23 15:00", "three", "Done")
    at = story.at("2026-11-24 10:00").isoformat()
    story.change_sprint("2026-11-24 10:00", "Sprint 12", started_at=at)
    before = burnt(story, "2026-11-25 12:00").commitment
    story.change_sprint("2026-11-25 13:00", "Sprint 12", starts_on="2026-11-24")

    after = burnt(story, "2026-11-25 14:00")

    assert before == after.commitment == Amount(3, 10)
    assert series(after, "done")[-1] == 3


def test_what_was_done_before_an_early_start_is_no_work_of_the_sprint(story: BoardStory) -> None:
    story.move("2026-11-21 15:00", "two", "Done")
    at = story.at("2026-11-22 10:00").isoformat()
    story.change_sprint("2026-11-22 10:00", "Sprint 12", started_at=at)
    story.move("2026-11-22 15:00", "three", "Done")

    found = burnt(story, "2026-11-23 12:00")

    assert found.commitment == Amount(2, 8)
    assert series(found, "done") == [3, 3]


def test_carrying_over_when_it_is_completed_changes_nothing_that_it_was(story: BoardStory) -> None:
    story.move("2026-11-24 15:00", "five", "Done")
    at = story.at("2026-12-03 17:00").isoformat()
    story.change_sprint("2026-12-03 17:00", "Sprint 12", completed_at=at)
    story.change("2026-12-03 17:00", "three", sprint="Sprint 13")
    story.move("2026-12-04 10:00", "two", "Done")

    found = burnt(story)

    assert series(found, "remaining") == [10] + [5] * 10
    assert (len(found.days), found.days[-1].standing, found.changes) == (12, None, ())
    assert found.window.is_over


def test_a_sprint_that_is_completed_late_goes_on_until_then(story: BoardStory) -> None:
    at = story.at("2026-12-07 09:30").isoformat()
    story.move("2026-12-07 09:00", "five", "Done")
    story.change_sprint("2026-12-07 09:30", "Sprint 12", completed_at=at)

    found = burnt(story)

    assert series(found, "remaining") == [10] * 14 + [5]
    assert [day.ideal.points for day in found.days[-4:] if day.ideal] == [0, 0, 0, 0]
