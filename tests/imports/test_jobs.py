"""The job that makes a board: once, whoever is killed when, and whichever job it is."""

from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

import pytest
from httpx2 import Response
from sqlalchemy import text

from taskly.imports.errors import BROKE_OFF
from taskly.imports.jobs import CarryOut, ForgetPlans
from taskly.kit.clock import FrozenClock
from taskly.platform.context import SYSTEM
from taskly.platform.events.log import read_log
from taskly.platform.jobs.execution import execute
from taskly.platform.jobs.ledger import revive
from tests.imports.files import CSV, trello
from tests.imports.sending import (
    before_it_is_shown,
    due,
    fail_for_its_key,
    send,
    send_and_start,
    start,
)
from tests.platform.statements import statements_of
from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def test_a_job_that_runs_twice_makes_one_board(
    world: World, alice: Actor, workspace: Json
) -> None:
    preview = expect(await send(alice, workspace, "csv", CSV), 201)
    done = await start(world, alice, preview)
    async with world.runtime.database.transaction(SYSTEM) as tx:
        job = CarryOut(import_id=UUID(preview["id"]), user_id=alice.user_id, again=True)
        again = tx.promise(job)
    await execute(world.runtime, again)
    path = f"/workspaces/{workspace['id']}/imports/{preview['id']}"
    assert expect(await alice.post(f"{path}/start"), 202)["job_id"] == done["job_id"]

    boards = expect(await alice.get(f"/workspaces/{workspace['id']}/boards"), 200)
    assert [each["id"] for each in boards["items"]] == [done["board_id"]]


