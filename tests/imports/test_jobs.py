"""The job that makes a board: once, whoever is killed when, and whichever job it is."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.imports import carrying, repository, starting
from taskly.imports.access import ImportAccess
from taskly.imports.errors import BROKE_OFF
from taskly.imports.jobs import CarryOut, ForgetPlans
from taskly.kit.clock import FrozenClock
from taskly.platform.context import SYSTEM
from taskly.platform.events.log import Stream, read_log
from taskly.platform.events.models import StreamKind
from taskly.platform.jobs.execution import execute
from taskly.platform.jobs.ledger import revive
from tests.imports.files import CSV, trello
from tests.imports.sending import send, start
from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.waiting import wait_for_lock_waits
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
    preview = expect(await send(alice, workspace, "trello", trello()), 201)
    path = f"/workspaces/{workspace['id']}/imports/{preview['id']}"
    started = expect(await alice.post(f"{path}/start"), 202)
    with monkeypatch.context() as broken:
        broken.setattr("taskly.imports.carrying.record_archiving", _die)
        await execute(world.runtime, UUID(started["job_id"]))
    boards = f"/workspaces/{workspace['id']}/boards"
    assert expect(await alice.get(boards), 200)["items"] == []
    assert expect(await alice.get(path), 200)["state"] == "started"

    await due(world)
    await execute(world.runtime, UUID(started["job_id"]))

    assert expect(await alice.get(path), 200)["state"] == "done"
    assert len(expect(await alice.get(boards), 200)["items"]) == 1


async def test_a_job_says_how_far_it_is(world: World, alice: Actor, workspace: Json) -> None:
    lines = "Title\n" + "\n".join(f"Card {number}" for number in range(501))
    done = await start(world, alice, expect(await send(alice, workspace, "csv", lines), 201))
    job = expect(await alice.get(f"/jobs/{done['job_id']}"), 200)
    assert (job["state"], job["progress"]) == ("done", {"done": 501, "total": 501})


async def test_an_older_job_that_runs_late_changes_nothing(
    world: World, alice: Actor, workspace: Json
) -> None:
    await alice.board(workspace, key="PAY")
    preview = expect(await send(alice, workspace, "csv", CSV), 201)
    path = f"/workspaces/{workspace['id']}/imports/{preview['id']}"
    expect(await alice.patch(path, json={"board_key": "PAY"}), 200)
    failed = await start(world, alice, preview)
    expect(await alice.patch(path, json={"board_key": "NEW"}), 200)
    waiting = expect(await alice.post(f"{path}/start"), 202)

    await run_again(world, failed["job_id"])
    assert expect(await alice.get(path), 200) == waiting
    await execute(world.runtime, UUID(waiting["job_id"]))
    done = expect(await alice.get(path), 200)
    await run_again(world, failed["job_id"])
    assert (done["state"], expect(await alice.get(path), 200)) == ("done", done)


async def test_a_job_that_died_makes_the_board_when_it_is_revived(
    world: World, alice: Actor, workspace: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = expect(await send(alice, workspace, "trello", trello()), 201)
    path = f"/workspaces/{workspace['id']}/imports/{preview['id']}"
    job_id = expect(await alice.post(f"{path}/start"), 202)["job_id"]
    with monkeypatch.context() as broken:
        broken.setattr("taskly.imports.carrying.record_archiving", _die)
        for _ in range(3):
            await due(world)
            await execute(world.runtime, UUID(job_id))
    failed = expect(await alice.get(path), 200)
    assert (failed["state"], failed["problem"]) == ("failed", BROKE_OFF)

    await run_again(world, job_id)

    assert expect(await alice.get(path), 200)["state"] == "done"


async def test_the_plan_of_an_import_that_a_job_makes_is_not_forgotten(
    world: World, alice: Actor, workspace: Json, clock: FrozenClock
) -> None:
    preview = expect(await send(alice, workspace, "csv", CSV), 201)
    path = f"/workspaces/{workspace['id']}/imports/{preview['id']}"
    started = expect(await alice.post(f"{path}/start"), 202)
    clock.advance(timedelta(days=30, seconds=1))
    await forget(world)
    await execute(world.runtime, UUID(started["job_id"]))
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


async def test_two_who_start_at_once_get_one_board(real_world: World, real_alice: Actor) -> None:
    workspace = await real_alice.workspace()
    preview = expect(await send(real_alice, workspace, "csv", CSV), 201)
    path = f"/workspaces/{workspace['id']}/imports/{preview['id']}"
    answers = await asyncio.gather(*(real_alice.post(f"{path}/start") for _ in range(4)))
    jobs = {expect(answer, 202)["job_id"] for answer in answers}
    assert len(jobs) == 1
    job = UUID(jobs.pop())
    removing = real_alice.delete(path)
    _, removed = await asyncio.gather(execute(real_world.runtime, job), removing)
    assert removed.status_code in {204, 409}
    boards = expect(await real_alice.get(f"/workspaces/{workspace['id']}/boards"), 200)["items"]
    assert len(boards) == (0 if removed.status_code == 204 else 1)


async def test_two_previews_of_one_file_that_are_started_at_once_make_one_board(
    real_world: World, real_alice: Actor
) -> None:
    workspace = await real_alice.workspace()
    paths = [
        f"/workspaces/{workspace['id']}/imports/{each['id']}"
        for each in [expect(await send(real_alice, workspace, "csv", CSV), 201) for _ in range(2)]
    ]
    answers = await asyncio.gather(*(real_alice.post(f"{path}/start") for path in paths))
    jobs = [UUID(each.json()["job_id"]) for each in answers if each.status_code == 202]
    await asyncio.gather(*(execute(real_world.runtime, job) for job in jobs))

    shown = [expect(await real_alice.get(path), 200) for path in paths]
    assert sum(each["state"] == "done" for each in shown) == 1
    boards = expect(await real_alice.get(f"/workspaces/{workspace['id']}/boards"), 200)["items"]
    assert len(boards) == 1


async def test_others_make_boards_and_invite_while_one_is_made(
    real_world: World, real_alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = await real_alice.workspace()
    preview = expect(await send(real_alice, workspace, "csv", CSV), 201)
    path = f"/workspaces/{workspace['id']}"
    started = expect(await real_alice.post(f"{path}/imports/{preview['id']}/start"), 202)
    filled, others_are_done = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        filled.set()
        await others_are_done.wait()

    before_it_is_shown(monkeypatch, wait)
    job = asyncio.create_task(execute(real_world.runtime, UUID(started["job_id"])))
    await filled.wait()
    expect(await real_alice.post(f"{path}/boards", json={"name": "Mine"}), 201)
    expect(await real_alice.patch(path, json={"name": "Ours"}), 200)
    assert (await real_alice.delete(f"{path}/imports/{preview['id']}")).status_code == 409
    others_are_done.set()
    await job

    done = expect(await real_alice.get(f"{path}/imports/{preview['id']}"), 200)
    assert (done["state"], done["receipt"]["differences"]) == ("done", [])
    boards = expect(await real_alice.get(f"{path}/boards"), 200)["items"]
    assert {board["name"] for board in boards} == {"Mine", done["board_name"]}
    async with real_world.runtime.database.reading() as session:
        told = await read_log(session, UUID(workspace["id"]), after=0, limit=10)
    assert [each.version for each in told] == list(range(1, len(told) + 1))
    kinds = ["board.created", "workspace.updated", "board.created"]
    assert [each.type for each in told[-3:]] == kinds
    assert told[-1].data["after"]["key"] == done["board_key"]
    log = fold(await read_whole_log(real_alice, done["board_id"]))
    board = await real_alice.snapshot(done["board_id"])
    assert differences(log, as_comparable(board)) == []


async def test_of_two_jobs_that_make_the_same_file_at_once_one_board_is_shown(
    real_world: World, real_alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = await real_alice.workspace()
    jobs = await start_both(real_world, real_alice, workspace, [CSV, CSV])
    both_are_filled = asyncio.Barrier(2)
    before_it_is_shown(monkeypatch, both_are_filled.wait)
    await asyncio.gather(*(execute(real_world.runtime, job) for job in jobs))

    path = f"/workspaces/{workspace['id']}"
    shown = expect(await real_alice.get(f"{path}/imports"), 200)["items"]
    assert sorted(each["state"] for each in shown) == ["done", "failed"]
    done, failed = sorted(shown, key=lambda each: str(each["state"]))
    assert done["id"] in failed["problem"]
    boards = expect(await real_alice.get(f"{path}/boards"), 200)["items"]
    assert [board["id"] for board in boards] == [done["board_id"]]


async def test_of_two_boards_that_are_to_have_the_same_key_one_is_made_again_with_another(
    real_world: World, real_alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = await real_alice.workspace()
    jobs = await start_both(real_world, real_alice, workspace, [CSV, CSV + "More,Done,,,,,,,\n"])
    both_are_filled = asyncio.Barrier(2)
    with monkeypatch.context() as meeting:
        before_it_is_shown(meeting, both_are_filled.wait)
        await asyncio.gather(*(execute(real_world.runtime, job) for job in jobs))
    await due(real_world)
    await asyncio.gather(*(execute(real_world.runtime, job) for job in jobs))

    path = f"/workspaces/{workspace['id']}"
    shown = expect(await real_alice.get(f"{path}/imports"), 200)["items"]
    assert {each["state"] for each in shown} == {"done"}
    boards = expect(await real_alice.get(f"{path}/boards"), 200)["items"]
    assert sorted(board["key"] for board in boards) == ["IMP", "IMP2"]


async def test_who_leaves_while_the_board_is_made_is_on_no_card_of_it(
    real_world: World, real_alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = await real_alice.workspace()
    bob = await real_world.person("bob")
    await real_alice.invite(workspace, bob, "member")
    path = f"/workspaces/{workspace['id']}"
    preview = expect(await send(real_alice, workspace, "csv", "Title,Assignee\nPay,bob\n"), 201)
    started = expect(await real_alice.post(f"{path}/imports/{preview['id']}/start"), 202)

    async def leave() -> None:
        expect(await real_alice.delete(f"{path}/members/{bob.user_id}"), 204)

    with monkeypatch.context() as leaving:
        before_it_is_shown(leaving, leave)
        await execute(real_world.runtime, UUID(started["job_id"]))
    assert expect(await real_alice.get(f"{path}/boards"), 200)["items"] == []
    await due(real_world)
    await execute(real_world.runtime, UUID(started["job_id"]))

    done = expect(await real_alice.get(f"{path}/imports/{preview['id']}"), 200)
    board = await real_alice.snapshot(done["board_id"])
    assert [card["assignee_ids"] for card in board["cards"]] == [[]]
    assert done["receipt"]["differences"] == ["assignees"]


async def test_who_takes_a_board_away_locks_it_before_its_import(
    real_world: World, real_alice: Actor
) -> None:
    workspace = await real_alice.workspace()
    preview = expect(await send(real_alice, workspace, "csv", CSV), 201)
    done = await start(real_world, real_alice, preview)
    database, workspace_id = real_world.runtime.database, UUID(workspace["id"])
    async with database.transaction(SYSTEM) as tx:
        await tx.lock(Stream(StreamKind.BOARD, UUID(done["board_id"]), workspace_id))
        path = f"/workspaces/{workspace['id']}/imports/{done['id']}"
        removal = asyncio.create_task(real_alice.delete(path))
        await wait_for_lock_waits(database)
        # As whoever deletes the board comes by its import.
        assert await repository.import_row(tx.session, workspace_id, UUID(done["id"]), lock=True)

    expect(await removal, 204)


def before_it_is_shown(
    monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Awaitable[object]]
) -> None:
    """Have something happen when the cards of an import's board are there, and nobody sees them yet."""
    fill_board = carrying.fill_board

    async def fill_and_wait(*arguments: Any) -> Any:
        making = await fill_board(*arguments)
        await happens()
        return making

    monkeypatch.setattr("taskly.imports.tasks.fill_board", fill_and_wait)


