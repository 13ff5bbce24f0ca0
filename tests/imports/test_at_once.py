"""Boards that are made while others work in their workspace, or make the same."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from taskly.imports import carrying, repository, starting
from taskly.imports.access import ImportAccess
from taskly.platform.context import SYSTEM
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Stream, read_log
from taskly.platform.events.models import Job, StreamKind
from taskly.platform.jobs.execution import execute
from taskly.users import repository as users
from taskly.users.models import User
from tests.imports.files import CSV
from tests.imports.sending import before_it_is_shown, due, send, send_and_start, start
from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.waiting import wait_for_lock_waits
from tests.support.world import World
from tests.workspaces.invitations import invite

pytestmark = pytest.mark.anyio


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
    shown_at, job = await send_and_start(real_alice, workspace, "csv", CSV)
    path = f"/workspaces/{workspace['id']}"
    filled, others_are_done = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        filled.set()
        await others_are_done.wait()

    before_it_is_shown(monkeypatch, wait)
    making = asyncio.create_task(execute(real_world.runtime, job))
    await filled.wait()
    expect(await real_alice.post(f"{path}/boards", json={"name": "Mine"}), 201)
    await invite(real_alice, workspace, "bob@example.org")
    assert (await real_alice.delete(shown_at)).status_code == 409
    others_are_done.set()
    await making

    done = expect(await real_alice.get(shown_at), 200)
    assert (done["state"], done["receipt"]["differences"]) == ("done", [])
    boards = expect(await real_alice.get(f"{path}/boards"), 200)["items"]
    assert {board["name"] for board in boards} == {"Mine", done["board_name"]}
    async with real_world.runtime.database.reading() as session:
        told = await read_log(session, UUID(workspace["id"]), after=0, limit=10)
    assert [each.version for each in told] == list(range(1, len(told) + 1))
    kinds = ["board.created", "invitation.created", "board.created"]
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
    lines = "Title,Assignee\nPay,bob\n"
    shown_at, job = await send_and_start(real_alice, workspace, "csv", lines)

    async def leave() -> None:
        expect(await real_alice.delete(f"{path}/members/{bob.user_id}"), 204)

    with monkeypatch.context() as leaving:
        before_it_is_shown(leaving, leave)
        await execute(real_world.runtime, job)
    assert expect(await real_alice.get(f"{path}/boards"), 200)["items"] == []
    await due(real_world)
    await execute(real_world.runtime, job)

    done = expect(await real_alice.get(shown_at), 200)
    board = await real_alice.snapshot(done["board_id"])
    assert [card["assignee_ids"] for card in board["cards"]] == [[]]
    assert done["receipt"]["differences"] == ["assignees"]


@pytest.mark.parametrize("is_refused", [False, True])
async def test_a_job_says_nothing_about_an_import_that_was_started_anew_meanwhile(
    real_world: World, real_alice: Actor, monkeypatch: pytest.MonkeyPatch, is_refused: bool
) -> None:
    workspace = await real_alice.workspace()
    bob = await real_world.person("bob")
    await real_alice.invite(workspace, bob, "member")
    place = f"/workspaces/{workspace['id']}"
    path, first = await send_and_start(bob, workspace, "csv", CSV)
    second: list[Json] = []

    async def start_anew() -> None:
        async with real_world.runtime.database.transaction(SYSTEM) as tx:
            await tx.session.execute(text("UPDATE imports SET state = 'failed'"))
        second.append(expect(await real_alice.post(f"{path}/start"), 202))
        if is_refused:
            member = f"{place}/members/{bob.user_id}"
            expect(await real_alice.patch(member, json={"role": "viewer"}), 200)

    with monkeypatch.context() as meeting:
        before_it_is_shown(meeting, start_anew)
        await execute(real_world.runtime, first)
    assert await state_of(real_world, first) == ("done", 1)
    assert expect(await real_alice.get(path), 200) == second[0]
    await execute(real_world.runtime, UUID(second[0]["job_id"]))

    done = expect(await real_alice.get(path), 200)
    boards = expect(await real_alice.get(f"{place}/boards"), 200)["items"]
    assert (done["state"], [board["id"] for board in boards]) == ("done", [done["board_id"]])


async def test_who_is_on_a_card_of_a_board_that_is_being_made_can_sign_in(
    real_world: World, real_alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = await real_alice.workspace()
    bob, mona = await real_world.person("bob"), await real_world.person("mona")
    for each in (bob, mona):
        await real_alice.invite(workspace, each, "member")
    database = real_world.runtime.database
    async with database.transaction(SYSTEM) as tx:
        await tx.session.execute(text("UPDATE users SET github_id = 7 WHERE login = 'mona'"))
    lines = "Title,Assignees\nPay,bob;mona\n"
    preview = expect(await send(real_alice, workspace, "csv", lines), 201)
    found: list[User | None] = []

    async def sign_in() -> None:
        async with database.transaction(SYSTEM) as tx:
            await tx.session.execute(text("SET LOCAL lock_timeout = '1s'"))
            found.append(await users.lock_local_user(tx.session, "bob"))
            found.append(await users.lock_github_user(tx.session, 7))
            found.extend(await users.others_with_login(tx.session, "mona", except_github_id=8))

    before_it_is_shown(monkeypatch, sign_in)
    done = await start(real_world, real_alice, preview)

    assert [each.id for each in found if each] == [bob.user_id, mona.user_id, mona.user_id]
    assert (done["state"], done["receipt"]["made"]["assignees"]) == ("done", 2)


async def test_a_job_that_meets_a_busy_workspace_is_put_off_and_that_is_no_failed_attempt(
    real_world: World, real_alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = await real_alice.workspace()
    path, job = await send_and_start(real_alice, workspace, "csv", CSV)
    fill_board = carrying.fill_board

    async def fill_and_be_hasty(tx: Transaction, *arguments: Any) -> Any:
        filled = await fill_board(tx, *arguments)
        await tx.session.execute(text("SET LOCAL lock_timeout = '10ms'"))
        return filled

    database, workspace_id = real_world.runtime.database, UUID(workspace["id"])
    with monkeypatch.context() as hasty:
        hasty.setattr("taskly.imports.tasks.fill_board", fill_and_be_hasty)
        async with database.transaction(SYSTEM) as tx:
            await tx.lock(Stream(StreamKind.WORKSPACE, workspace_id, workspace_id))
            await execute(real_world.runtime, job)
    assert await state_of(real_world, job) == ("pending", 0)
    assert expect(await real_alice.get(path), 200)["state"] == "started"
    await due(real_world)
    await execute(real_world.runtime, job)

    assert await state_of(real_world, job) == ("done", 1)
    assert expect(await real_alice.get(path), 200)["state"] == "done"


LOSE_A_CIRCLE = (
    """
    CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$
    """,
    "CREATE TRIGGER losing BEFORE UPDATE ON workspaces FOR EACH ROW EXECUTE FUNCTION lose()",
)
"""PostgreSQL chooses who of a circle gives way: here it is always whoever changes a workspace."""


async def test_a_job_that_is_chosen_to_give_way_in_a_circle_is_put_off_and_that_is_no_failed_attempt(
    real_world: World, real_alice: Actor
) -> None:
    path, job = await send_and_start(real_alice, await real_alice.workspace(), "csv", CSV)
    async with real_world.runtime.database.transaction(SYSTEM) as tx:
        for statement in LOSE_A_CIRCLE:
            await tx.session.execute(text(statement))
    await execute(real_world.runtime, job)
    assert await state_of(real_world, job) == ("pending", 0)
    assert expect(await real_alice.get(path), 200)["state"] == "started"
    async with real_world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(text("DROP FUNCTION lose CASCADE"))
    await due(real_world)
    await execute(real_world.runtime, job)

    assert await state_of(real_world, job) == ("done", 1)
    assert expect(await real_alice.get(path), 200)["state"] == "done"


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


async def state_of(world: World, job: UUID) -> tuple[str, int]:
    """A job's state and how many attempts count."""
    async with world.runtime.database.reading() as session:
        row = (await session.execute(select(Job.state, Job.attempts).where(Job.id == job))).one()
    return row.state.value, row.attempts


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
