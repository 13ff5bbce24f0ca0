"""Requests that are given up at any moment: each happens as a whole or not at all, and nothing is held."""

import asyncio
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import QueuePool, text
from sqlalchemy.ext.asyncio import AsyncEngine

from taskly.doctor.repository import INVARIANTS, broken
from tests.support.actors import Actor, Json, column
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.waiting import until
from tests.support.world import World

pytestmark = pytest.mark.anyio

MOST_WAITS = 200

Request = Callable[[], Coroutine[Any, Any, object]]


class GivenUp:
    """A request that is given up when it waits for the nth time, whatever it waits for then."""

    def __init__(self, request: Request, nth: int) -> None:
        self._request = request
        self._nth = nth
        self.waits = 0

    @property
    def was_over(self) -> bool:
        """Whether the request was over before it came to that."""
        return self.waits < self._nth

    async def run(self) -> None:
        """Run it in a task of its own until it ends in either way.

        What it waits for may have come in the moment of the cancellation, and then it may end well.
        """
        task = asyncio.ensure_future(self)
        await asyncio.wait({task})
        if not task.cancelled():
            task.result()

    def __await__(self) -> Generator[Any, Any, object]:
        """Run it in this task, and cancel the task when it is time."""
        running = self._request()
        step: Callable[[], Any] = partial(running.send, None)
        while True:
            try:
                waiting = step()
            except StopIteration as end:
                return end.value
            self.waits += 1
            if self.waits == self._nth:
                this = asyncio.current_task()
                assert this is not None
                this.cancel()
            try:
                step = partial(running.send, (yield waiting))
            except BaseException as error:  # the cancellation, to be passed on as it is
                step = partial(running.throw, error)


def connections_in_use(world: World) -> int:
    """How many connections have not come back to their pools."""
    database = world.runtime.database
    engines = [one for one in (database.writer, database.reader) if isinstance(one, AsyncEngine)]
    pools = [engine.pool for engine in engines if isinstance(engine.pool, QueuePool)]
    assert len(pools) == 2
    return sum(pool.checkedout() for pool in pools if isinstance(pool, QueuePool))


async def backends_in_transactions(world: World) -> int:
    """How many of PostgreSQL's processes hold something for us."""
    async with world.runtime.database.reading() as session:
        count: int = await session.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
            )
        )
        return count


async def assert_is_whole(world: World, alice: Actor, board: Json) -> None:
    """The log tells the board, and every invariant holds."""
    after = await alice.snapshot(board["id"])
    log = await read_whole_log(alice, board["id"])
    assert [event["version"] for event in log] == list(range(1, after["version"] + 1))
    assert differences(fold(log), as_comparable(after)) == []
    for invariant in INVARIANTS:
        async with world.runtime.database.reading() as session:
            assert await broken(session, invariant) is None


async def test_requests_given_up_at_any_moment_leave_nothing_half_done(
    real_world: World, real_alice: Actor
) -> None:
    alice = real_alice
    board = await alice.board(await alice.workspace())
    cards = [await alice.card(board, f"card {number}") for number in range(4)]
    done = column(board, "Done")["id"]
    requests: list[Request] = [
        lambda: alice.post(f"/cards/{cards[0]['id']}/move", json={"position": 3}),
        lambda: alice.post(f"/cards/{cards[1]['id']}/move", json={"column_id": done}),
        lambda: alice.patch(f"/cards/{cards[2]['id']}", json={"title": "Changed"}),
        lambda: alice.post(f"/boards/{board['id']}/cards", json={"title": "New"}),
        lambda: alice.get(f"/boards/{board['id']}"),
        lambda: alice.get(f"/cards/{cards[3]['id']}/timeline"),
    ]

    for request in requests:
        nth, ended = 0, False
        while not ended:
            nth += 1
            assert nth < MOST_WAITS
            given_up = GivenUp(request, nth)
            await given_up.run()
            ended = given_up.was_over
        assert nth > 1
    await asyncio.gather(
        *(GivenUp(request, nth).run() for nth in range(1, 25) for request in requests[:5])
    )

    await until(lambda: connections_in_use(real_world) == 0)
    assert await backends_in_transactions(real_world) == 0
    for card in cards:
        await alice.move(card, position=0)
    await assert_is_whole(real_world, alice, board)
