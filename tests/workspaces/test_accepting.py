"""Accepting an invitation: once, in time, and by whom it was sent to."""

from datetime import timedelta
from uuid import UUID

import pytest

from taskly.kit.clock import FrozenClock
from taskly.platform.events.log import read_log
from tests.contract.tenants import state_of
from tests.support.actors import Actor, Json, expect
from tests.support.world import World
from tests.workspaces.invitations import (
    Verify,
    accept,
    invite,
    look_up,
    path_of,
    stay_signed_in,
    token_in,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def token(alice: Actor, workspace: Json) -> str:
    """Of an invitation as a viewer, sent to bob's address."""
    [sent] = await invite(alice, workspace, "Bob@example.com", role="viewer")
    return token_in(sent)


async def test_whoever_accepts_is_in_with_the_role_that_was_offered(
    world: World, alice: Actor, bob: Actor, workspace: Json, token: str
) -> None:
    joined = expect(await accept(bob, token), 200)

    present = expect(await alice.get(f"/workspaces/{workspace['id']}"), 200)
    assert joined == present | {"role": "viewer"}
    members = expect(await alice.get(f"/workspaces/{workspace['id']}/members"), 200)["items"]
    assert [(each["login"], each["role"]) for each in members] == [
        ("alice", "admin"),
        ("bob", "viewer"),
    ]
    assert expect(await alice.get(path_of(workspace)), 200)["items"] == []
    async with world.runtime.database.reading() as session:
        log = await read_log(session, UUID(workspace["id"]), after=3, limit=10)
    assert [(row.type, row.actor_id) for row in log] == [
        ("invitation.accepted", bob.user_id),
        ("member.added", bob.user_id),
    ]


async def test_anybody_with_the_link_sees_who_invites_to_what_and_no_more(
    world: World, token: str
) -> None:
    assert expect(await look_up(world.client, token), 200) == {
        "workspace_name": "Payments",
        "invited_by": "Alice",
        "state": "pending",
        "expires_at": "2026-11-30T09:00:00Z",
    }


async def test_an_invitation_is_good_once(
    world: World, alice: Actor, bob: Actor, token: str
) -> None:
    expect(await accept(bob, token), 200)
    carl = await world.person("carl")

    assert expect(await accept(carl, token), 409)["code"] == "invitation_used"
    assert expect(await accept(bob, token), 409)["code"] == "invitation_used"
    assert expect(await look_up(world.client, token), 200)["state"] == "accepted"
    assert expect(await carl.get("/workspaces"), 200)["items"] == []


async def test_an_invitation_ends_after_seven_days(
    world: World, bob: Actor, token: str, clock: FrozenClock
) -> None:
    await stay_signed_in(bob)
    clock.advance(timedelta(days=7))

    assert expect(await accept(bob, token), 409)["code"] == "invitation_expired"
    assert expect(await look_up(world.client, token), 200)["state"] == "expired"
    assert expect(await bob.get("/workspaces"), 200)["items"] == []


async def test_an_invitation_is_good_to_the_last_second(
    bob: Actor, token: str, clock: FrozenClock
) -> None:
    await stay_signed_in(bob)
    clock.advance(timedelta(days=7, seconds=-1))

    expect(await accept(bob, token), 200)


@pytest.mark.parametrize("addresses", [(), ("bob@example.com",), ("b@x.org", "BOB@EXAMPLE.COM")])
async def test_it_is_for_whom_the_address_is_verified_or_no_address_is_known(
    bob: Actor, token: str, verify: Verify, addresses: tuple[str, ...]
) -> None:
    if addresses:
        await verify(bob, *addresses)

    expect(await accept(bob, token), 200)


async def test_it_is_for_nobody_else_whose_addresses_are_known(
    world: World, bob: Actor, token: str, verify: Verify
) -> None:
    await verify(bob, "bob@elsewhere.example", "bob@example.com.evil.example")
    before = await state_of(world)

    refused = expect(await accept(bob, token), 403)

    assert refused["code"] == "invitation_for_another"
    assert "B…@e….com" in refused["detail"]
    assert "Bob@example.com" not in str(refused)
    assert await state_of(world) == before


async def test_who_is_in_already_does_not_use_it_up(
    alice: Actor, bob: Actor, token: str, workspace: Json
) -> None:
    assert expect(await accept(alice, token), 409)["code"] == "already_member"

    expect(await accept(bob, token), 200)


async def test_with_its_workspace_an_invitation_is_gone(
    alice: Actor, bob: Actor, token: str, workspace: Json
) -> None:
    path = f"/workspaces/{workspace['id']}"
    expect(await alice.request("DELETE", path, json={"name": "Payments"}), 204)

    assert expect(await accept(bob, token), 404)["code"] == "invitation_not_found"


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 200, "ü"])
async def test_an_invented_token_leads_nowhere(world: World, bob: Actor, token: str) -> None:
    before = await state_of(world)

    for answer in (await accept(bob, token), await look_up(world.client, token)):
        assert answer.status_code in {400, 404, 422}
    assert await state_of(world) == before
