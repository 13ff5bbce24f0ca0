"""Boards never wait for each other."""

import asyncio
from uuid import UUID

import pytest

from taskly.platform.context import SYSTEM
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from tests.support.actors import Actor, expect
from tests.support.waiting import wait_for_lock_waits
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def test_everybody_who_waits_for_one_board_keeps_nobody_from_another(
    real_world: World, real_alice: Actor
) -> None:
    workspace = await real_alice.workspace()
    locked, other = (
        await real_alice.board(workspace),
        await real_alice.board(workspace, name="Shop"),
    )
    cards = [await real_alice.card(locked, f"card {number}") for number in range(3)]
    elsewhere = await real_alice.card(other)
    pool = real_world.runtime.settings.database_pool_size
    database = real_world.runtime.database

    async with database.transaction(SYSTEM) as tx:
        await tx.lock(Stream(StreamKind.BOARD, UUID(locked["id"]), UUID(workspace["id"])))
        changes = [
            asyncio.create_task(request)
            for number in range(pool)
            for request in (
                real_alice.patch(f"/cards/{cards[number % 3]['id']}", json={"title": f"{number}"}),
                real_alice.post(f"/boards/{locked['id']}/cards", json={"title": f"new {number}"}),
            )
        ]
        await wait_for_lock_waits(database)
        for title in ("first", "second"):
            expect(await real_alice.patch(f"/cards/{elsewhere['id']}", json={"title": title}), 200)
        assert not any(change.done() for change in changes)

    assert {(await change).status_code for change in changes} == {200, 201}
