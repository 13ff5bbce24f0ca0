"""Accounts are deleted while others, or the same people, do something else."""

import asyncio

import pytest
from httpx2 import Response
from sqlalchemy import text

from taskly.platform.context import SYSTEM
from taskly.platform.jobs.execution import execute
from tests.imports.sending import before_it_is_shown, due, send_and_start
from tests.support.actors import Actor, Json, expect
from tests.support.purging import purge
from tests.support.waiting import wait_for_lock_waits
from tests.support.world import World

pytestmark = pytest.mark.anyio


def go(actor: Actor) -> "asyncio.Task[Response]":
    """Delete the account, beside everything else."""
    gone = actor.request("DELETE", "/me", json={"login": actor.login})
    return asyncio.create_task(gone)


@pytest.fixture
async def bob(real_world: World) -> Actor:
    """Somebody else."""
    return await real_world.person("bob")


@pytest.fixture
async def workspace(real_alice: Actor, bob: Actor) -> Json:
    """A workspace with two admins."""
    workspace = await real_alice.workspace()
    await real_alice.invite(workspace, bob, "admin")
    return workspace


async def count(world: World, query: str) -> int:
    """A number from the database."""
    async with world.runtime.database.reading() as session:
        return int(await session.scalar(text(query)) or 0)


async def test_of_two_admins_who_go_at_once_the_later_takes_the_workspace_along(
    real_world: World, real_alice: Actor, bob: Actor, workspace: Json
) -> None:
    await real_alice.board(workspace)

    answers = await asyncio.gather(go(real_alice), go(bob))

    late = [
        actor
        for actor, answer in zip((real_alice, bob), answers, strict=True)
        if answer.status_code == 503
    ]
    for actor in late:
        expect(await go(actor), 204)
    assert {answer.status_code for answer in answers} <= {204, 503}
    await purge(real_world)
    assert await count(real_world, "SELECT count(*) FROM workspaces") == 0
    assert await count(real_world, "SELECT count(*) FROM users WHERE deleted_at IS NULL") == 0


async def test_who_goes_joins_nothing_at_the_same_moment(
    real_world: World, real_alice: Actor, bob: Actor, workspace: Json
) -> None:
    made = [
        asyncio.create_task(bob.post("/workspaces", json={"name": f"New {number}"}))
        for number in range(8)
    ]
    gone = await go(bob)
    await asyncio.gather(*made)
    while gone.status_code == 503:
        gone = await go(bob)

    expect(gone, 204)
    joined = "SELECT count(*) FROM workspace_members JOIN users ON id = user_id WHERE deleted_at IS NOT NULL"
    assert await count(real_world, joined) == 0
    await purge(real_world)
    assert await count(real_world, "SELECT count(*) FROM workspaces") == 1


async def test_who_goes_while_being_put_on_cards_holds_nobody_up(
    real_world: World, real_alice: Actor, bob: Actor, workspace: Json
) -> None:
    board = await real_alice.board(workspace)
    cards = [await real_alice.card(board, f"card {number}") for number in range(6)]
    putting = [
        asyncio.create_task(
            real_alice.request("PUT", f"/cards/{card['id']}/assignees/{bob.user_id}")
        )
        for card in cards
    ]
    gone = await go(bob)
    answers = await asyncio.gather(*putting)
    while gone.status_code == 503:
        gone = await go(bob)

    expect(gone, 204)
    assert {answer.status_code for answer in answers} <= {200, 404, 503}


async def test_who_goes_several_times_at_once_goes_once_and_is_not_signed_in_then(
    bob: Actor, workspace: Json
) -> None:
    assert workspace
    answers = await asyncio.gather(*(go(bob) for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [204, 401, 401, 401, 401]


async def test_who_goes_while_a_board_is_made_with_them_on_its_cards_goes_and_the_board_comes(
    real_world: World,
    real_alice: Actor,
    bob: Actor,
    workspace: Json,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with real_world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(text("UPDATE users SET github_id = 7 WHERE login = 'bob'"))
    path, job = await send_and_start(real_alice, workspace, "csv", "Title,Assignee\nPay,bob\n")
    going: list[asyncio.Task[Response]] = []

    async def close_the_circle() -> None:
        going.append(go(bob))
        await wait_for_lock_waits(real_world.runtime.database)

    with monkeypatch.context() as meeting:
        before_it_is_shown(meeting, close_the_circle)
        await execute(real_world.runtime, job)
    gone = await going[0]
    # PostgreSQL chooses who of the two gives way.
    counted = "SELECT attempts FROM jobs WHERE kind = 'imports.carry_out'"
    attempts = await count(real_world, counted)
    made = expect(await real_alice.get(path), 200)["state"] == "done"
    assert (gone.status_code, made, attempts) in {(204, False, 0), (503, True, 1)}
    if made:
        expect(await go(bob), 204)
    else:
        await due(real_world)
        await execute(real_world.runtime, job)

    done = expect(await real_alice.get(path), 200)
    assert (done["state"], done["receipt"]["made"]["cards"]) == ("done", 1)
    boards = expect(await real_alice.get(f"/workspaces/{workspace['id']}/boards"), 200)["items"]
    assert [board["id"] for board in boards] == [done["board_id"]]
    assert done["receipt"]["made"]["assignees"] == (1 if made else 0)
    left = "SELECT count(*) FROM users WHERE github_id = 7 OR login = 'bob'"
    assert await count(real_world, left) == 0
    joined = "SELECT count(*) FROM workspace_members JOIN users ON id = user_id WHERE deleted_at IS NOT NULL"
    assert await count(real_world, joined) == 0
