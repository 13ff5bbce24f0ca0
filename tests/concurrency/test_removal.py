"""Somebody is taken out of a workspace while their changes, and changes about them, are on their way."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from httpx2 import Response

from taskly.cards.moving import PersonalMove
from taskly.cards.schemas import MoveCard
from taskly.platform.context import SYSTEM
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.workspaces.repository import outsiders_among
from tests.support.actors import Actor, Json, column, expect
from tests.support.waiting import until, wait_for_lock_waits
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def workspace(real_alice: Actor) -> Json:
    """Alice's workspace."""
    return await real_alice.workspace()


@pytest.fixture
async def bob(real_world: World, real_alice: Actor, workspace: Json) -> Actor:
    """A member."""
    bob = await real_world.person("bob")
    await real_alice.invite(workspace, bob, "member")
    return bob


async def test_what_waits_for_the_board_when_its_author_is_removed_does_not_happen(
    real_world: World, real_alice: Actor, bob: Actor, workspace: Json
) -> None:
    board = await real_alice.board(workspace)
    card = await real_alice.card(board)
    stream = Stream(StreamKind.BOARD, UUID(board["id"]), UUID(workspace["id"]))

    async with real_world.runtime.database.transaction(SYSTEM) as tx:
        await tx.lock(stream)
        changes = [
            asyncio.create_task(bob.patch(f"/cards/{card['id']}", json={"title": "late"})),
            asyncio.create_task(
                bob.post(f"/boards/{board['id']}/cards", json={"title": "too late"})
            ),
        ]
        await wait_for_lock_waits(real_world.runtime.database)
        expect(await real_alice.delete(f"/workspaces/{workspace['id']}/members/{bob.user_id}"), 204)

    assert [(await change).status_code for change in changes] == [404, 404]
    after = await real_alice.snapshot(board["id"])
    assert [each["title"] for each in after["cards"]] == [card["title"]]


async def test_who_is_being_put_on_a_card_can_be_removed_only_afterwards(
    real_world: World, real_alice: Actor, bob: Actor, workspace: Json
) -> None:
    async with real_world.runtime.database.transaction(SYSTEM) as tx:
        assert not await outsiders_among(tx.session, UUID(workspace["id"]), [bob.user_id])
        removal = asyncio.create_task(
            real_alice.delete(f"/workspaces/{workspace['id']}/members/{bob.user_id}")
        )
        await wait_for_lock_waits(real_world.runtime.database)

    expect(await removal, 204)


ITSELF: dict[str, Callable[[Actor, str], Awaitable[Response]]] = {
    "rename": lambda who, path: who.patch(path, json={"name": "late"}),
    "archive": lambda who, path: who.post(f"{path}/archive"),
    "delete": lambda who, path: who.delete(path),
}


@pytest.mark.parametrize("change", ITSELF)
async def test_who_is_removed_while_changing_a_board_itself_blocks_nobody(
    real_world: World, real_alice: Actor, bob: Actor, workspace: Json, change: str
) -> None:
    board = await real_alice.board(workspace)
    member = f"/workspaces/{workspace['id']}/members/{bob.user_id}"
    expect(await real_alice.patch(member, json={"role": "admin"}), 200)
    workspace_id = UUID(workspace["id"])

    database = real_world.runtime.database
    async with database.transaction(SYSTEM) as tx:
        await tx.lock(Stream(StreamKind.WORKSPACE, workspace_id, workspace_id))
        removal = asyncio.create_task(real_alice.delete(member))
        await wait_for_lock_waits(database)
        late = asyncio.ensure_future(ITSELF[change](bob, f"/boards/{board['id']}"))
        await wait_for_lock_waits(database, 2)

    expect(await removal, 204)
    expect(await late, 404)
    assert await real_alice.snapshot(board["id"]) == board


@pytest.mark.parametrize("end", ["removed", "viewer"])
async def test_a_move_that_was_decided_before_its_author_lost_the_right_is_not_stored(
    real_world: World, real_alice: Actor, bob: Actor, workspace: Json, end: str
) -> None:
    board = await real_alice.board(workspace)
    card = await real_alice.card(board)
    target = MoveCard(column_id=UUID(column(board, "Done")["id"]))
    late = PersonalMove(real_world.runtime.database, bob.user_id, UUID(card["id"]), target)
    move = await late.look()
    log = late._decide(move, None)
    assert log is not None
    member = f"/workspaces/{workspace['id']}/members/{bob.user_id}"
    if end == "removed":
        expect(await real_alice.delete(member), 204)
    else:
        expect(await real_alice.patch(member, json={"role": "viewer"}), 200)

    assert not await late._store(move, log)

    refused = await bob.post(f"/cards/{card['id']}/move", json={"column_id": str(target.column_id)})
    assert refused.status_code == (404 if end == "removed" else 403)
    after = await real_alice.snapshot(board["id"])
    assert [each["column_id"] for each in after["cards"]] == [card["column_id"]]


async def test_who_waits_for_events_when_removed_is_told_nothing(
    real_world: World, real_alice: Actor, bob: Actor, workspace: Json
) -> None:
    board = await real_alice.board(workspace)
    path = f"/boards/{board['id']}/events?after={board['version']}"
    polling = asyncio.create_task(bob.get(path))
    hub = real_world.app.state.hub
    await until(lambda: any(room.listeners for room in hub._rooms.values()))

    expect(await real_alice.delete(f"/workspaces/{workspace['id']}/members/{bob.user_id}"), 204)
    await real_alice.card(board, "secret")
    await hub._check(hub._rooms.values())  # This world's hub hears nothing from Redis.

    assert (await polling).status_code == 404
    assert [event["type"] for event in expect(await real_alice.get(path), 200)["events"]] == [
        "card.created"
    ]
