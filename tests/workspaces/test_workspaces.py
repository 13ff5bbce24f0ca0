"""Workspaces and their people, as the API promises it."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from tests.contract.tenants import state_of
from tests.support.actors import Actor, Json, expect
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def test_who_makes_a_workspace_is_its_admin(alice: Actor, workspace: Json) -> None:
    members = expect(await alice.get(f"/workspaces/{workspace['id']}/members"), 200)["items"]

    assert workspace["role"] == "admin"
    assert [(each["login"], each["role"], each["capacity"]) for each in members] == [
        ("alice", "admin", 20)
    ]


async def test_everybody_lists_only_the_workspaces_they_are_in(
    alice: Actor, bob: Actor, workspace: Json
) -> None:
    theirs = await bob.workspace("Theirs")
    await alice.invite(workspace, bob, "viewer")

    listed = expect(await bob.get("/workspaces"), 200)["items"]

    assert [(each["id"], each["role"]) for each in listed] == [
        (workspace["id"], "viewer"),
        (theirs["id"], "admin"),
    ]
    assert [each["id"] for each in expect(await alice.get("/workspaces"), 200)["items"]] == [
        workspace["id"]
    ]


async def test_a_new_name_makes_a_version_and_the_same_name_does_not(
    alice: Actor, workspace: Json
) -> None:
    path = f"/workspaces/{workspace['id']}"
    renamed = expect(await alice.patch(path, json={"name": "Shop"}), 200)

    assert renamed == workspace | {"name": "Shop", "version": workspace["version"] + 1}
    assert expect(await alice.patch(path, json={"name": "Shop"}), 200) == renamed


async def test_days_are_those_of_the_time_zone_that_admins_choose(
    alice: Actor, workspace: Json
) -> None:
    path = f"/workspaces/{workspace['id']}"
    assert workspace["time_zone"] == "UTC"

    changed = expect(await alice.patch(path, json={"time_zone": "Asia/Kathmandu"}), 200)

    assert (changed["name"], changed["time_zone"]) == (workspace["name"], "Asia/Kathmandu")
    assert changed["version"] == workspace["version"] + 1


@pytest.mark.parametrize(
    "zone", ["Europe/Atlantis", "europe/berlin", "+02:00", "../UTC", "", "Factory"]
)
async def test_a_time_zone_that_nobody_knows_is_refused(
    alice: Actor, workspace: Json, zone: str
) -> None:
    path = f"/workspaces/{workspace['id']}"

    assert expect(await alice.patch(path, json={"time_zone": zone}), 422)["code"] == "invalid"

    assert expect(await alice.get(path), 200) == workspace


async def test_somebody_is_taken_in_once_and_only_if_known(
    alice: Actor, bob: Actor, workspace: Json
) -> None:
    path = f"/workspaces/{workspace['id']}/members"
    await alice.invite(workspace, bob, "member")

    again = await alice.post(path, json={"login": "bob"})
    unknown = await alice.post(path, json={"login": "nobody"})

    assert expect(again, 409)["code"] == "already_member"
    assert expect(unknown, 422)["code"] == "no_such_user"


async def test_role_and_capacity_change_apart(alice: Actor, bob: Actor, workspace: Json) -> None:
    await alice.invite(workspace, bob, "member")
    path = f"/workspaces/{workspace['id']}/members/{bob.user_id}"

    busy = expect(await alice.patch(path, json={"capacity": 5}), 200)
    watching = expect(await alice.patch(path, json={"role": "viewer"}), 200)

    assert (busy["role"], busy["capacity"]) == ("member", 5)
    assert (watching["role"], watching["capacity"]) == ("viewer", 5)


async def test_the_last_admin_stays_admin(alice: Actor, bob: Actor, workspace: Json) -> None:
    await alice.invite(workspace, bob, "member")
    members = f"/workspaces/{workspace['id']}/members"

    demoted = await alice.patch(f"{members}/{alice.user_id}", json={"role": "member"})
    removed = await alice.delete(f"{members}/{alice.user_id}")
    left = await alice.delete(f"{members}/me")

    assert [expect(each, 409)["code"] for each in (demoted, removed, left)] == ["last_admin"] * 3
    assert left.json()["detail"].endswith(": make somebody else admin, or delete the workspace")


async def test_an_admin_leaves_when_there_is_another(
    alice: Actor, bob: Actor, workspace: Json
) -> None:
    await alice.invite(workspace, bob, "admin")

    expect(await alice.delete(f"/workspaces/{workspace['id']}/members/me"), 204)

    answer = await alice.get(f"/workspaces/{workspace['id']}")
    assert expect(answer, 404)["code"] == "not_found"
    assert expect(await alice.get("/workspaces"), 200)["items"] == []


async def test_access_ends_at_once_with_the_removal(
    alice: Actor, bob: Actor, workspace: Json
) -> None:
    await alice.invite(workspace, bob, "member")
    board = await alice.board(workspace)
    card = await bob.card(board)

    expect(await alice.delete(f"/workspaces/{workspace['id']}/members/{bob.user_id}"), 204)

    assert expect(await bob.get(f"/boards/{board['id']}"), 404)["code"] == "not_found"
    refused = await bob.patch(f"/cards/{card['id']}", json={"title": "mine"})
    assert expect(refused, 404)["code"] == "not_found"


async def test_where_people_are_asked_first_nobody_is_added_by_login(
    world: World, alice: Actor, bob: Actor, workspace: Json
) -> None:
    settings = world.runtime.settings.model_copy(update={"github_client_id": "id"})
    settings = settings.model_copy(update={"github_client_secret": SecretStr("secret")})
    world.app.state.runtime = replace(world.runtime, settings=settings)
    before = await state_of(world)
    path = f"/workspaces/{workspace['id']}/members"

    refused = await alice.post(path, json={"login": "bob"})

    assert expect(refused, 403)["code"] == "invitation_needed"
    assert await state_of(world) == before
    assert expect(await bob.post(path, json={"login": "bob"}), 404)["code"] == "not_found"
    allowed = settings.model_copy(update={"direct_members": True})
    world.app.state.runtime = replace(world.runtime, settings=allowed)
    expect(await alice.post(path, json={"login": "bob"}), 201)
