"""The same request again, with an `Idempotency-Key`: carried out once, answered as the first time."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from taskly.api.app import create_app
from taskly.kit.clock import FrozenClock
from taskly.platform.context import SYSTEM
from taskly.platform.db.session import Database
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.users.idempotency import forget_answers
from tests.conftest import make_runtime
from tests.support.actors import Actor, Json
from tests.support.database import RecordingAnnouncer
from tests.support.waiting import wait_for_lock_waits
from tests.support.world import World, serving

pytestmark = pytest.mark.anyio

KEY = "5f0c7a52-4a55-4cbb-93a5-0c8ff1d7d9c7"


async def once(actor: Actor, path: str, body: Json, key: str = KEY, **headers: str) -> Any:
    """A POST with a key."""
    return await actor.post(path, json=body, headers={"Idempotency-Key": key, **headers})


def code(answer: httpx2.Response) -> tuple[int, str]:
    """Status and code of a problem."""
    return answer.status_code, answer.json()["code"]


async def titles(actor: Actor, board: Json) -> list[str]:
    """The titles of a board's cards."""
    return [card["title"] for card in (await actor.snapshot(board["id"]))["cards"]]


async def kept(world: World) -> list[Any]:
    """The stored rows."""
    async with world.runtime.database.reading() as session:
        return list((await session.execute(text("SELECT * FROM idempotency_keys"))).all())


