"""The cases that are worked out by hand elsewhere, written into a board's log: the API tells the same numbers."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from taskly.insights.rules.histories import Selection
from taskly.kit.clock import FrozenClock
from taskly.platform.context import SYSTEM
from tests.insights.recomputing import Inquiry, answered, recomputed
from tests.support.actors import Actor, Json, expect
from tests.support.board_story import BoardStory, named
from tests.support.world import World

pytestmark = pytest.mark.anyio

REPLACE_LOG = """
    INSERT INTO events (
        id, stream_kind, stream_id, version, workspace_id, type, actor_kind, actor_id, operation_id, data, created_at
    )
    SELECT gen_random_uuid(), 'board', :board, entry.version, :workspace, entry.type, 'user', entry.by,
        gen_random_uuid(), entry.data, entry.at
    FROM jsonb_to_recordset(CAST(:entries AS jsonb))
        AS entry (version bigint, type text, by uuid, data jsonb, at timestamptz)
"""
AS_OF = ("2026-11-24 12:00", "2026-11-30 23:59", "2026-12-04 00:30", "2026-12-20 12:00")


def sprint_of_three(zone: str = "UTC", begins: str = "2026-10-01 00:00") -> BoardStory:
    """A sprint from 23 November to 4 December with cards of five, three and two points."""
    story = BoardStory(ZoneInfo(zone), begins)
    story.sprint("2026-11-20 09:00", "Sprint 12", "2026-11-23", "2026-12-04")
    for name, points in (("five", 5), ("three", 3), ("two", 2)):
        story.card("2026-11-20 10:00", name, points=points, sprint="Sprint 12")
    return story


def reopened(story: BoardStory) -> None:
    """A card is done, reopened, and done again."""
    story.move("2026-11-24 09:00", "five", "Done")
    story.move("2026-11-26 09:00", "five", "Doing")
    story.move("2026-11-30 09:00", "five", "Done")


def estimated_anew(story: BoardStory) -> None:
    """Estimates change while the sprint runs, of a card that is done, too."""
    story.move("2026-11-24 09:00", "three", "Done")
    story.change("2026-11-25 09:00", "five", story_points=8)
    story.change("2026-11-27 09:00", "three", story_points=1)


def moved_across_boards(story: BoardStory) -> None:
    """A card goes to another board, and another one comes from there."""
    story.move("2026-11-24 09:00", "two", "Doing")
    story.leave("2026-11-25 09:00", "two", "card.left")
    story.card(
        "2026-11-26 09:00",
        "guest",
        "Doing",
        points=4,
        kind="card.arrived",
        created_at="2026-10-01T09:00:00+00:00",
        started_at="2026-10-05T09:00:00+00:00",
    )
    story.change("2026-11-26 10:00", "guest", sprint="Sprint 12")
    story.move("2026-12-01 09:00", "guest", "Done")


def extended(story: BoardStory) -> None:
    """The sprint gets three days more, and a card is done on the last of them."""
    story.change_sprint("2026-12-03 09:00", "Sprint 12", ends_on="2026-12-07")
    story.move("2026-12-07 18:00", "five", "Done")


def in_and_out_on_one_day(story: BoardStory) -> None:
    """A card comes into the sprint in the morning and is out again in the evening."""
    story.card("2026-11-25 08:00", "guest", points=8)
    story.change("2026-11-25 09:00", "guest", sprint="Sprint 12")
    story.change("2026-11-25 18:00", "guest", sprint=None)


def around_midnight(story: BoardStory) -> None:
    """Cards are done just before and at midnight, and one is archived."""
    story.move("2026-11-25 23:59", "five", "Done")
    story.move("2026-11-26 00:00", "three", "Done")
    story.leave("2026-11-27 09:00", "five", "card.archived")
    story.leave("2026-11-28 09:00", "two", "card.archived")


def meaning_changed(story: BoardStory) -> None:
    """A column means something else for a day."""
    story.move("2026-11-24 09:00", "five", "Review")
    story.tell("2026-11-25 09:00", "column.updated", "Review", {}, {"category": "done"})
    story.tell("2026-11-26 09:00", "column.updated", "Review", {}, {"category": "in_progress"})


def nothing(_story: BoardStory) -> None:
    """Nothing happens at all."""


TALES = (
    reopened,
    estimated_anew,
    moved_across_boards,
    extended,
    in_and_out_on_one_day,
    around_midnight,
    meaning_changed,
    nothing,
)


async def write(world: World, board: Json, story: BoardStory) -> None:
    """Let the board's log be that of the story."""
    entries = [
        {
            "version": number,
            "type": entry.type,
            "by": None if entry.by is None else str(entry.by),
            "data": entry.data,
            "at": entry.at.isoformat(),
        }
        for number, entry in enumerate(sorted(story.entries, key=lambda each: each.at), start=1)
    ]
    async with world.runtime.database.transaction(SYSTEM) as tx:
        for statement in (
            "DELETE FROM events WHERE stream_id = :board",
            REPLACE_LOG,
            "UPDATE boards SET version = :version WHERE id = :board",
        ):
            given = {
                "board": board["id"],
                "workspace": board["workspace_id"],
                "entries": json.dumps(entries),
                "version": len(entries),
            }
            named_in = {key: value for key, value in given.items() if f":{key}" in statement}
            await tx.session.execute(text(statement), named_in)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12"])
@pytest.mark.parametrize("tale", TALES)
async def test_the_api_tells_what_was_worked_out(
    world: World, alice: Actor, board: Json, tale: Callable[[BoardStory], None], zone: str
) -> None:
    story = sprint_of_three(zone)
    tale(story)
    await assert_told(world, alice, board, story, zone)


async def test_days_on_which_clocks_change_are_counted_as_they_are(
    world: World, alice: Actor, board: Json
) -> None:
    story = BoardStory(ZoneInfo("Europe/Berlin"), "2026-10-01 00:00")
    story.sprint("2026-10-12 09:00", "Sprint 12", "2026-10-19", "2026-10-30")
    for hour in ("2026-10-24 23:30", "2026-10-25 00:30", "2026-10-25 23:30", "2026-10-26 00:30"):
        story.card("2026-10-19 09:00", hour, "Doing", points=3, sprint="Sprint 12")
        story.move(hour, hour, "Done")
    await assert_told(world, alice, board, story, "Europe/Berlin", date(2026, 10, 20))


async def assert_told(
    world: World,
    alice: Actor,
    board: Json,
    story: BoardStory,
    zone: str,
    first: date = date(2026, 11, 22),
) -> None:
    """The API answers as the rules do that get the whole past."""
    assert isinstance(world.clock, FrozenClock)
    world.clock.advance(datetime(2026, 12, 31, tzinfo=UTC) - world.clock.now())
    path = f"/workspaces/{board['workspace_id']}"
    expect(await alice.patch(path, json={"time_zone": zone}), 200)
    await write(world, board, story)
    past = story.past()
    for as_of in AS_OF:
        for sprints in (frozenset(), frozenset({named("Sprint 12")})):
            inquiry = Inquiry(Selection(sprints), first, date(2026, 12, 8), story.at(as_of))
            expected = recomputed(past, story.calendar, inquiry)
            assert await answered(alice, board, past, inquiry) == expected
