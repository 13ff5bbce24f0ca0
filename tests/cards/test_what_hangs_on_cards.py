"""What hangs on a card goes and comes with it, and the log says so."""

import asyncio
from uuid import UUID

import pytest

from taskly.platform.context import SYSTEM
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.jobs.execution import execute
from tests.support.actors import Actor, Json, expect
from tests.support.database import RecordingAnnouncer
from tests.support.folding import as_comparable, differences, fold
from tests.support.linked import link_pull_requests
from tests.support.waiting import wait_for_lock_waits
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def board(world: World, alice: Actor) -> Json:
    """A board with one card that has a pull request."""
    board = await alice.board(await alice.workspace())
    card = await alice.card(board, "Refund twice")
    await link_pull_requests(world, board, [card])
    return await alice.snapshot(board["id"])


async def test_pull_requests_leave_with_an_archived_card_and_come_back_with_it(
    alice: Actor, board: Json
) -> None:
    card = board["cards"][0]
    assert len(board["pull_requests"]) == 1

    expect(await alice.post(f"/cards/{card['id']}/archive"), 200)
    archived = await alice.snapshot(board["id"])
    expect(await alice.post(f"/cards/{card['id']}/restore"), 200)
    restored = await alice.snapshot(board["id"])

    assert archived["cards"] == archived["pull_requests"] == []
    assert restored["pull_requests"] == board["pull_requests"]
    log = await events_after(alice, board)
    assert [event["type"] for event in log] == [
        "card.archived",
        "pull_request.unlinked",
        "card.restored",
        "pull_request.linked",
    ]
    assert differences(fold(log[:2], board), as_comparable(archived)) == []
    assert differences(fold(log, board), as_comparable(restored)) == []


async def test_pull_requests_leave_with_a_deleted_card(alice: Actor, board: Json) -> None:
    expect(await alice.delete(f"/cards/{board['cards'][0]['id']}"), 204)

    after = await alice.snapshot(board["id"])
    assert after["pull_requests"] == []
    assert differences(fold(await events_after(alice, board), board), as_comparable(after)) == []


async def test_somebody_who_leaves_the_workspace_comes_off_its_cards(
    real_world: World, real_alice: Actor, announcer: RecordingAnnouncer
) -> None:
    bob = await real_world.person("bob")
    workspace = await real_alice.workspace()
    await real_alice.invite(workspace, bob, "member")
    board = await real_alice.board(workspace)
    people = sorted([str(real_alice.user_id), str(bob.user_id)])
    card = await real_alice.card(board, assignee_ids=people)

    expect(await bob.delete(f"/workspaces/{workspace['id']}/members/me"), 204)
    promised = [each for each in announcer.promised if each.spec.kind == "cards.unassign_member"]
    await execute(real_world.runtime, promised[0].id)
    await execute(real_world.runtime, promised[0].id)

    after = await real_alice.snapshot(board["id"])
    assert after["cards"][0]["assignee_ids"] == [str(real_alice.user_id)]
    entries = expect(await real_alice.get(f"/cards/{card['id']}/timeline"), 200)["items"]
    assert [entry["type"] for entry in entries] == ["card.updated", "card.created"]
    assert entries[0]["actor"] == {"kind": "system", "user_id": None}


async def test_somebody_who_comes_back_meanwhile_stays_on_the_cards(
    real_world: World, real_alice: Actor, announcer: RecordingAnnouncer
) -> None:
    bob = await real_world.person("bob")
    workspace = await real_alice.workspace()
    await real_alice.invite(workspace, bob, "member")
    board = await real_alice.board(workspace)
    for title in ("one", "two"):
        await real_alice.card(board, title, assignee_ids=[str(bob.user_id)])
    expect(await bob.delete(f"/workspaces/{workspace['id']}/members/me"), 204)
    [promised] = [each for each in announcer.promised if each.spec.kind == "cards.unassign_member"]

    database = real_world.runtime.database
    async with database.transaction(SYSTEM) as tx:
        await tx.lock(Stream(StreamKind.BOARD, UUID(board["id"]), UUID(workspace["id"])))
        working = asyncio.create_task(execute(real_world.runtime, promised.id))
        await wait_for_lock_waits(database)
        await real_alice.invite(workspace, bob, "member")
    await working

    after = await real_alice.snapshot(board["id"])
    assert [each["assignee_ids"] for each in after["cards"]] == [[str(bob.user_id)]] * 2


async def events_after(actor: Actor, board: Json) -> list[Json]:
    """What happened on the board since this snapshot."""
    path = f"/boards/{board['id']}/events?after={board['version']}&wait=0"
    events: list[Json] = expect(await actor.get(path), 200)["events"]
    return events


async def test_who_has_left_and_is_on_a_card_still_holds_nobody_up(
    alice: Actor, bob: Actor
) -> None:
    """Their coming off it is a job, which may be late."""
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    board = await alice.board(workspace)
    hers, his = str(alice.user_id), str(bob.user_id)
    card = await alice.card(board, assignee_ids=[his])
    path = f"/cards/{card['id']}"
    expect(await bob.delete(f"/workspaces/{workspace['id']}/members/me"), 204)

    copy = expect(await alice.post(f"{path}/copy", json={}), 201)
    body = {"name": "Copy"}
    made = expect(await alice.post(f"/boards/{board['id']}/duplicate", json=body), 201)
    put = expect(await alice.request("PUT", f"{path}/assignees/{hers}"), 200)
    kept = expect(await alice.patch(path, json={"assignee_ids": [his], "title": "Else"}), 200)
    freed = expect(await alice.delete(f"{path}/assignees/{his}"), 200)

    assert copy["assignee_ids"] == []
    assert [each["assignee_ids"] for each in (await alice.snapshot(made["id"]))["cards"]] == [
        [],
        [],
    ]
    assert (put["assignee_ids"], kept["assignee_ids"]) == (sorted([hers, his]), [his])
    assert freed["assignee_ids"] == []
    back = await alice.request("PUT", f"{path}/assignees/{his}")
    assert expect(back, 404)["code"] == "not_found"