async def test_a_repeated_request_is_answered_as_before_and_not_carried_out(alice: Actor) -> None:
    board = await alice.board(await alice.workspace())
    path = f"/boards/{board['id']}/cards"

    first = await once(alice, path, {"title": "Pay by card"})
    again = await once(alice, path, {"title": "Pay by card"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert await titles(alice, board) == ["Pay by card"]
    same = ("Content-Type", "Operation-ID")
    assert [again.headers[name] for name in same] == [first.headers[name] for name in same]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["X-Request-ID"] != first.headers["X-Request-ID"]


async def test_what_was_answered_comes_again_even_when_the_thing_has_changed(alice: Actor) -> None:
    board = await alice.board(await alice.workspace())
    path = f"/boards/{board['id']}/cards"
    first = await once(alice, path, {"title": "Pay by card"})
    await alice.delete(f"/cards/{first.json()['id']}")

    again = await once(alice, path, {"title": "Pay by card"})

    assert (again.status_code, again.content) == (201, first.content)
    assert await titles(alice, board) == []


async def test_a_key_belongs_to_one_request(alice: Actor) -> None:
    board = await alice.board(await alice.workspace())
    path = f"/boards/{board['id']}/cards"
    card = (await once(alice, path, {"title": "Pay by card"})).json()

    others = [
        await once(alice, path, {"title": "Pay by transfer"}),
        await once(alice, f"{path}?", {"title": "Pay by card", "priority": "high"}),
        await once(alice, f"/cards/{card['id']}/archive", {"title": "Pay by card"}),
        await once(alice, path, {"title": "Pay by card"}, **{"If-Match": '"1"'}),
    ]

    assert [code(answer) for answer in others] == [(422, "idempotency_key_reused")] * 4
    assert await titles(alice, board) == ["Pay by card"]


async def test_a_key_belongs_to_one_person(alice: Actor, bob: Actor) -> None:
    workspace = await alice.workspace()
    board = await alice.board(workspace)
    await alice.invite(workspace, bob, "member")

    answers = [
        await once(who, f"/boards/{board['id']}/cards", {"title": who.login})
        for who in (alice, bob)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert await titles(alice, board) == ["alice", "bob"]


async def test_an_answer_with_a_secret_is_not_told_to_another_token(
    world: World, alice: Actor
) -> None:
    workspace = await alice.workspace()
    made = await alice.post("/me/tokens", json={"name": "Narrow", "scopes": ["write", "admin"]})
    program = Actor(world.client, alice.user_id, "alice", made.json()["token"])
    path = f"/workspaces/{workspace['id']}/webhooks"
    body = {"url": "https://hooks.example.org/a", "event_types": ["*"]}

    first = await once(alice, path, body)
    again = await once(alice, path, body)

    secret = first.json()["secret"]
    assert again.json()["secret"] == secret
    assert code(await once(program, path, body)) == (422, "idempotency_key_reused")
    assert all(secret not in str(row) for row in await kept(world))


async def test_what_was_refused_may_be_tried_again(alice: Actor, world: World) -> None:
    board = await alice.board(await alice.workspace())
    label = {"name": "bug", "color": "#d73a4a"}
    made = (await alice.post(f"/boards/{board['id']}/labels", json=label)).json()
    body = {"title": "Pay by card", "label_ids": [made["id"]]}
    await alice.delete(f"/boards/{board['id']}/labels/{made['id']}")
    path = f"/boards/{board['id']}/cards"

    refused = await once(alice, path, body)
    assert refused.status_code == 422
    assert await kept(world) == []

    right = await once(alice, path, {"title": "Pay by card"})
    assert right.status_code == 201
    assert await titles(alice, board) == ["Pay by card"]


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "né"])
async def test_a_key_that_is_none_is_refused(alice: Actor, key: str) -> None:
    headers = {"Idempotency-Key": key.encode("latin-1")}
    answer = await alice.post("/workspaces", json={"name": "Payments"}, headers=headers)

    assert code(answer) == (422, "invalid")
    assert (await alice.get("/workspaces")).json()["items"] == []


async def test_a_key_is_forgotten_after_a_day(
    alice: Actor, world: World, clock: FrozenClock
) -> None:
    board = await alice.board(await alice.workspace())
    body, path = {"title": "Pay by card"}, f"/boards/{board['id']}/cards"
    token = (await alice.post("/me/tokens", json={"name": "CI", "scopes": ["write"]})).json()
    program = Actor(world.client, alice.user_id, "alice", token["token"])
    await once(program, path, body)
    clock.advance(timedelta(hours=24) - timedelta(seconds=1))
    assert "Idempotency-Replayed" in (await once(program, path, body)).headers

    clock.advance(timedelta(seconds=1))

    assert "Idempotency-Replayed" not in (await once(program, path, body)).headers
    async with world.runtime.database.reading() as session:
        count = "SELECT count(*) FROM cards WHERE title = 'Pay by card'"
        assert await session.scalar(text(count)) == 2
    assert len(await kept(world)) == 1


async def test_old_answers_are_deleted(alice: Actor, world: World, clock: FrozenClock) -> None:
    for number in range(3):
        await once(alice, "/workspaces", {"name": f"{number}"}, key=f"old-{number}")
    clock.advance(timedelta(hours=24))
    async with world.runtime.database.transaction(SYSTEM) as tx:
        assert await forget_answers(tx, limit=2) == 2
    async with world.runtime.database.transaction(SYSTEM) as tx:
        assert await forget_answers(tx, limit=2) == 1
    assert await kept(world) == []


async def test_a_move_is_made_once(alice: Actor) -> None:
    board = await alice.board(await alice.workspace())
    card, other = await alice.card(board, "first"), await alice.card(board, "second")
    path, body = f"/cards/{card['id']}/move", {"after": other["id"]}

    first = await once(alice, path, body)
    await alice.move(other, after=card["id"])
    again = await once(alice, path, body)

    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["Operation-ID"] == first.headers["Operation-ID"]
    assert await titles(alice, board) == ["first", "second"]


async def test_other_methods_take_no_notice_of_a_key(alice: Actor, world: World) -> None:
    board = await alice.board(await alice.workspace())
    card = await alice.card(board)
    for title in ("one", "two"):
        headers = {"Idempotency-Key": KEY}
        await alice.patch(f"/cards/{card['id']}", json={"title": title}, headers=headers)

    assert await titles(alice, board) == ["two"]
    assert await kept(world) == []


async def test_the_same_request_at_once_in_one_process_is_told_to_wait(
    real_world: World, real_alice: Actor
) -> None:
    board = await real_alice.board(await real_alice.workspace())
    path = f"/boards/{board['id']}/cards"
    async with (
        asyncio.TaskGroup() as group,
        real_world.runtime.database.transaction(SYSTEM) as tx,
    ):
        await tx.lock(Stream(StreamKind.BOARD, board["id"], board["workspace_id"]))
        first = group.create_task(once(real_alice, path, {"title": "Pay by card"}))
        await wait_for_lock_waits(real_world.runtime.database)
        second = await once(real_alice, path, {"title": "Pay by card"})
    third = await once(real_alice, path, {"title": "Pay by card"})

    assert code(second) == (409, "request_in_progress")
    assert second.headers["Retry-After"] == "1"
    assert first.result().status_code == 201
    assert third.content == first.result().content
    assert await titles(real_alice, board) == ["Pay by card"]


async def test_the_same_request_at_once_in_two_processes_is_carried_out_by_one(
    real_world: World, real_alice: Actor, clock: FrozenClock, announcer: RecordingAnnouncer
) -> None:
    board = await real_alice.board(await real_alice.workspace())
    path, runtime = f"/boards/{board['id']}/cards", real_world.runtime
    own = runtime.database
    other = Database(own.writer, own.reader, clock=clock, announcer=announcer)
    other_runtime = make_runtime(runtime.settings, other, runtime.redis, clock)
    async with serving(create_app(runtime.settings), other_runtime) as elsewhere:
        twin = Actor(elsewhere.client, real_alice.user_id, "alice", real_alice.token)
        async with asyncio.TaskGroup() as group, runtime.database.transaction(SYSTEM) as tx:
            await tx.lock(Stream(StreamKind.BOARD, board["id"], board["workspace_id"]))
            both = [
                group.create_task(once(who, path, {"title": "Pay by card"}))
                for who in (real_alice, twin)
            ]
            await wait_for_lock_waits(runtime.database, 2)
    answers = [task.result() for task in both]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 1
    assert await titles(real_alice, board) == ["Pay by card"]
    assert (await real_alice.snapshot(board["id"]))["version"] == board["version"] + 1


async def test_a_change_whose_answer_can_not_be_stored_did_not_happen(
    real_world: World, real_alice: Actor
) -> None:
    board = await real_alice.board(await real_alice.workspace())
    path = f"/boards/{board['id']}/cards"
    await _execute(real_world, "ALTER TABLE idempotency_keys ADD CHECK (key <> 'refused')")

    refused = await once(real_alice, path, {"title": "Pay by card"}, key="refused")

    assert refused.status_code == 409
    assert await titles(real_alice, board) == []
    assert (await once(real_alice, path, {"title": "Pay by card"}, key="taken")).status_code == 201


async def _execute(world: World, statement: str) -> None:
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(text(statement))
