"""Sprints of a series that are made by themselves, so that there always are so many ahead."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from taskly.kit.clock import FrozenClock
from taskly.platform.context import SYSTEM
from taskly.platform.events.models import Job, JobState
from taskly.platform.jobs.execution import execute
from taskly.platform.jobs.periodic import periodic_jobs
from taskly.sprints.jobs import KeepAhead
from taskly.worker.registry import load_tasks
from tests.history.test_undo import do, left, undo
from tests.insights.days import done
from tests.sprints.test_series import series_of
from tests.support.actors import Actor, Json, expect
from tests.support.database import RecordingAnnouncer
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio

SERIES = {"starts_on": "2026-11-30", "length_days": 5, "days_between": 2, "first_number": 7}
NOTHING = {"boards": 0, "sprints": 0, "failed": 0}
FIRST_TWO = [("Sprint 7", "2026-11-30"), ("Sprint 8", "2026-12-07")]


async def with_series(actor: Actor, workspace: Json, **fields: object) -> Json:
    """A board with a series."""
    board = await actor.board(workspace, name=str(fields.pop("called", "Payments")))
    expect(await actor.request("PUT", series_of(board), json=SERIES | fields), 200)
    return board


async def sprints(actor: Actor, board: Json) -> list[tuple[str, str]]:
    """The sprints of a board, each with its first day."""
    shown = (await actor.snapshot(board["id"]))["sprints"]
    return [(each["name"], each["starts_on"]) for each in shown]


async def it_is(world: World, day: int, hour: int = 9, minute: int = 0) -> None:
    """Let it be a day of December 2026."""
    assert isinstance(world.clock, FrozenClock)
    world.clock.set(datetime(2026, 12, day, hour, minute, tzinfo=UTC))


async def change(world: World, statement: str) -> None:
    """Change what no request can."""
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(text(statement))


@pytest.fixture
async def workspace(alice: Actor) -> Json:
    """A workspace of somebody who stays signed in."""
    await alice.stay_signed_in()
    return await alice.workspace()


@pytest.fixture
async def real_workspace(real_alice: Actor) -> Json:
    """The same, where commits are real."""
    await real_alice.stay_signed_in()
    return await real_alice.workspace()


async def test_two_are_planned_with_the_series_and_undone_with_it(
    alice: Actor, workspace: Json
) -> None:
    board = await alice.board(workspace)
    answer = await alice.request("PUT", series_of(board), json=SERIES)

    assert expect(answer, 200)["ahead"] == 2
    assert await sprints(alice, board) == FIRST_TWO
    assert left(await undo(alice, answer.headers["Operation-ID"])) == []
    assert await sprints(alice, board) == []
    assert (await alice.get(series_of(board))).status_code == 404


async def test_more_are_planned_when_the_series_says_so_and_none_go_when_it_says_fewer(
    alice: Actor, workspace: Json
) -> None:
    board = await with_series(alice, workspace, ahead=3)
    for ahead in (1, 0):
        expect(await alice.request("PUT", series_of(board), json=SERIES | {"ahead": ahead}), 200)

    assert await sprints(alice, board) == [*FIRST_TWO, ("Sprint 9", "2026-12-14")]


@pytest.mark.parametrize("ahead", [0, 3])
async def test_who_does_not_say_how_many_leaves_it_as_it_is(
    alice: Actor, workspace: Json, ahead: int
) -> None:
    board = await with_series(alice, workspace, ahead=ahead)
    before = await sprints(alice, board)

    changed = expect(
        await alice.request("PUT", series_of(board), json=SERIES | {"capacity": 9}), 200
    )

    assert (changed["ahead"], changed["capacity"]) == (ahead, 9)
    assert expect(await alice.get(series_of(board)), 200) == changed
    assert await sprints(alice, board) == before


async def test_none_is_made_by_itself_where_none_is_wanted(
    world: World, alice: Actor, workspace: Json
) -> None:
    board = await with_series(alice, workspace, ahead=0)

    assert await done(world, KeepAhead()) == NOTHING
    assert await sprints(alice, board) == []


async def test_when_one_begins_the_next_is_made_once_and_everybody_is_told(
    world: World, alice: Actor, workspace: Json, announcer: RecordingAnnouncer
) -> None:
    board = await with_series(alice, workspace)
    assert await done(world, KeepAhead()) == NOTHING
    await it_is(world, 7)
    announcer.recorded.clear()

    # Sprint 7 is over, and Sprint 8 has begun.
    assert await done(world, KeepAhead()) == {"boards": 1, "sprints": 2, "failed": 0}

    more = [("Sprint 9", "2026-12-14"), ("Sprint 10", "2026-12-21")]
    assert await sprints(alice, board) == [*FIRST_TWO, *more]
    assert [each.type for each in announcer.recorded] == ["sprint.created"] * 2
    log = await read_whole_log(alice, board["id"])
    assert {each["actor"]["kind"] for each in log[-2:]} == {"system"}
    assert differences(fold(log), as_comparable(await alice.snapshot(board["id"]))) == []
    assert await done(world, KeepAhead()) == NOTHING


async def test_one_that_was_started_early_or_deleted_is_made_up_for(
    world: World, alice: Actor, workspace: Json
) -> None:
    board = await with_series(alice, workspace)
    first, second = (await alice.snapshot(board["id"]))["sprints"]
    expect(await alice.post(f"/sprints/{first['id']}/start"), 200)
    expect(await alice.delete(f"/sprints/{second['id']}"), 204)

    assert await done(world, KeepAhead()) == {"boards": 1, "sprints": 2, "failed": 0}

    assert await sprints(alice, board) == [*FIRST_TWO, ("Sprint 9", "2026-12-14")]


async def last_deleted_and_made_anew(world: World, actor: Actor, board: Json) -> tuple[str, Json]:
    """The last sprint of a board is deleted with its cards, and made anew; the operation, and the new one."""
    last = (await actor.snapshot(board["id"]))["sprints"][-1]
    for _ in range(3):
        await actor.card(board, sprint_id=last["id"])
    operation = await do(actor, "DELETE", f"/sprints/{last['id']}")
    assert await done(world, KeepAhead()) == {"boards": 1, "sprints": 1, "failed": 0}
    return operation, (await actor.snapshot(board["id"]))["sprints"][-1]


async def cards_by_sprint(actor: Actor, board: Json) -> list[tuple[str, int]]:
    """The sprints of a board, each with how many cards are in it."""
    shown = await actor.snapshot(board["id"])
    return [
        (each["name"], sum(card["sprint_id"] == each["id"] for card in shown["cards"]))
        for each in shown["sprints"]
    ]


async def test_one_that_comes_back_takes_its_place_from_the_one_that_was_made_for_it(
    world: World, alice: Actor, workspace: Json
) -> None:
    board = await with_series(alice, workspace)
    deletion, _ = await last_deleted_and_made_anew(world, alice, board)
    empty, full = [("Sprint 7", 0), ("Sprint 8", 0)], [("Sprint 7", 0), ("Sprint 8", 3)]
    assert await cards_by_sprint(alice, board) == empty

    undone = await undo(alice, deletion)

    assert left(undone) == []
    assert await cards_by_sprint(alice, board) == full
    assert await done(world, KeepAhead()) == NOTHING
    log = await read_whole_log(alice, board["id"])
    assert [each["type"] for each in log[-5:]] == [
        "sprint.deleted", "sprint.restored", *["card.updated"] * 3,
    ]  # fmt: skip
    assert differences(fold(log), as_comparable(await alice.snapshot(board["id"]))) == []
    # To and fro, and the deletion once more when the one that was made for it is back.
    for expected in (empty, full, empty):
        undone = await undo(alice, undone["operation_id"])
        assert (left(undone), await cards_by_sprint(alice, board)) == ([], expected)
    assert left(await undo(alice, deletion)) == []
    assert await cards_by_sprint(alice, board) == full


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/sprints/{sprint}", {"goal": "Refunds work twice"}),
        ("PATCH", "/sprints/{sprint}", {"capacity": 12}),
        ("POST", "/sprints/{sprint}/start", None),
        ("PUT", "/sprints/{sprint}/days-off/{person}", {"days": 1}),
        ("PUT", "/sprints/{sprint}/capacities/{person}", {"capacity": 3}),
    ],
)
async def test_one_that_somebody_did_something_with_stays_beside_the_one_that_comes_back(
    world: World, alice: Actor, workspace: Json, method: str, path: str, body: Json | None
) -> None:
    board = await with_series(alice, workspace)
    deletion, fresh = await last_deleted_and_made_anew(world, alice, board)
    await do(alice, method, path.format(sprint=fresh["id"], person=alice.user_id), body)

    assert left(await undo(alice, deletion)) == []

    found = await cards_by_sprint(alice, board)
    assert [name for name, _ in found] == ["Sprint 7", "Sprint 8", "Sprint 8"]
    assert max(count for _, count in found) == 3


async def test_one_that_has_a_card_by_now_stays_with_it(
    world: World, alice: Actor, workspace: Json
) -> None:
    board = await with_series(alice, workspace)
    deletion, fresh = await last_deleted_and_made_anew(world, alice, board)
    await alice.card(board, sprint_id=fresh["id"])

    assert left(await undo(alice, deletion)) == []

    assert sorted(await cards_by_sprint(alice, board)) == [
        ("Sprint 7", 0), ("Sprint 8", 1), ("Sprint 8", 3),
    ]  # fmt: skip


async def test_one_that_was_there_when_another_of_its_number_was_deleted_stays(
    world: World, alice: Actor, workspace: Json
) -> None:
    board = await with_series(alice, workspace)
    deletion, fresh = await last_deleted_and_made_anew(world, alice, board)
    await do(alice, "PATCH", f"/sprints/{fresh['id']}", {"goal": "x"})
    await undo(alice, deletion)
    await do(alice, "PATCH", f"/sprints/{fresh['id']}", {"goal": ""})
    both = await alice.snapshot(board["id"])
    other = next(each for each in both["sprints"][1:] if each["id"] != fresh["id"])

    again = await do(alice, "DELETE", f"/sprints/{other['id']}")
    await undo(alice, again)

    assert (await alice.snapshot(board["id"]))["sprints"] == both["sprints"]


async def test_sprints_whose_making_was_undone_come_back_once(
    world: World, alice: Actor, workspace: Json
) -> None:
    board = await with_series(alice, workspace, ahead=1)
    planned = await alice.post(f"{series_of(board)}/sprints", json={"ahead": 2})
    expect(planned, 200)
    undone = await undo(alice, planned.headers["Operation-ID"])
    expect(await alice.request("PUT", series_of(board), json=SERIES | {"ahead": 2}), 200)
    assert await sprints(alice, board) == FIRST_TWO
    fresh = (await alice.snapshot(board["id"]))["sprints"][-1]

    assert left(await undo(alice, undone["operation_id"])) == []

    assert await sprints(alice, board) == FIRST_TWO
    assert (await alice.snapshot(board["id"]))["sprints"][-1]["id"] != fresh["id"]


async def test_it_is_the_day_where_the_workspace_is_that_counts(
    world: World, alice: Actor, workspace: Json
) -> None:
    zone = {"time_zone": "Pacific/Chatham"}
    expect(await alice.patch(f"/workspaces/{workspace['id']}", json=zone), 200)
    board = await with_series(alice, workspace, ahead=1, starts_on="2026-12-07")

    # A quarter of an hour before midnight, and midnight.
    await it_is(world, 6, 10, 0)
    assert await done(world, KeepAhead()) == NOTHING
    await it_is(world, 6, 10, 15)
    assert await done(world, KeepAhead()) == {"boards": 1, "sprints": 1, "failed": 0}
    assert await sprints(alice, board) == [("Sprint 7", "2026-12-07"), ("Sprint 8", "2026-12-14")]


async def test_nothing_is_made_on_a_board_in_the_archive_until_it_is_back(
    world: World, alice: Actor, workspace: Json
) -> None:
    board = await with_series(alice, workspace)
    expect(await alice.post(f"/boards/{board['id']}/archive"), 200)
    await it_is(world, 7)

    assert await done(world, KeepAhead()) == NOTHING

    assert await sprints(alice, board) == FIRST_TWO
    expect(await alice.post(f"/boards/{board['id']}/restore"), 200)
    assert await done(world, KeepAhead()) == {"boards": 1, "sprints": 2, "failed": 0}


async def test_a_board_on_which_it_fails_keeps_no_other_one_waiting(
    real_world: World, real_alice: Actor, real_workspace: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskly.sprints.tasks.BOARDS_AT_ONCE", 1)
    boards = [
        await with_series(real_alice, real_workspace, called=f"B{each}", name=f"{each} {{n}}")
        for each in range(3)
    ]
    await it_is(real_world, 7)
    await change(real_world, "ALTER TABLE sprints ADD CONSTRAINT refused CHECK (name <> '1 9')")

    assert await done(real_world, KeepAhead()) == {"boards": 2, "sprints": 4, "failed": 1}

    assert [len(await sprints(real_alice, board)) for board in boards] == [4, 2, 4]
    await change(real_world, "ALTER TABLE sprints DROP CONSTRAINT refused")
    assert await done(real_world, KeepAhead()) == {"boards": 1, "sprints": 2, "failed": 0}


async def test_two_workers_at_once_make_each_sprint_once(
    real_world: World, real_alice: Actor, real_workspace: Json
) -> None:
    load_tasks()
    board = await with_series(real_alice, real_workspace, ahead=3)
    await it_is(real_world, 21)
    database = real_world.runtime.database
    async with database.transaction(SYSTEM) as tx:
        ids = [tx.promise(KeepAhead()) for _ in range(4)]

    await asyncio.gather(*(execute(real_world.runtime, job_id) for job_id in ids))

    async with database.reading() as session:
        jobs = [await session.get_one(Job, job_id) for job_id in ids]
    assert [job.state for job in jobs] == [JobState.DONE] * 4
    assert sum((job.result or {})["sprints"] for job in jobs) == 4
    names = [name for name, _ in await sprints(real_alice, board)]
    assert names == [f"Sprint {number}" for number in range(7, 14)]


async def test_sprints_end_with_the_year_2999_without_a_failure(
    world: World, alice: Actor, workspace: Json
) -> None:
    board = await with_series(alice, workspace, starts_on="2999-12-20", ahead=3)

    assert await sprints(alice, board) == [("Sprint 7", "2999-12-20"), ("Sprint 8", "2999-12-27")]
    assert await done(world, KeepAhead()) == NOTHING


async def test_a_series_from_before_this_was_said_comes_back_without_it(
    world: World, alice: Actor, workspace: Json
) -> None:
    board = await with_series(alice, workspace, ahead=0)
    ended = await alice.delete(series_of(board))
    expect(ended, 204)
    forget = (
        "UPDATE events SET data = data #- '{before,ahead}' WHERE type = 'sprint_series.deleted'"
    )
    await change(world, forget)

    assert left(await undo(alice, ended.headers["Operation-ID"])) == []

    assert expect(await alice.get(series_of(board)), 200)["ahead"] == 0


@pytest.mark.parametrize("ahead", [-1, 27, None, "2"])
async def test_a_number_that_makes_no_sense_is_refused(
    alice: Actor, workspace: Json, ahead: object
) -> None:
    board = await alice.board(workspace)

    answer = await alice.request("PUT", series_of(board), json=SERIES | {"ahead": ahead})

    assert expect(answer, 422)["code"] == "invalid"
    assert await sprints(alice, board) == []


def test_it_is_looked_after_every_quarter_of_an_hour() -> None:
    load_tasks()

    assert [each.seconds for each in periodic_jobs() if each.spec == KeepAhead()] == [900]
