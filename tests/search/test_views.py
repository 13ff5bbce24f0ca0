"""Saved views: private ones are their owner's, shared ones everybody's to see."""

from typing import Any

import pytest

from tests.support.actors import Actor, Json, expect
from tests.support.database import RecordingAnnouncer
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def workspace(world: World, alice: Actor, bob: Actor) -> Json:
    """A workspace of two members; Alice is its admin."""
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    return workspace


async def save(actor: Actor, workspace: Json, **fields: Any) -> Json:
    """Save a view."""
    body = {"name": "Bugs", "query": "label:bug", **fields}
    view: Json = expect(await actor.post(f"/workspaces/{workspace['id']}/views", json=body), 201)
    return view


async def names(actor: Actor, workspace: Json, **params: str) -> list[str]:
    """The views that somebody sees."""
    answer = await actor.get(f"/workspaces/{workspace['id']}/views", params=params)
    return [view["name"] for view in expect(answer, 200)["items"]]


def told(announcer: RecordingAnnouncer) -> list[tuple[str, Any, Any]]:
    """What the log says of views."""
    return [
        (each.type, each.data["before"], each.data["after"])
        for each in announcer.recorded
        if each.type.startswith("view.")
    ]


async def test_a_private_view_is_there_for_its_owner_only(
    alice: Actor, bob: Actor, workspace: Json, announcer: RecordingAnnouncer
) -> None:
    view = await save(bob, workspace)
    path = f"/views/{view['id']}"
    assert expect(await bob.get(path), 200) == view
    assert await names(bob, workspace) == ["Bugs"]
    assert await names(alice, workspace) == []
    for answer in (
        await alice.get(path),
        await alice.patch(path, json={"name": "Mine"}),
        await alice.delete(path),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert expect(await bob.get(path), 200) == view
    expect(await bob.patch(path, json={"name": "Other"}), 200)
    expect(await bob.delete(path), 204)
    assert told(announcer) == []


async def test_a_shared_view_is_seen_by_all_and_changed_by_its_owner_or_an_admin(
    world: World, alice: Actor, bob: Actor, workspace: Json
) -> None:
    carol = await world.person("carol")
    await alice.invite(workspace, carol, "member")
    view = await save(bob, workspace, shared=True)
    path = f"/views/{view['id']}"
    assert await names(carol, workspace) == ["Bugs"]
    for answer in (await carol.patch(path, json={"name": "Mine"}), await carol.delete(path)):
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert expect(await bob.patch(path, json={"name": "Ours"}), 200)["version"] == 2
    assert expect(await alice.patch(path, json={"query": "is:open"}), 200)["version"] == 3
    shown = expect(await carol.get(path), 200)
    assert (shown["name"], shown["query"]) == ("Ours", "is:open")
    expect(await alice.delete(path), 204)
    assert (await bob.get(path)).status_code == 404


async def test_the_workspace_hears_of_views_as_long_as_they_are_shared(
    bob: Actor, workspace: Json, announcer: RecordingAnnouncer
) -> None:
    view = await save(bob, workspace)
    path = f"/views/{view['id']}"
    state = {name: value for name, value in view.items() if name != "workspace_id"}
    for patch in ({"shared": True}, {"name": "Ours"}, {"name": "Ours"}, {"shared": False}):
        expect(await bob.patch(path, json=patch), 200)
    shared = {**state, "shared": True, "version": 2}
    renamed = {**shared, "name": "Ours", "version": 3}
    assert [(kind, plain(before), plain(after)) for kind, before, after in told(announcer)] == [
        ("view.shared", None, shared),
        ("view.updated", {"name": "Bugs", "version": 2}, {"name": "Ours", "version": 3}),
        ("view.unshared", renamed, None),
    ]


def plain(state: Json | None) -> Json | None:
    """A state with its ids as the API shows them."""
    if state is None:
        return None
    return {
        name: str(value) if name.endswith("id") and value is not None else value
        for name, value in state.items()
    }


async def test_a_viewer_saves_views_but_shares_none(
    world: World, alice: Actor, workspace: Json
) -> None:
    victor = await world.person("victor")
    await alice.invite(workspace, victor, "viewer")
    view = await save(victor, workspace)
    path = f"/workspaces/{workspace['id']}/views"
    body = {"name": "Ours", "query": "", "shared": True}
    assert (await victor.post(path, json=body)).json()["code"] == "forbidden"
    assert (await victor.patch(f"/views/{view['id']}", json={"shared": True})).status_code == 403
    assert await names(victor, workspace) == ["Bugs"]
    assert expect(await victor.get(f"/views/{view['id']}"), 200)["shared"] is False


async def test_a_query_that_means_nothing_is_not_stored(alice: Actor, workspace: Json) -> None:
    body = {"name": "Wrong", "query": "refund asignee:me"}
    problem = expect(await alice.post(f"/workspaces/{workspace['id']}/views", json=body), 422)
    assert problem["code"] == "query_invalid"
    [error] = problem["errors"]
    assert (error["loc"], error["start"], error["end"]) == (["body", "query"], 7, 14)
    view = await save(alice, workspace)
    answer = await alice.patch(f"/views/{view['id']}", json={"query": "is:opne"})
    assert answer.json()["code"] == "query_invalid"
    assert expect(await alice.get(f"/views/{view['id']}"), 200) == view


async def test_a_view_of_a_board_goes_with_it(alice: Actor, workspace: Json) -> None:
    board = await alice.board(workspace)
    layout = {"kind": "board", "group_by": "assignee", "sort": [{"by": "due", "descending": True}]}
    view = await save(alice, workspace, board_id=board["id"], layout=layout)
    await save(alice, workspace, name="Everywhere")
    assert (view["board_id"], view["layout"]) == (board["id"], layout)
    assert await names(alice, workspace) == ["Bugs", "Everywhere"]
    assert await names(alice, workspace, board_id=board["id"]) == ["Bugs"]
    expect(await alice.delete(f"/boards/{board['id']}"), 204)
    assert await names(alice, workspace) == ["Everywhere"]


async def test_a_view_changes_only_from_the_version_that_was_named(
    alice: Actor, workspace: Json
) -> None:
    view = await save(alice, workspace)
    path = f"/views/{view['id']}"
    assert (await alice.get(path)).headers["etag"] == '"1"'
    expect(await alice.patch(path, json={"name": "Two"}, headers={"If-Match": '"1"'}), 200)
    for answer in (
        await alice.patch(path, json={"name": "Three"}, headers={"If-Match": '"1"'}),
        await alice.delete(path, headers={"If-Match": '"1"'}),
    ):
        assert answer.json()["code"] == "version_mismatch"
    assert expect(await alice.get(path), 200)["name"] == "Two"


async def test_a_person_keeps_a_hundred_views_of_a_workspace(
    alice: Actor, bob: Actor, workspace: Json
) -> None:
    for number in range(100):
        await save(alice, workspace, name=f"View {number}")
    body = {"name": "One more", "query": ""}
    answer = await alice.post(f"/workspaces/{workspace['id']}/views", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_views")
    await save(bob, workspace)
