"""Everything about a person, for their own eyes: complete, without what opens doors, never of others' rooms."""

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.migrations.tables import METADATA
from taskly.platform.context import SYSTEM
from taskly.platform.http.problems import NotSignedIn
from taskly.privacy import exporting
from taskly.privacy.holdings import HOLDINGS
from taskly.users.principal import Principal
from tests.support.actors import Actor, Json, column, expect
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def board(alice: Actor, bob: Actor) -> Json:
    """A board of alice's workspace, with bob in it."""
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    return await alice.board(workspace)


async def exported(actor: Actor) -> Json:
    """What the actor is handed."""
    answer = await actor.get("/me/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="taskly-me.json"'
    document: Json = expect(answer, 200)
    return document


def test_every_reference_to_people_is_in_the_list() -> None:
    references = {
        (table.name, key.parent.name)
        for table in METADATA.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "users"
    }
    actors = {
        (table.name, each.name)
        for table in METADATA.sorted_tables
        for each in table.columns
        if each.name in {"actor_id", "user_id"}
    }
    assert {(each.table, each.by) for each in HOLDINGS} == references | actors


async def give_profile(world: World, actor: Actor) -> None:
    """What GitHub tells of somebody."""
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(
            text(
                "UPDATE users SET github_id = 42, email = 'bob@example.com', github_token = 'sealed',"
                " verified_emails = ARRAY['bob@example.com'] WHERE id = :id"
            ),
            {"id": actor.user_id},
        )


async def live(alice: Actor, bob: Actor, board: Json) -> list[Json]:
    """Bob does something of everything; the cards that he made, is on, and watches."""
    path = f"/workspaces/{board['workspace_id']}"
    made = await bob.card(board, "made")
    given = await alice.card(board, "given", assignee_ids=[str(bob.user_id)])
    other = await alice.card(board, "other")
    expect(await bob.post(f"/cards/{other['id']}/comments", json={"body": "Hm"}), 201)
    expect(await bob.request("PUT", f"/cards/{other['id']}/watchers/me"), 204)
    view = {"name": "Mine", "query": "assignee:me"}
    expect(await bob.post(f"{path}/views", json=view), 201)
    expect(await bob.post("/me/tokens", json={"name": "ci", "scopes": ["read"]}), 201)
    elsewhere = await alice.workspace("Elsewhere")
    invited = {"emails": ["Bob@example.com"]}
    expect(await alice.post(f"/workspaces/{elsewhere['id']}/invitations", json=invited), 201)
    return [made, given, other]


async def test_the_file_holds_all_that_somebody_is_made_and_did(
    world: World, alice: Actor, bob: Actor, board: Json
) -> None:
    await give_profile(world, bob)
    made, given, other = await live(alice, bob, board)

    found = await exported(bob)

    assert (found["format"], found["version"]) == ("taskly.person", 1)
    [profile] = found["profile"]
    assert (profile["login"], profile["github_id"]) == ("bob", 42)
    assert profile["email"] == "bob@example.com"
    assert [each["name"] for each in found["workspaces"]] == ["Payments"]
    assert [each["role"] for each in found["memberships"]] == ["member"]
    assert [each["email"] for each in found["invitations_received"]] == ["Bob@example.com"]
    assert [each["title"] for each in found["cards"]] == ["made", "given"]
    assert [each["card_id"] for each in found["assigned_cards"]] == [given["id"]]
    assert [each["card_id"] for each in found["watched_cards"]] == [other["id"]]
    assert [each["body"] for each in found["comments"]] == ["Hm"]
    assert [each["query"] for each in found["saved_views"]] == ["assignee:me"]
    assert [each["name"] for each in found["personal_tokens"]] == ["ci"]
    assert len(found["sessions"]) == 1
    assert [each["type"] for each in found["events"]] == [
        "card.created",
        "comment.created",
        "card.counted",
    ]
    assert found["events"][0]["data"]["after"]["title"] == made["title"]
    assert [each["type"] for each in found["audit_log"]] == ["session.started", "token.created"]


async def test_nothing_in_the_file_opens_a_door(world: World, bob: Actor) -> None:
    token = expect(await bob.post("/me/tokens", json={"name": "ci", "scopes": ["read"]}), 201)
    keyed = {"Idempotency-Key": "once"}
    expect(await bob.post("/workspaces", json={"name": "Bobs"}, headers=keyed), 201)

    found = await exported(bob)

    names = {
        name for rows in found.values() if isinstance(rows, list) for row in rows for name in row
    }
    assert not {name for name in names if "hash" in name or name.startswith("github_token")} - {
        "github_token_expires_at"
    }
    assert token["token"] not in json.dumps(found)
    assert bob.token not in json.dumps(found)


async def test_of_a_workspace_that_somebody_has_left_they_get_what_they_did_and_wrote(
    alice: Actor, bob: Actor, board: Json
) -> None:
    card = await bob.card(board, "secret by now", assignee_ids=[str(bob.user_id)])
    expect(await bob.post(f"/cards/{card['id']}/comments", json={"body": "my words"}), 201)
    expect(await alice.delete(f"/workspaces/{board['workspace_id']}/members/{bob.user_id}"), 204)

    found = await exported(bob)

    assert (found["workspaces"], found["memberships"], found["cards"]) == ([], [], [])
    assert {each["data"] for each in found["events"]} == {None}
    assert [each["body"] for each in found["comments"]] == ["my words"]
    assert "secret by now" not in json.dumps(found)


async def test_of_others_there_is_nothing(alice: Actor, bob: Actor, board: Json) -> None:
    card = await alice.card(board, "hers")
    expect(await alice.post(f"/cards/{card['id']}/comments", json={"body": "hers too"}), 201)
    await alice.move(card, column_id=column(board, "Done")["id"])

    found = await exported(bob)

    assert (found["cards"], found["comments"], found["events"]) == ([], [], [])
    assert str(alice.user_id) not in json.dumps(found)


async def test_many_rows_come_in_pages_each_once(
    world: World, bob: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "ROWS_AT_A_TIME", 2)
    board = await bob.board(await bob.workspace())
    cards = [await bob.card(board, f"card {number}") for number in range(4)]

    found = await exported(bob)

    assert [each["id"] for each in found["cards"]] == [card["id"] for card in cards]


async def test_whoever_is_signed_out_gets_no_further_page(world: World, bob: Actor) -> None:
    async with world.runtime.database.reading() as session:
        session_id: Any = await session.scalar(
            text("SELECT id FROM sessions WHERE user_id = :bob"), {"bob": bob.user_id}
        )
    file = exporting.export(world.runtime, Principal(bob.user_id, session_id=UUID(str(session_id))))
    assert (await anext(file)).startswith(b'{"format":"taskly.person"')
    expect(await bob.post("/auth/logout"), 204)

    with pytest.raises(NotSignedIn):
        [part async for part in file]
