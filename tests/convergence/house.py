"""A Taskly that is killed, stopped and started anew, while the way to its webhooks stays where it is."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from redis.asyncio import Redis
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from taskly.api.app import create_app
from taskly.fake_github.driver import FakeGitHub
from taskly.kit.clock import FrozenClock
from taskly.platform.db.session import Database
from taskly.platform.redis import make_request_redis
from taskly.platform.settings import Settings
from taskly.worker.registry import load_tasks
from tests.conftest import make_runtime
from tests.convergence.lossy import LossyWay, lossy_way
from tests.github.place import Place
from tests.support.database import RecordingAnnouncer, engines
from tests.support.world import serving

LONG = timedelta(minutes=10)
"""Longer than GitHub is left alone after failures, and than it limits anybody in these tests."""


class Killed(BaseException):
    """The worker's process ends here. No handler sees it, so it writes nothing more."""


@dataclass(slots=True)
class House:
    """A Taskly with its own database and Redis, beside a GitHub whose clock it shares."""

    settings: Settings
    github: FakeGitHub
    login: str
    """Who connects repositories."""
    way: LossyWay
    app: FastAPI
    redis: Redis
    clock: FrozenClock
    _place: Place | None = None
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def place(self) -> Place:
        """What runs. It is another one after each start."""
        assert self._place is not None
        return self._place

    @property
    def is_up(self) -> bool:
        """Whether its api takes deliveries."""
        return self.way.client is not None

    async def start(self) -> None:
        """Start api and worker."""
        await self.stop()
        writer, reader = await self._running.enter_async_context(engines(self.settings))
        announcer = RecordingAnnouncer()
        database = Database(writer, reader, clock=self.clock, announcer=announcer, wait_seconds=60)
        runtime = make_runtime(self.settings, database, self.redis, self.clock)
        self._running.push_async_callback(runtime.belongings.aclose)
        world = await self._running.enter_async_context(serving(self.app, runtime))
        self._place = Place(self.app, runtime, world.client, self.github)
        self.way.client = world.client

    async def stop(self) -> None:
        """End both; what is promised stays in the database."""
        self.way.client = None
        running, self._running = self._running, AsyncExitStack()
        await running.aclose()

    async def lose_redis(self) -> None:
        """Redis is emptied."""
        await self.redis.flushdb()

    async def work(self) -> None:
        """Do all that is due."""
        await self.place.run_jobs()

    async def kill_worker(self, after: int) -> None:
        """Kill the worker when it has done so many statements, and start everything anew."""
        engine = self.place.runtime.database.writer
        assert isinstance(engine, AsyncEngine)
        with _killed(engine, after), suppress(Killed):
            await self.work()
        await self.start()
        # Its leases run out.
        await self.place.change("UPDATE jobs SET next_attempt_at = now() WHERE state = 'running'")

    async def follow_time(self) -> None:
        """It is as late as it is at GitHub."""
        self.clock.advance(max(await self.github.advance_clock(0) - self.clock.now(), timedelta(0)))

    async def pass_time(self) -> None:
        """Let a while pass, here and at GitHub; what is put off becomes due."""
        await self.github.advance_clock(LONG.total_seconds())
        await self.follow_time()
        await self.place.hurry()


@contextmanager
def _killed(engine: AsyncEngine, after: int) -> Iterator[None]:
    left = after

    def count(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed

    event.listen(engine.sync_engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", count)


@asynccontextmanager
async def open_house(settings: Settings, github: FakeGitHub, login: str) -> AsyncIterator[House]:
    """A running one."""
    load_tasks()
    async with lossy_way() as (way, address):
        settings = settings.model_copy(update={"public_url": address})
        clock = FrozenClock(await github.advance_clock(0))
        redis = make_request_redis(settings.required_redis_url())
        house = House(settings, github, login, way, create_app(settings), redis, clock)
        await house.start()
        try:
            yield house
        finally:
            await house.stop()
            await redis.aclose()