async def start_both(
    world: World, actor: Actor, workspace: Json, files: Sequence[str]
) -> list[UUID]:
    """Send two files and start both at once, so that neither knows of the other; their jobs."""
    sent = [expect(await send(actor, workspace, "csv", each), 201) for each in files]
    async with (
        world.runtime.database.transaction(SYSTEM) as first,
        world.runtime.database.transaction(SYSTEM) as second,
    ):
        rows = []
        for tx, each in zip((first, second), sent, strict=True):
            row = await repository.import_to_make(tx.session, UUID(each["id"]))
            assert row is not None
            access = ImportAccess(row, await repository.same_file(tx.session, row))
            await starting.start(tx, access, actor.user_id, again=False)
            rows.append(row)
    jobs = [row.job_id for row in rows]
    assert None not in jobs
    return [job for job in jobs if job is not None]


def _die(*_arguments: object) -> None:
    raise OSError("the worker is gone")


async def forget(world: World) -> None:
    """Forget what was read long ago."""
    async with world.runtime.database.transaction(SYSTEM) as tx:
        job = tx.promise(ForgetPlans())
    await due(world)
    await execute(world.runtime, job)


async def due(world: World) -> None:
    """Have all jobs be due."""
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(text("UPDATE jobs SET next_attempt_at = now()"))


async def run_again(world: World, job_id: str) -> None:
    """Give a job that is over all its attempts again, and let it run."""
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(
            text("UPDATE jobs SET state = 'dead', finished_at = now() WHERE id = :id"),
            {"id": job_id},
        )
        assert await revive(tx.session, UUID(job_id))
    await due(world)
    await execute(world.runtime, UUID(job_id))
