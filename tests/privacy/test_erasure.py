"""Somebody deletes their account: they are gone, and the work of others and for others stays."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.platform.context import SYSTEM
from taskly.privacy.rules import former_login
from taskly.users.github_oauth import GitHubProfile
from taskly.users.github_sign_in import _recognise
from tests.contract.tenants import state_of
from tests.privacy.zaphod import EMAIL, LOGIN, NAME, go, leave_traces, settle
from tests.support.actors import Actor, Json, expect
from tests.support.purging import purge
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def test_work_stays_under_the_former_member(
    world: World, alice: Actor, zaphod: Actor, board: Json
) -> None:
    card = await leave_traces(world, alice, zaphod, board)
    workspace = f"/workspaces/{board['workspace_id']}"

    expect(await go(zaphod), 204)
    await settle(world)

    his, hers = expect(await alice.get(f"/cards/{card['id']}/comments"), 200)["items"]
    assert (his["author_id"], his["body"]) == (str(zaphod.user_id), "I was here.")
    assert hers["body"] == "@former_member?"
    entries = expect(await alice.get(f"/cards/{card['id']}/timeline"), 200)["items"]
    assert entries[-1]["actor"]["user_id"] == str(zaphod.user_id)
    audit = expect(await alice.get(f"{workspace}/audit"), 200)["items"]
    assert (audit[0]["type"], audit[0]["actor"]["name"]) == ("member.removed", "Former member")
    assert (audit[0]["address"], audit[0]["user_agent"]) == (None, None)
    people = expect(await alice.get(f"{workspace}/members"), 200)["items"]
    assert [each["login"] for each in people] == ["alice"]
    views = expect(await alice.get(f"{workspace}/views"), 200)["items"]
    assert [(each["owner_id"], each["query"]) for each in views] == [
        (str(zaphod.user_id), "assignee:former_member"),
        (str(alice.user_id), "assignee:me,former_member,former_member"),
    ]
    async with world.runtime.database.reading() as session:
        user = (
            await session.execute(
                text("SELECT * FROM users WHERE id = :id"), {"id": zaphod.user_id}
            )
        ).one()
    assert (user.login, user.name) == (former_login(zaphod.user_id), "Former member")
    assert (user.github_id, user.email, user.avatar_url, user.github_token) == (None,) * 4


async def test_the_log_of_a_left_workspace_says_so_and_cards_are_freed(
    world: World, alice: Actor, zaphod: Actor, board: Json
) -> None:
    await zaphod.card(board, assignee_ids=[str(zaphod.user_id)])

    expect(await go(zaphod), 204)

    announcer: Any = world.runtime.database.announcer
    removed = announcer.recorded[-1]
    assert (removed.type, removed.data["id"]) == ("member.removed", zaphod.user_id)
    assert announcer.promised[-1].spec.kind == "cards.unassign_member"


async def test_an_open_invitation_is_revoked_and_its_link_leads_nowhere(
    world: World, alice: Actor, zaphod: Actor
) -> None:
    workspace = await alice.workspace()
    path = f"/workspaces/{workspace['id']}"
    invited = expect(await alice.post(f"{path}/invitations", json={"emails": [EMAIL]}), 201)
    token = invited["items"][0]["link"].partition("#token=")[2]

    expect(await go(zaphod), 204)

    assert expect(await alice.get(f"{path}/invitations"), 200)["items"] == []
    audit = expect(await alice.get(f"{path}/audit"), 200)["items"]
    assert audit[0]["type"] == "invitation.revoked"
    looked_up = await alice.post("/invitations/look-up", json={"token": token})
    assert expect(looked_up, 404)["code"] == "invitation_not_found"


async def test_nothing_signs_somebody_in_who_has_gone(world: World, zaphod: Actor) -> None:
    token = expect(await zaphod.post("/me/tokens", json={"name": "a", "scopes": ["read"]}), 201)
    expect(await go(zaphod), 204)
    world.runtime.belongings._things.clear()  # what a process remembers for three seconds

    for secret in (zaphod.token, token["token"]):
        late = Actor(zaphod.client, zaphod.user_id, zaphod.login, secret)
        assert expect(await late.get("/me"), 401)["code"] == "not_signed_in"


async def test_the_same_account_at_github_is_somebody_new(
    world: World, alice: Actor, zaphod: Actor, board: Json
) -> None:
    expect(await go(zaphod), 204)

    profile = GitHubProfile(
        id=4242, login=LOGIN, name=NAME, email=EMAIL, verified_emails=(EMAIL,), avatar_url=None
    )
    async with world.runtime.database.transaction(SYSTEM) as tx:
        again = await _recognise(tx, profile)
        await tx.session.flush()

    assert again.id != zaphod.user_id
    assert (again.login, again.deleted_at) == (LOGIN, None)


async def test_a_workspace_in_which_somebody_is_alone_goes_with_them(
    world: World, alice: Actor, zaphod: Actor, board: Json
) -> None:
    own = await zaphod.board(await zaphod.workspace("Own"))
    await zaphod.card(own)

    expect(await go(zaphod), 204)
    await purge(world)

    async with world.runtime.database.reading() as session:
        left = await session.scalars(text("SELECT id FROM boards"))
        assert set(left) == {UUID(board["id"])}
    announcer: Any = world.runtime.database.announcer
    assert {"workspace.deleted", "board.deleted", "member.removed"} <= {
        each.type for each in announcer.recorded
    }


async def test_the_last_admin_has_to_hand_over_first(
    world: World, alice: Actor, zaphod: Actor, board: Json
) -> None:
    needy = await zaphod.workspace("Heart of Gold")
    await zaphod.invite(needy, alice, "member")
    before = await state_of(world)

    refused = expect(await go(zaphod), 409)

    assert refused["code"] == "still_needed"
    assert refused["workspaces"] == [{"id": needy["id"], "name": "Heart of Gold"}]
    assert await state_of(world) == before
    member = f"/workspaces/{needy['id']}/members/{alice.user_id}"
    expect(await zaphod.patch(member, json={"role": "admin"}), 200)
    expect(await go(zaphod), 204)


@pytest.mark.parametrize("login", ["Zaphod-b", "zaphod-b ", "", "alice"])
async def test_another_login_deletes_nothing(world: World, zaphod: Actor, login: str) -> None:
    before = await state_of(world)

    assert expect(await go(zaphod, login), 422)["code"] == "login_differs"
    assert await state_of(world) == before


async def test_who_has_gone_is_no_admin_that_a_workspace_could_keep(
    world: World, alice: Actor, zaphod: Actor
) -> None:
    workspace = await alice.workspace()
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(
            text("INSERT INTO workspace_members VALUES (:workspace, :zaphod, 'admin')"),
            {"workspace": UUID(workspace["id"]), "zaphod": zaphod.user_id},
        )
        await tx.session.execute(
            text("UPDATE users SET deleted_at = now() WHERE id = :id"), {"id": zaphod.user_id}
        )

    refused = await alice.delete(f"/workspaces/{workspace['id']}/members/me")

    assert expect(refused, 409)["code"] == "last_admin"