async def test_a_job_that_fails_half_way_leaves_nothing_and_runs_again(
    world: World, alice: Actor, workspace: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, job = await send_and_start(alice, workspace, "trello", trello())
    with monkeypatch.context() as broken:
        broken.setattr("taskly.imports.carrying.record_archiving", _die)
        await execute(world.runtime, job)
    boards = f"/workspaces/{workspace['id']}/boards"
    assert expect(await alice.get(boards), 200)["items"] == []
    assert expect(await alice.get(path), 200)["state"] == "started"

    await due(world)
    await execute(world.runtime, job)

    assert expect(await alice.get(path), 200)["state"] == "done"
    assert len(expect(await alice.get(boards), 200)["items"]) == 1


async def test_a_job_says_how_far_it_is(world: World, alice: Actor, workspace: Json) -> None:
    lines = "Title\n" + "\n".join(f"Card {number}" for number in range(501))
    done = await start(world, alice, expect(await send(alice, workspace, "csv", lines), 201))
    job = expect(await alice.get(f"/jobs/{done['job_id']}"), 200)
    assert (job["state"], job["progress"]) == ("done", {"done": 501, "total": 501})


async def test_a_board_is_stored_and_counted_with_its_log_before_its_workspace_is_locked(
    world: World, alice: Actor, workspace: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskly.platform.events.log.WRITTEN_AT_A_TIME", 3)
    path, job = await send_and_start(alice, workspace, "csv", CSV)

    async def make() -> Response:
        await execute(world.runtime, job)
        return await alice.get(path)

    sent = [each.sql for each in await statements_of(world, make)]

    [locked] = [at for at, sql in enumerate(sent) if "FOR NO KEY UPDATE OF workspaces" in sql]
    stored = [at for at, sql in enumerate(sent) if "INSERT INTO events" in sql]
    assert [at for at in stored if at > locked] == stored[-1:]
    assert "UPDATE workspaces SET version" in sent[stored[-1]]
    assert [sql for sql in sent[locked:] if "count(" in sql and "cards" in sql] == []
    board = await alice.snapshot(expect(await alice.get(path), 200)["board_id"])
    log = await read_whole_log(alice, board["id"])
    assert [event["version"] for event in log] == list(range(1, len(log) + 1))
    assert len(stored[:-1]) == ceil(len(log) / 3)
    assert differences(fold(log), as_comparable(board)) == []


async def test_an_import_is_finished_and_told_of_when_its_board_is_there(
    world: World,
    alice: Actor,
    workspace: Json,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    preview = expect(await send(alice, workspace, "csv", CSV), 201)

    async def take_a_minute() -> None:
        clock.advance(timedelta(minutes=1))

    before_it_is_shown(monkeypatch, take_a_minute)
    done = await start(world, alice, preview)
    assert datetime.fromisoformat(done["finished_at"]) == clock.now()
    async with world.runtime.database.reading() as session:
        told = await read_log(session, UUID(workspace["id"]), after=0, limit=10)
    assert (told[-1].type, told[-1].created_at) == ("board.created", clock.now())


@pytest.mark.parametrize("attempts", [0, 99])
async def test_an_older_job_that_runs_or_dies_late_changes_nothing(
    world: World, alice: Actor, workspace: Json, attempts: int
) -> None:
    failed = await fail_for_its_key(world, alice, workspace)
    path = f"/workspaces/{workspace['id']}/imports/{failed['id']}"
    expect(await alice.patch(path, json={"board_key": "NEW"}), 200)
    waiting = expect(await alice.post(f"{path}/start"), 202)

    await run_again(world, failed["job_id"], attempts=attempts)
    assert expect(await alice.get(path), 200) == waiting
    await execute(world.runtime, UUID(waiting["job_id"]))
    done = expect(await alice.get(path), 200)
    await run_again(world, failed["job_id"], attempts=attempts)
    assert (done["state"], expect(await alice.get(path), 200)) == ("done", done)


async def test_a_job_that_died_makes_the_board_when_it_is_revived(
    world: World, alice: Actor, workspace: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, job = await send_and_start(alice, workspace, "trello", trello())
    with monkeypatch.context() as broken:
        broken.setattr("taskly.imports.carrying.record_archiving", _die)
        for _ in range(3):
            await due(world)
            await execute(world.runtime, job)
    failed = expect(await alice.get(path), 200)
    assert (failed["state"], failed["problem"]) == ("failed", BROKE_OFF)

    await run_again(world, failed["job_id"])

    assert expect(await alice.get(path), 200)["state"] == "done"


async def test_the_plan_of_an_import_that_a_job_makes_is_not_forgotten(
    world: World, alice: Actor, workspace: Json, clock: FrozenClock
) -> None:
    _, job = await send_and_start(alice, workspace, "csv", CSV)
    clock.advance(timedelta(days=30, seconds=1))
    await forget(world)
    await execute(world.runtime, job)
    async with world.runtime.database.reading() as session:
        assert await session.scalar(text("SELECT state FROM imports")) == "done"


async def test_files_are_forgotten_after_a_while(
    world: World, alice: Actor, workspace: Json, clock: FrozenClock
) -> None:
    preview = expect(await send(alice, workspace, "csv", CSV), 201)
    clock.advance(timedelta(days=30, seconds=1))
    await forget(world)
    async with world.runtime.database.reading() as session:
        query = text("SELECT plan, people, notes FROM imports WHERE id = :id")
        left = (await session.execute(query, {"id": preview["id"]})).one()
    assert preview["people"]
    assert (left.plan, left.people) == (None, {})
    assert left.notes == [{**note, "examples": []} for note in preview["notes"]]


async def test_what_got_lost_on_the_way_is_in_the_receipt(
    world: World, alice: Actor, workspace: Json
) -> None:
    preview = expect(await send(alice, workspace, "csv", CSV), 201)
    async with world.runtime.database.transaction(SYSTEM) as tx:
        for statement in (
            "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            "CREATE TRIGGER lose BEFORE INSERT ON card_labels FOR EACH ROW EXECUTE FUNCTION lose()",
        ):
            await tx.session.execute(text(statement))
    receipt = (await start(world, alice, preview))["receipt"]
    assert receipt["differences"] == ["card_labels"]
    assert (receipt["expected"]["card_labels"], receipt["made"]["card_labels"]) == (3, 0)


async def test_who_left_since_the_preview_is_missing_in_the_receipt(
    world: World, alice: Actor, bob: Actor, workspace: Json
) -> None:
    await alice.invite(workspace, bob, "member")
    lines = "Title,Assignees\nPay,bob\nRefund,alice;Ali\n"
    preview = expect(await send(alice, workspace, "csv", lines), 201)
    path = f"/workspaces/{workspace['id']}"
    people = {"Ali": str(alice.user_id)}
    expect(await alice.patch(f"{path}/imports/{preview['id']}", json={"people": people}), 200)
    expect(await alice.delete(f"{path}/members/{bob.user_id}"), 204)

    receipt = (await start(world, alice, preview))["receipt"]

    assert receipt["differences"] == ["assignees"]
    assert (receipt["expected"]["assignees"], receipt["made"]["assignees"]) == (2, 1)


def _die(*_arguments: object) -> None:
    raise OSError("the worker is gone")


async def forget(world: World) -> None:
    """Forget what was read long ago."""
    async with world.runtime.database.transaction(SYSTEM) as tx:
        job = tx.promise(ForgetPlans())
    await due(world)
    await execute(world.runtime, job)


async def run_again(world: World, job_id: str, *, attempts: int = 0) -> None:
    """Give a job that is over all its attempts again, and let it run; after too many it dies."""
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(
            text("UPDATE jobs SET state = 'dead', finished_at = now() WHERE id = :id"),
            {"id": job_id},
        )
        assert await revive(tx.session, UUID(job_id))
        await tx.session.execute(
            text("UPDATE jobs SET attempts = :attempts WHERE id = :id"),
            {"attempts": attempts, "id": job_id},
        )
    await due(world)
    await execute(world.runtime, UUID(job_id))
