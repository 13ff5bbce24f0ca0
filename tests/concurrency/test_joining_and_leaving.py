"""People join and leave at once: an invitation is used once, and an admin stays."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.platform.context import SYSTEM
from taskly.platform.events.log import Stream, read_log
from taskly.platform.events.models import StreamKind
from tests.support.actors import Actor, Json, expect
from tests.support.waiting import wait_for_lock_waits
from tests.support.world import World
from tests.workspaces.invitations import accept, invite, path_of, token_in

pytestmark = pytest.mark.anyio


@pytest.fixture
async def workspace(real_alice: Actor) -> Json:
    """Alice's workspace."""
    return await real_alice.workspace()


def stream_of(workspace: Json) -> Stream:
    """The workspace's stream."""
    return Stream(StreamKind.WORKSPACE, UUID(workspace["id"]), UUID(workspace["id"]))


async def logged(world: World, workspace: Json, kind: str) -> int:
    """How often the workspace's log tells of such a change. Its versions have no gaps."""
    async with world.runtime.database.reading() as session:
        rows = await read_log(session, UUID(workspace["id"]), after=0, limit=1000)
    assert [row.version for row in rows] == list(range(1, len(rows) + 1))
    return [row.type for row in rows].count(kind)


async def members(actor: Actor, workspace: Json) -> list[tuple[str, str]]:
    """Everybody's login and role."""
    items = expect(await actor.get(f"/workspaces/{workspace['id']}/members"), 200)["items"]
    return [(each["login"], each["role"]) for each in items]


async def test_of_many_who_accept_one_invitation_one_joins(
    real_world: World, real_alice: Actor, workspace: Json
) -> None:
    [sent] = await invite(real_alice, workspace, "somebody@example.com")
    guests = [await real_world.person(f"guest{number}") for number in range(8)]

    answers = await asyncio.gather(*(accept(guest, token_in(sent)) for guest in guests))

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {
        "invitation_used"
    }
    assert len(await members(real_alice, workspace)) == 2
    assert await logged(real_world, workspace, "invitation.accepted") == 1


async def test_of_one_person_who_accepts_twice_at_once_there_is_one_membership(
    real_world: World, real_alice: Actor, workspace: Json
) -> None:
    [sent] = await invite(real_alice, workspace, "bob@example.com")
    bob = await real_world.person("bob")

    answers = await asyncio.gather(*(accept(bob, token_in(sent)) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert await members(real_alice, workspace) == [("alice", "admin"), ("bob", "member")]


@pytest.mark.parametrize("end", ["revoked", "resent", "deleted"])
async def test_what_is_accepted_while_it_ends_either_joins_before_or_not_at_all(
    real_world: World, real_alice: Actor, workspace: Json, end: str
) -> None:
    [sent] = await invite(real_alice, workspace, "bob@example.com")
    bob = await real_world.person("bob")
    one = f"{path_of(workspace)}/{sent['invitation']['id']}"
    database = real_world.runtime.database
    async with database.transaction(SYSTEM) as tx:
        await tx.lock(stream_of(workspace))
        if end == "deleted":
            path, body = f"/workspaces/{workspace['id']}", {"name": workspace["name"]}
            ending = asyncio.create_task(real_alice.request("DELETE", path, json=body))
        elif end == "revoked":
            ending = asyncio.create_task(real_alice.delete(one))
        else:
            ending = asyncio.create_task(real_alice.post(f"{one}/resend"))
        await wait_for_lock_waits(database)
        joining = asyncio.create_task(accept(bob, token_in(sent)))
        await wait_for_lock_waits(database, 2)

    assert (await ending).status_code in {200, 204}
    refused = await joining
    assert (refused.status_code, refused.json()["code"]) == {
        "revoked": (409, "invitation_revoked"),
        "resent": (404, "invitation_not_found"),
        "deleted": (404, "invitation_not_found"),
    }[end]
    assert expect(await bob.get("/workspaces"), 200)["items"] == []


async def test_two_batches_with_the_same_addresses_invite_each_once(
    real_world: World, real_alice: Actor, workspace: Json
) -> None:
    addresses = [f"p{number}@example.com" for number in range(10)]

    batches = await asyncio.gather(
        invite(real_alice, workspace, *addresses),
        invite(real_alice, workspace, *reversed(addresses)),
    )

    told = [each["outcome"] for batch in batches for each in batch]
    assert (told.count("invited"), told.count("already_invited")) == (10, 10)
    async with real_world.runtime.database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM workspace_invitations")) == 10


@pytest.mark.parametrize("step", ["leave", "step down", "demote", "remove"])
async def test_of_the_last_two_admins_one_stays(
    real_world: World, real_alice: Actor, workspace: Json, step: str
) -> None:
    bob = await real_world.person("bob")
    await real_alice.invite(workspace, bob, "admin")
    path = f"/workspaces/{workspace['id']}/members"
    admins = (real_alice, bob)
    if step == "leave":
        steps = [each.delete(f"{path}/me") for each in admins]
    elif step in {"step down", "demote"}:
        demotion = {"role": "viewer"}
        others = admins if step == "step down" else admins[::-1]
        steps = [
            each.patch(f"{path}/{other.user_id}", json=demotion)
            for each, other in zip(admins, others, strict=True)
        ]
    else:
        steps = [
            real_alice.delete(f"{path}/{bob.user_id}"),
            bob.delete(f"{path}/{real_alice.user_id}"),
        ]

    answers = await asyncio.gather(*steps)

    # Whoever is removed before they could remove is not there any more, and so with a role.
    codes = {answer.json()["code"] for answer in answers if answer.status_code >= 400}
    assert codes == {{"remove": "not_found", "demote": "forbidden"}.get(step, "last_admin")}
    async with real_world.runtime.database.reading() as session:
        left = text("SELECT count(*) FROM workspace_members WHERE role = 'admin'")
        assert await session.scalar(left) == 1


async def test_who_is_removed_while_changing_a_board_changes_it_before_or_not_at_all(
    real_world: World, real_alice: Actor, workspace: Json
) -> None:
    bob = await real_world.person("bob")
    await real_alice.invite(workspace, bob, "member")
    board = await real_alice.board(workspace)
    card = await real_alice.card(board)
    member = f"/workspaces/{workspace['id']}/members/{bob.user_id}"

    async def work(number: int) -> int:
        changed = await bob.patch(f"/cards/{card['id']}", json={"title": f"Title {number}"})
        return changed.status_code

    before = [asyncio.create_task(work(number)) for number in range(5)]
    removal = asyncio.create_task(real_alice.delete(member))
    after = [asyncio.create_task(work(number)) for number in range(5, 10)]

    expect(await removal, 204)
    statuses = await asyncio.gather(*before, *after)
    assert set(statuses) <= {200, 404}
    assert await work(10) == 404
    async with real_world.runtime.database.reading() as session:
        rows = await read_log(session, UUID(board["id"]), after=board["version"], limit=100)
    by_bob = [row for row in rows if row.actor_id == bob.user_id]
    assert len(by_bob) == statuses.count(200)
