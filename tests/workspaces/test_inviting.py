"""Inviting people: each address gets its answer, links end, and addresses stay with admins."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.kit.clock import FrozenClock
from taskly.kit.tokens import hash_token
from taskly.platform.events.log import read_log
from tests.contract.tenants import state_of
from tests.support.actors import Actor, Json, expect
from tests.support.database import RecordingAnnouncer
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


async def test_without_mail_the_admin_gets_a_link_for_each_address(
    world: World, alice: Actor, workspace: Json
) -> None:
    ben, cleo = await invite(alice, workspace, "ben@example.com", "Cleo@example.com", role="viewer")

    assert [each["outcome"] for each in (ben, cleo)] == ["invited", "invited"]
    assert cleo["invitation"] == {
        "id": cleo["invitation"]["id"],
        "email": "Cleo@example.com",
        "role": "viewer",
        "state": "pending",
        "invited_by": "Alice",
        "created_at": "2026-11-23T09:00:00Z",
        "expires_at": "2026-11-30T09:00:00Z",
    }
    assert token_in(ben) != token_in(cleo)
    async with world.runtime.database.reading() as session:
        rows = await session.execute(text("SELECT id, token_hash FROM workspace_invitations"))
        kept = {str(row.id): row.token_hash for row in rows}
    assert kept == {each["invitation"]["id"]: hash_token(token_in(each)) for each in (ben, cleo)}


async def test_every_address_is_answered_in_its_place(
    alice: Actor, bob: Actor, workspace: Json, verify: Verify
) -> None:
    await verify(bob, "bob@example.com", "Bob.Two@example.com")
    await alice.invite(workspace, bob, "member")
    [earlier] = await invite(alice, workspace, "ann@example.com")

    answers = await invite(
        alice,
        workspace,
        "ANN@example.com",
        "new@example.com",
        "New@Example.com",
        "BOB@example.com",
        "bob.two@example.com",
        "bob@example.com",
    )

    assert [(each["email"], each["outcome"]) for each in answers] == [
        ("ANN@example.com", "already_invited"),
        ("new@example.com", "invited"),
        ("New@Example.com", "repeated"),
        ("BOB@example.com", "already_member"),
        ("bob.two@example.com", "already_member"),
        ("bob@example.com", "repeated"),
    ]
    assert answers[0]["invitation"] == earlier["invitation"]
    assert [each["link"] is None for each in answers] == [True, False, True, True, True, True]
    listed = expect(await alice.get(path_of(workspace)), 200)["items"]
    assert [each["email"] for each in listed] == ["ann@example.com", "new@example.com"]


@pytest.mark.parametrize(
    "emails",
    [
        [],
        [f"p{number}@example.com" for number in range(51)],
        ["mona"],
        ["fine@example.com", "mona"],
        ["mona@"],
        ["@example.com"],
        ["mona@example.com\nBcc: all@example.com"],
        ["mona@exam ple.com"],
        ["mona@example..com"],
        ["Mona <mona@example.com>"],
        ["möna@example.com"],
        [f"{'m' * 65}@example.com"],
        [f"mona@{'e' * 63}.{'e' * 63}.{'e' * 63}.{'e' * 63}.com"],
    ],
)
async def test_what_is_no_list_of_addresses_invites_nobody(
    world: World, alice: Actor, workspace: Json, emails: list[str]
) -> None:
    before = await state_of(world)

    refused = await alice.post(path_of(workspace), json={"emails": emails})

    assert expect(refused, 422)["code"] == "invalid"
    assert await state_of(world) == before


async def test_an_invitation_that_expired_is_made_anew(
    alice: Actor, bob: Actor, workspace: Json, clock: FrozenClock
) -> None:
    await stay_signed_in(alice, bob)
    [first] = await invite(alice, workspace, "ben@example.com", role="viewer")
    clock.advance(timedelta(days=7))
    [listed] = expect(await alice.get(path_of(workspace)), 200)["items"]

    [second] = await invite(alice, workspace, "Ben@example.com", role="member")

    assert listed["state"] == "expired"
    assert second["outcome"] == "invited"
    assert second["invitation"]["id"] == first["invitation"]["id"]
    assert second["invitation"]["state"] == "pending"
    assert expect(await accept(bob, token_in(first)), 404)["code"] == "invitation_not_found"
    assert expect(await accept(bob, token_in(second)), 200)["role"] == "member"


async def test_at_most_a_hundred_are_open(
    world: World, alice: Actor, workspace: Json, clock: FrozenClock
) -> None:
    await stay_signed_in(alice)
    for batch in range(2):
        await invite(alice, workspace, *(f"p{batch}.{each}@example.com" for each in range(50)))
    before = await state_of(world)

    refused = await alice.post(path_of(workspace), json={"emails": ["more@example.com"]})

    assert expect(refused, 409)["code"] == "too_many_invitations"
    assert await state_of(world) == before
    # Who is invited already takes no further place, and what has expired takes none.
    [known] = await invite(alice, workspace, "p0.0@example.com")
    assert known["outcome"] == "already_invited"
    clock.advance(timedelta(days=7))
    [late] = await invite(alice, workspace, "more@example.com")
    assert late["outcome"] == "invited"


async def test_sending_once_more_ends_the_former_link(
    world: World, alice: Actor, bob: Actor, workspace: Json, clock: FrozenClock
) -> None:
    await stay_signed_in(alice, bob)
    [first] = await invite(alice, workspace, "ben@example.com")
    clock.advance(timedelta(days=3))

    path = f"{path_of(workspace)}/{first['invitation']['id']}/resend"
    second = expect(await alice.post(path), 200)

    assert second["invitation"] == first["invitation"] | {"expires_at": "2026-12-03T09:00:00Z"}
    assert expect(await look_up(world.client, token_in(first)), 404)["code"] == (
        "invitation_not_found"
    )
    assert expect(await accept(bob, token_in(first)), 404)["code"] == "invitation_not_found"
    expect(await accept(bob, token_in(second)), 200)


async def test_a_revoked_invitation_says_so_and_leaves_the_list(
    alice: Actor, bob: Actor, workspace: Json
) -> None:
    [sent] = await invite(alice, workspace, "ben@example.com")
    path = f"{path_of(workspace)}/{sent['invitation']['id']}"

    expect(await alice.delete(path), 204)

    assert expect(await accept(bob, token_in(sent)), 409)["code"] == "invitation_revoked"
    assert expect(await alice.get(path_of(workspace)), 200)["items"] == []
    assert expect(await alice.delete(path), 404)["code"] == "not_found"
    assert expect(await alice.post(f"{path}/resend"), 404)["code"] == "not_found"
    [again] = await invite(alice, workspace, "ben@example.com")
    assert again["invitation"]["id"] != sent["invitation"]["id"]


@pytest.mark.parametrize("end", ["removed", "demoted", "left"])
async def test_what_an_admin_has_invited_ends_when_they_are_none_any_more(
    alice: Actor, bob: Actor, workspace: Json, end: str
) -> None:
    await alice.invite(workspace, bob, "admin")
    [hers] = await invite(alice, workspace, "ann@example.com")
    [his] = await invite(bob, workspace, "ben@example.com")
    [kept] = await invite(bob, workspace, "cleo@example.com")
    resent = f"{path_of(workspace)}/{kept['invitation']['id']}/resend"
    kept = expect(await alice.post(resent), 200)
    member = f"/workspaces/{workspace['id']}/members/{bob.user_id}"

    if end == "removed":
        expect(await alice.delete(member), 204)
    elif end == "demoted":
        expect(await alice.patch(member, json={"role": "member"}), 200)
    else:
        expect(await bob.delete(f"/workspaces/{workspace['id']}/members/me"), 204)

    listed = expect(await alice.get(path_of(workspace)), 200)["items"]
    assert [each["email"] for each in listed] == ["ann@example.com", "cleo@example.com"]
    assert hers["invitation"] in listed
    newcomer = bob if end != "demoted" else alice
    refused = await accept(newcomer, token_in(his))
    assert expect(refused, 409)["code"] == "invitation_revoked"


async def test_the_log_shows_masked_addresses_and_no_token(
    world: World, alice: Actor, workspace: Json, announcer: RecordingAnnouncer
) -> None:
    [sent] = await invite(alice, workspace, "mona@example.com")
    path = f"{path_of(workspace)}/{sent['invitation']['id']}"
    again = expect(await alice.post(f"{path}/resend"), 200)
    expect(await alice.delete(path), 204)

    async with world.runtime.database.reading() as session:
        log = await read_log(session, UUID(workspace["id"]), after=2, limit=10)
    assert [row.type for row in log] == [
        "invitation.created",
        "invitation.renewed",
        "invitation.revoked",
    ]
    assert log[0].data == {
        "entity": "invitation",
        "id": sent["invitation"]["id"],
        "before": None,
        "after": {
            "email": "m…@e….com",
            "role": "member",
            "expires_at": "2026-11-30T09:00:00Z",
        },
    }
    told = f"{[row.data for row in log]} {announcer.recorded} {announcer.promised}"
    for secret in ("mona@example.com", token_in(sent), token_in(again)):
        assert secret not in told


async def test_members_see_no_invitations(alice: Actor, bob: Actor, workspace: Json) -> None:
    await alice.invite(workspace, bob, "member")
    await invite(alice, workspace, "ann@example.com")

    assert expect(await bob.get(path_of(workspace)), 403)["code"] == "forbidden"
