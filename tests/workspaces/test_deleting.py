"""A workspace is deleted: with everything in it, never by mistake, and its log stays."""

from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.cards.tasks import UnassignMember
from taskly.platform.context import SYSTEM
from taskly.platform.events.log import from_row, read_log
from taskly.platform.jobs.execution import execute
from taskly.platform.tables import Base
from taskly.workspaces.jobs import PurgeWorkspace
from tests.contract.tenants import state_of
from tests.support.actors import Actor, Json, expect
from tests.support.purging import purge
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def workspace(alice: Actor, bob: Actor) -> Json:
    """Alice's workspace, with bob in it."""
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    return workspace


async def fill(alice: Actor, workspace: Json) -> None:
    """Put something of much into a workspace."""
    board = await alice.board(workspace)
    path = f"/workspaces/{workspace['id']}"
    for number in range(5):
        card = await alice.card(board, f"Card {number}", assignee_ids=[str(alice.user_id)])
        said = {"body": "Well."}
        expect(await alice.post(f"/cards/{card['id']}/comments", json=said), 201)
    expect(await alice.post(f"{path}/views", json={"name": "Mine", "query": "is:open"}), 201)
    invited = {"emails": ["eve@example.com"]}
    expect(await alice.post(f"{path}/invitations", json=invited), 201)
    webhook = {"url": "https://example.com/told", "event_types": ["*"]}
    expect(await alice.post(f"{path}/webhooks", json=webhook), 201)


async def held_by(world: World, workspace: Json) -> dict[str, int]:
    """How many rows of a workspace tables hold that have some, without logs and jobs."""
    tables = [
        table.name
        for table in Base.metadata.tables.values()
        if "workspace_id" in table.c and table.foreign_keys
    ]
    found = {}
    async with world.runtime.database.reading() as session:
        for table in tables:
            rows = text(f"SELECT count(*) FROM {table} WHERE workspace_id = :id")  # noqa: S608
            found[table] = await session.scalar(rows, {"id": UUID(workspace["id"])}) or 0
    return {table: number for table, number in found.items() if number}


async def test_a_deleted_workspace_is_gone_with_everything_in_it(
    alice: Actor, bob: Actor, workspace: Json
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


async def test_what_a_deleted_workspace_held_is_purged_in_small_steps_and_nothing_of_another(
    world: World, alice: Actor, workspace: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskly.workspaces.tasks.PURGE_BATCH", 2)
    kept = await alice.workspace("Kept")
    await fill(alice, kept)
    before = await held_by(world, kept)
    await fill(alice, workspace)
    # Nothing below would be found out if nothing had been there.
    assert {"boards", "cards", "card_comments", "card_assignees", "saved_views"} <= set(before)
    assert set(before) <= set(await held_by(world, workspace))

    path = f"/workspaces/{workspace['id']}"
    expect(await alice.request("DELETE", path, json={"name": "Payments"}), 204)
    assert "workspace_members" not in await held_by(world, workspace)
    await purge(world)

    assert await held_by(world, workspace) == {}
    assert await held_by(world, kept) == before
    async with world.runtime.database.reading() as session:
        heads = await session.scalars(text("SELECT id FROM workspaces"))
        assert set(heads) == {UUID(kept["id"])}


async def test_a_workspace_in_which_somebody_is_is_not_purged(
    world: World, alice: Actor, workspace: Json
) -> None:
    await fill(alice, workspace)
    before = await state_of(world)

    job = PurgeWorkspace(workspace_id=UUID(workspace["id"]))
    async with world.runtime.database.transaction(SYSTEM) as tx:
        job_id = tx.promise(job)
    await execute(world.runtime, job_id)

    after = await state_of(world)
    assert {**after, "jobs": None} == {**before, "jobs": None}


async def test_nobody_works_on_the_cards_of_a_workspace_that_has_ended(
    world: World, alice: Actor, bob: Actor, workspace: Json
) -> None:
    board = await alice.board(workspace)
    await alice.card(board, assignee_ids=[str(bob.user_id)])
    path = f"/workspaces/{workspace['id']}"
    expect(await alice.request("DELETE", path, json={"name": "Payments"}), 204)

    job = UnassignMember(workspace_id=UUID(workspace["id"]), user_id=bob.user_id)
    async with world.runtime.database.transaction(SYSTEM) as tx:
        job_id = tx.promise(job)
    await execute(world.runtime, job_id)

    async with world.runtime.database.reading() as session:
        log = await read_log(session, UUID(board["id"]), after=board["version"], limit=10)
    assert [event.type for event in log] == ["card.created", "board.deleted"]


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
