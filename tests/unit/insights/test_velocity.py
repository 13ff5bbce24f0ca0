"""What sprints achieved, worked out by hand."""

import pytest

from taskly.insights.rules.amounts import Amount
from taskly.insights.rules.velocity import Outcome, Spread, Velocity, spread
from tests.support import whole_past
from tests.support.board_story import BoardStory


def velocity_of(story: BoardStory, as_of: str, last: int | None = None) -> Velocity:
    """The velocity at a moment."""
    past = story.past()
    return whole_past.velocity_of(
        past.sprints, past.cards, story.calendar, story.at(as_of), last=last
    )


@pytest.fixture
def story() -> BoardStory:
    """Three sprints of a week each, the second completed by hand on its Thursday."""
    story = BoardStory()
    for name, first, last in (
        ("One", "2026-11-02", "2026-11-06"),
        ("Two", "2026-11-09", "2026-11-13"),
        ("Three", "2026-11-16", "2026-11-20"),
    ):
        story.sprint("2026-11-01 09:00", name, first, last)
    for name, points in (("five", 5), ("three", 3), ("two", 2)):
        story.card("2026-11-01 10:00", name, points=points, sprint="One")
    story.card("2026-11-01 10:00", "eight", points=8, sprint="Two")
    story.card("2026-11-01 10:00", "unknown", sprint="Three")
    # Sprint One: five and a late one are done, three is taken out, two grows and is carried over.
    story.move("2026-11-03 10:00", "five", "Done")
    story.card("2026-11-04 10:00", "late", points=1)
    story.change("2026-11-04 11:00", "late", sprint="One")
    story.change("2026-11-05 10:00", "three", sprint=None)
    story.change("2026-11-05 11:00", "two", story_points=4)
    story.move("2026-11-06 10:00", "late", "Done")
    story.change("2026-11-07 10:00", "two", sprint="Two")
    # Sprint Two: two is done, eight is done and reopened.
    story.move("2026-11-10 10:00", "two", "Done")
    story.move("2026-11-10 11:00", "eight", "Done")
    story.move("2026-11-11 10:00", "eight", "Doing")
    at = story.at("2026-11-12 16:00").isoformat()
    story.change_sprint("2026-11-12 16:00", "Two", completed_at=at)
    story.change("2026-11-12 16:00", "eight", sprint="Three")
    # Sprint Three: both are done.
    story.move("2026-11-17 10:00", "eight", "Done")
    story.move("2026-11-18 10:00", "unknown", "Done")
    return story


def test_each_sprint_tells_what_became_of_its_work(story: BoardStory) -> None:
    one, two, three = velocity_of(story, "2026-11-30 00:00").sprints

    assert one == Outcome(
        window=one.window,
        committed=Amount(3, 10),
        added=Amount(1, 1),
        removed=Amount(1, 3),
        estimated=Amount(0, 2),
        completed=Amount(2, 6),
        carried_over=Amount(1, 4),
    )
    assert (two.committed, two.completed, two.carried_over) == (
        Amount(2, 12),
        Amount(1, 4),
        Amount(1, 8),
    )
    assert (three.committed, three.completed, three.carried_over) == (
        Amount(2, 8),
        Amount(2, 8),
        Amount(0, 0),
    )


def test_velocity_is_the_mean_of_what_was_completed_with_its_spread(story: BoardStory) -> None:
    found = velocity_of(story, "2026-11-30 00:00")

    # 6, 4 and 8 points: the mean is 6, the deviations are 0, -2 and 2, so the variance is 8 / 2.
    assert found.points == Spread(mean=6.0, deviation=2.0, lowest=4, highest=8)
    assert found.cards is not None
    assert (found.cards.mean, found.cards.lowest, found.cards.highest) == (5 / 3, 1, 2)
    assert velocity_of(story, "2026-11-30 00:00", last=2).points == Spread(
        mean=6.0, deviation=8**0.5, lowest=4, highest=8
    )


def test_only_sprints_that_are_over_count(story: BoardStory) -> None:
    assert velocity_of(story, "2026-11-06 23:59").sprints == ()
    assert [each.window.name for each in velocity_of(story, "2026-11-07 00:00").sprints] == ["One"]
    # It was to run until the 13th, and was completed on the 12th.
    names = [each.window.name for each in velocity_of(story, "2026-11-12 16:00").sprints]
    assert names == ["One", "Two"]
    assert [each.window.name for each in velocity_of(story, "2026-11-12 15:59").sprints] == ["One"]


def test_sprints_count_in_the_order_in_which_they_closed(story: BoardStory) -> None:
    story.sprint("2026-11-20 09:00", "Early", "2026-11-02", "2026-11-03")
    story.sprint("2026-11-20 09:00", "Called off", "2026-11-25", "2026-11-27")
    at = story.at("2026-11-21 10:00").isoformat()
    story.change_sprint("2026-11-21 10:00", "Called off", completed_at=at)

    names = [each.window.name for each in velocity_of(story, "2026-11-30 00:00").sprints]

    # One that was completed before it opened never was.
    assert names == ["Early", "One", "Two", "Three"]


def test_what_is_done_after_a_sprint_does_not_change_its_velocity(story: BoardStory) -> None:
    before = velocity_of(story, "2026-11-20 00:00", last=2)
    story.move("2026-11-25 10:00", "five", "Doing")
    story.leave("2026-11-26 10:00", "late", "card.deleted")

    assert velocity_of(story, "2026-11-27 00:00", last=None).sprints[:2] == before.sprints


def test_without_sprints_there_is_no_velocity() -> None:
    assert velocity_of(BoardStory(), "2026-11-30 00:00") == Velocity((), None, None)
    assert spread([7]) == Spread(mean=7.0, deviation=None, lowest=7, highest=7)
