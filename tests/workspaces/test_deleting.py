"""A workspace is deleted: with everything in it, never by mistake, and its log stays."""

from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.platform.events.log import from_row, read_log
from tests.contract.tenants import state_of
from tests.support.actors import Actor, Json, expect
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def workspace(alice: Actor, bob: Actor) -> Json:
    """Alice's workspace, with bob in it."""
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    return workspace


async def test_a_deleted_workspace_is_gone_with_everything_in_it(
    world: World, alice: Actor, bob: Actor, workspace: Json
) -> None:
    kept = await alice.board(await alice.workspace("Kept"))
    boards = [await alice.board(workspace, name=name) for name in ("One", "Two")]
    card = await bob.card(boards[0], assignee_ids=[str(bob.user_id)])
    path = f"/workspaces/{workspace['id']}"

    expect(await alice.request("DELETE", path, json={"name": "Payments"}), 204)

    for gone in (path, f"/boards/{boards[1]['id']}", f"/cards/{card['id']}"):
        assert expect(await alice.get(gone), 404)["code"] == "not_found"
    assert [each["name"] for each in expect(await alice.get("/workspaces"), 200)["items"]] == [
        "Kept"
    ]
    assert expect(await bob.get("/workspaces"), 200)["items"] == []
    assert await alice.snapshot(kept["id"]) == kept
    async with world.runtime.database.reading() as session:
        left = await session.scalars(text("SELECT workspace_id FROM boards"))
        assert set(left) == {UUID(kept["workspace_id"])}


async def test_the_last_events_of_the_workspace_and_of_its_boards_say_how_they_ended(
    world: World, alice: Actor, workspace: Json
) -> None:
    board = await alice.board(workspace, name="One", key="ONE")
    path = f"/workspaces/{workspace['id']}"
    before = expect(await alice.get(path), 200)

    expect(await alice.request("DELETE", path, json={"name": "Payments"}), 204)

    async with world.runtime.database.reading() as session:
        [last] = await read_log(session, UUID(workspace["id"]), after=before["version"], limit=10)
        [end] = await read_log(session, UUID(board["id"]), after=board["version"], limit=10)
    recorded, ended = from_row(last), from_row(end)
    assert (recorded.type, recorded.version) == ("workspace.deleted", before["version"] + 1)
    assert recorded.data["before"] == {"name": "Payments"}
    assert recorded.data["after"] is None
    assert recorded.actor.user_id == alice.user_id
    assert (ended.type, ended.version) == ("board.deleted", board["version"] + 1)
    assert ended.data["before"] == {"name": "One", "key": "ONE"}
    assert ended.operation_id == recorded.operation_id


@pytest.mark.parametrize("name", ["payments", "Payments ", "", "Shop"])
async def test_another_name_deletes_nothing(
    world: World, alice: Actor, workspace: Json, name: str
) -> None:
    await alice.board(workspace)
    before = await state_of(world)

    refused = await alice.request("DELETE", f"/workspaces/{workspace['id']}", json={"name": name})

    assert expect(refused, 422)["code"] == "name_differs"
    assert await state_of(world) == before


async def test_without_a_name_nothing_is_deleted(
    world: World, alice: Actor, workspace: Json
) -> None:
    before = await state_of(world)

    assert expect(await alice.delete(f"/workspaces/{workspace['id']}"), 422)["code"] == "invalid"
    assert await state_of(world) == before


async def test_a_new_name_is_the_one_to_type(alice: Actor, workspace: Json) -> None:
    path = f"/workspaces/{workspace['id']}"
    expect(await alice.patch(path, json={"name": "Shop"}), 200)

    assert expect(await alice.request("DELETE", path, json={"name": "Payments"}), 422)
    expect(await alice.request("DELETE", path, json={"name": "Shop"}), 204)
