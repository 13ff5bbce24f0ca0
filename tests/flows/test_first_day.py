"""What people do on their first day, from the sign-in link on, over HTTP."""

from datetime import timedelta

import httpx2
import pytest

from taskly.kit.clock import FrozenClock
from taskly.users.authentication import REMEMBERED_SECONDS
from taskly.users.local_sign_in import make_link
from tests.support.actors import Actor, Json, column, expect, titles
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def arrival(world: World, login: str = "owner") -> Actor:
    """Somebody who has just used a one-time link."""
    link = await make_link(world.runtime.database, world.runtime.settings, login)
    token = httpx2.URL(link).params["token"]
    pair = expect(await world.client.post("/api/v1/auth/local", json={"token": token}), 200)
    headers = {"Authorization": f"Bearer {pair['access_token']}"}
    me = expect(await world.client.get("/api/v1/me", headers=headers), 200)
    return Actor(world.client, me["id"], login, pair["access_token"])


async def test_from_the_sign_in_link_to_a_card_that_is_done(world: World) -> None:
    owner = await arrival(world)
    workspace = await owner.workspace("Octo Shop")
    board = await owner.board(workspace, name="Payments")
    assert (board["key"], [each["name"] for each in board["columns"]]) == (
        "PAY",
        ["To Do", "In Progress", "In Review", "Done"],
    )
    card = await owner.card(board, "Refund a payment twice", story_points=3)
    await owner.card(board, "Write it down")

    await owner.move(card, column_id=column(board, "In Progress")["id"])
    moved = await owner.move(card, column_id=column(board, "Done")["id"])

    assert (moved["key"], moved["started_at"], moved["completed_at"]) == (
        "PAY-1",
        "2026-11-23T09:00:00Z",
        "2026-11-23T09:00:00Z",
    )
    board = await owner.snapshot(board["id"])
    assert (titles(board, "To Do"), titles(board, "Done")) == (
        ["Write it down"],
        ["Refund a payment twice"],
    )
    timeline = expect(await owner.get(f"/cards/{card['id']}/timeline"), 200)["items"]
    assert [entry["type"] for entry in timeline] == ["card.moved", "card.moved", "card.created"]
    assert {entry["actor"]["user_id"] for entry in timeline} == {str(owner.user_id)}


async def test_signing_out_ends_it_within_seconds(world: World, clock: FrozenClock) -> None:
    owner = await arrival(world)
    workspace = await owner.workspace()

    expect(await owner.post("/auth/logout"), 204)
    clock.advance(timedelta(seconds=REMEMBERED_SECONDS))

    assert (await owner.get(f"/workspaces/{workspace['id']}")).status_code == 401
    again = await arrival(world)
    assert again.user_id == owner.user_id
    assert expect(await again.get(f"/workspaces/{workspace['id']}"), 200)["name"] == "Payments"


async def test_a_teammate_comes_in_and_catches_up(world: World, bob: Actor) -> None:
    owner = await arrival(world)
    workspace = await owner.workspace()
    board = await owner.board(workspace)
    card = await owner.card(board)
    assert (await bob.get(f"/boards/{board['id']}")).status_code == 404
    await owner.invite(workspace, bob, "member")
    read = await bob.get(f"/boards/{board['id']}")
    seen: Json = expect(read, 200)

    same = await bob.get(f"/boards/{board['id']}", headers={"If-None-Match": read.headers["ETag"]})
    assert same.status_code == 304
    moved = await owner.move(card, column_id=column(board, "Done")["id"])

    missed = expect(
        await bob.get(f"/boards/{board['id']}/events", params={"after": seen["version"]}), 200
    )
    assert [(each["version"], each["type"]) for each in missed["events"]] == [
        (moved["version"], "card.moved")
    ]
    assert missed["events"][0]["data"]["after"]["column_id"] == column(board, "Done")["id"]
    assert (missed["version"], missed["reset"]) == (moved["version"], False)


async def test_a_viewer_looks_and_changes_nothing(world: World, bob: Actor) -> None:
    owner = await arrival(world)
    workspace = await owner.workspace()
    board = await owner.board(workspace)
    card = await owner.card(board)
    await owner.invite(workspace, bob, "viewer")

    refused = await bob.post(
        f"/cards/{card['id']}/move", json={"column_id": column(board, "Done")["id"]}
    )

    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert titles(await bob.snapshot(board["id"]), "To Do") == ["A card"]


async def test_two_weeks_are_planned(world: World) -> None:
    owner = await arrival(world)
    workspace = await owner.workspace()
    board = await owner.board(workspace)
    path = f"/boards/{board['id']}"
    days = {"starts_on": "2026-11-23", "ends_on": "2026-12-04"}
    sprint = expect(await owner.post(f"{path}/sprints", json={"name": "Sprint 12", **days}), 201)
    bug = expect(await owner.post(f"{path}/labels", json={"name": "bug", "color": "#d73a4a"}), 201)
    card = await owner.card(board, "Round split payments", label_ids=[bug["id"]])

    plan = {"sprint_id": sprint["id"], "assignee_ids": [str(owner.user_id)], "story_points": 3}
    expect(await owner.patch(f"/cards/{card['id']}", json=plan), 200)

    [shown] = (await owner.snapshot(board["id"]))["cards"]
    assert {name: shown[name] for name in (*plan, "label_ids")} == {
        **plan,
        "label_ids": [bug["id"]],
    }
