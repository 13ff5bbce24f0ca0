"""What the log tells is what the past was."""

from datetime import UTC, datetime, timedelta

from taskly.insights.rules.folding import BoardFold, Entry
from taskly.insights.rules.histories import Presence
from tests.support.board_story import BoardStory, named
from tests.support.whole_past import board_past, past_in


def test_of_several_changes_at_one_moment_the_last_one_counts() -> None:
    story = BoardStory()
    story.card("2026-11-23 09:00", "one")
    story.change("2026-11-23 09:00", "one", story_points=3)
    story.change("2026-11-23 10:00", "one", story_points=5)
    story.change("2026-11-23 10:00", "one", sprint="Sprint 12")

    [card] = story.past().cards

    assert [(step.points, step.sprint_id) for step in card.steps] == [
        (3, None),
        (5, named("Sprint 12")),
    ]


def test_a_clock_that_is_behind_does_not_turn_the_past_around() -> None:
    story = BoardStory()
    story.card("2026-11-23 09:00", "one", points=1)
    story.change("2026-11-23 10:00", "one", story_points=2)
    story.change("2026-11-23 09:59", "one", story_points=3)

    [card] = board_past(story.entries).cards

    assert [(step.at.hour, step.points) for step in card.steps] == [(9, 1), (10, 3)]


def test_changes_that_no_chart_asks_for_leave_no_step() -> None:
    story = BoardStory()
    story.card("2026-11-23 09:00", "one")
    story.tell("2026-11-23 10:00", "card.updated", "one", {"title": "One"}, {"title": "1"})
    story.tell("2026-11-23 11:00", "comment.created", "hello", None, {"body": "Hello"})
    story.tell("2026-11-23 12:00", "label.created", "bug", None, {"name": "bug"})

    assert len(story.past().cards[0].steps) == 1


def test_a_card_that_arrives_brings_its_past_along() -> None:
    story = BoardStory()
    before = datetime(2026, 10, 1, 9, tzinfo=UTC)
    story.card(
        "2026-11-23 09:00",
        "one",
        "Doing",
        kind="card.arrived",
        created_at=before.isoformat(),
        started_at=(before + timedelta(days=1)).isoformat(),
    )

    [card] = story.past().cards

    assert card.created_at == before
    assert card.steps[0].started_at == before + timedelta(days=1)


def test_a_card_that_leaves_and_comes_back_has_one_history() -> None:
    story = BoardStory()
    story.card("2026-11-23 09:00", "one")
    story.leave("2026-11-24 09:00", "one", "card.left")
    story.come_back("2026-11-25 09:00", "one", "card.arrived")

    [card] = story.past().cards

    assert [step.presence for step in card.steps] == [
        Presence.ON_BOARD,
        Presence.ON_ANOTHER_BOARD,
        Presence.ON_BOARD,
    ]


def test_a_card_whose_deletion_in_the_archive_is_undone_is_back_there() -> None:
    story = BoardStory()
    story.card("2026-11-23 09:00", "one", "Done")
    story.leave("2026-11-24 09:00", "one", "card.archived")
    story.leave("2026-11-25 09:00", "one", "card.deleted")
    back = {"archived_at": story.at("2026-11-24 09:00").isoformat(), "deleted_at": None}
    story.tell("2026-11-26 09:00", "card.undeleted", "one", {**back, "deleted_at": "then"}, back)

    [card] = story.past().cards

    assert [(step.presence, step.counts) for step in card.steps] == [
        (Presence.ON_BOARD, True),
        (Presence.ARCHIVED, True),
        (Presence.DELETED, False),
        (Presence.ARCHIVED, True),
    ]


def test_columns_are_known_as_they_were_last_from_left_to_right() -> None:
    story = BoardStory()
    story.tell("2026-11-23 09:00", "column.updated", "Review", {}, {"name": "QA", "rank": "a00"})
    story.tell("2026-11-24 09:00", "column.deleted", "Doing", {}, None)

    columns = story.past().columns

    assert [(column.name, column.is_deleted) for column in columns] == [
        ("To Do", False),
        ("QA", False),
        ("Doing", True),
        ("Done", False),
    ]


def test_a_card_is_done_as_long_as_its_column_says_so() -> None:
    story = BoardStory()
    story.card("2026-11-23 09:00", "one", "Review")
    story.tell("2026-11-24 09:00", "column.updated", "Review", {}, {"category": "done"})
    story.tell("2026-11-25 09:00", "column.updated", "Review", {}, {"category": "in_progress"})

    [card] = story.past().cards

    assert [step.done_at for step in card.steps] == [None, story.at("2026-11-24 09:00"), None]


def test_the_past_can_be_asked_for_while_the_log_goes_on() -> None:
    story = BoardStory()
    story.card("2026-11-23 09:00", "one")
    fold = BoardFold()
    for entry in story.entries:
        fold.take(entry)
    before = past_in(fold)
    data = {"entity": "card", "id": named("one"), "before": {}, "after": {"story_points": 5}}
    at = story.at("2026-11-24 09:00")
    fold.take(Entry(at=at, type="card.updated", by=None, data=data))

    assert len(before.cards[0].steps) == 1
    assert [step.points for step in past_in(fold).cards[0].steps] == [None, 5]


def test_a_log_without_entries_is_a_board_without_a_past() -> None:
    past = board_past([])

    assert (past.columns, past.cards, past.sprints) == ((), (), ())


def test_only_another_category_of_a_known_column_concerns_all_its_cards() -> None:
    story = BoardStory()
    story.tell("2026-11-23 09:00", "column.updated", "Review", {}, {"name": "QA"})
    same, other = {"category": "in_progress"}, {"category": "done"}
    story.tell("2026-11-23 10:00", "column.updated", "Review", {}, same)
    story.tell("2026-11-23 11:00", "column.updated", "Review", {}, other)
    story.tell(
        "2026-11-23 12:00", "column.created", "New", None, {"name": "New", "rank": "b", **other}
    )
    story.tell("2026-11-23 13:00", "column.deleted", "Review", {}, None)
    fold, seen = BoardFold(), []
    for entry in story.entries:
        seen.append(fold.changes_category(entry))
        fold.take(entry)

    assert seen == [False] * 6 + [True] + [False] * 2
