"""A workspace is deleted while people work in it: what comes first counts, and nobody hangs."""

import asyncio
from uuid import UUID

import pytest
from httpx2 import Response
from sqlalchemy import text

from taskly.boards.service import create_board
from taskly.platform.context import SYSTEM
from taskly.platform.events.log import Stream, read_log
from taskly.platform.events.models import StreamKind
from taskly.users.principal import Principal
from taskly.workspaces.access import open_workspace_to_change
from taskly.workspaces.models import Role
from tests.support.actors import Actor, Json, expect
from tests.support.purging import purge
from tests.support.waiting import until, wait_for_lock_waits
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def workspace(real_alice: Actor) -> Json:
    """Alice's workspace."""
    return await real_alice.workspace()


def delete(actor: Actor, workspace: Json) -> "asyncio.Task[Response]":
    """Delete the workspace, beside everything else."""
    path = f"/workspaces/{workspace['id']}"
    return asyncio.create_task(actor.request("DELETE", path, json={"name": workspace["name"]}))


async def assert_logs_are_gapless(world: World) -> None:
    """Every stream's versions run from 1 without a gap, whatever has become of its head."""
    async with world.runtime.database.reading() as session:
        rows = await session.execute(
            text("SELECT count(*) AS number, max(version) AS last FROM events GROUP BY stream_id")
        )
        assert all(row.number == row.last for row in rows)


async def test_changes_and_a_deletion_at_once_end_in_nothing_half_done(
    real_world: World, real_alice: Actor, workspace: Json
) -> None:
    boards = [await real_alice.board(workspace, name=f"Board {number}") for number in range(3)]
    cards = [await real_alice.card(board) for board in boards]
    made = f"/workspaces/{workspace['id']}/boards"

    async def work(number: int) -> set[int]:
        statuses = set()
        for turn in range(6):
            title = {"title": f"{number} {turn}"}
            changed = await real_alice.patch(f"/cards/{cards[number]['id']}", json=title)
            renamed = await real_alice.patch(
                f"/boards/{boards[number]['id']}", json={"name": f"{number} {turn}"}
            )
            added = await real_alice.post(made, json={"name": f"New {number} {turn}"})
            statuses |= {each.status_code for each in (changed, renamed, added)}
        return statuses

    working = [asyncio.create_task(work(number)) for number in range(3)]
    await asyncio.sleep(0)
    answer = await delete(real_alice, workspace)
    while answer.status_code == 503:
        assert answer.headers["Retry-After"]
        answer = await delete(real_alice, workspace)

    expect(answer, 204)
    assert set().union(*(await asyncio.gather(*working))) <= {200, 201, 404, 503}
    await assert_logs_are_gapless(real_world)
    await purge(real_world)
    async with real_world.runtime.database.reading() as session:
        for table in ("workspaces", "workspace_members", "boards", "cards"):
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 0  # noqa: S608


async def test_a_deletion_waits_for_the_boards_before_it_takes_the_workspace(
    real_world: World, real_alice: Actor, workspace: Json
) -> None:
    board = await real_alice.board(workspace)
    database = real_world.runtime.database
    stream = Stream(StreamKind.BOARD, UUID(board["id"]), UUID(workspace["id"]))
    async with database.transaction(SYSTEM) as tx:
        await tx.lock(stream)
        deletion = delete(real_alice, workspace)
        await wait_for_lock_waits(database)
        # Whoever holds a board may still come by the workspace.
        await tx.lock(Stream(StreamKind.WORKSPACE, stream.workspace_id, stream.workspace_id))

    expect(await deletion, 204)


async def test_a_board_that_is_made_while_a_deletion_waits_for_the_workspace_ends_with_it(
    real_world: World, real_alice: Actor, workspace: Json
) -> None:
    database = real_world.runtime.database
    workspace_id = UUID(workspace["id"])
    principal = Principal(real_alice.user_id)
    async with database.transaction(SYSTEM) as tx:
        access = await open_workspace_to_change(tx, principal, workspace_id, Role.MEMBER)
        deletion = delete(real_alice, workspace)
        await wait_for_lock_waits(database)
        board = await create_board(tx, access, name="Late")

    expect(await deletion, 204)
    async with database.reading() as session:
        log = await read_log(session, board.id, after=0, limit=100)
    assert log[-1].type == "board.deleted"


async def test_of_two_deletions_one_happens(
    real_world: World, real_alice: Actor, workspace: Json
) -> None:
    await real_alice.board(workspace)

    answers = await asyncio.gather(*(delete(real_alice, workspace) for _ in range(2)))

    assert sorted(answer.status_code for answer in answers) == [204, 404]
    await assert_logs_are_gapless(real_world)


async def test_who_waits_for_events_is_told_that_the_board_is_gone(
    real_world: World, real_alice: Actor, workspace: Json
) -> None:
    board = await real_alice.board(workspace)
    path = f"/boards/{board['id']}/events?after={board['version']}"
    polling = asyncio.create_task(real_alice.get(path))
    hub = real_world.app.state.hub
    await until(lambda: any(room.listeners for room in hub._rooms.values()))

    expect(await delete(real_alice, workspace), 204)
    for room in list(hub._rooms.values()):
        room.wake()  # This world's hub hears nothing from Redis.
    hub.stop_waiting()

    assert (await polling).status_code == 404
