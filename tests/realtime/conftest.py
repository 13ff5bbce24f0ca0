"""A stream's way from the log to its listeners, with real servers."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import QueuePool
from sqlalchemy.ext.asyncio import AsyncEngine

from taskly.kit.clock import Clock, SystemClock
from taskly.platform.db.engine import make_reader, make_writer
from taskly.platform.db.session import Database
from taskly.platform.events.announce import BackgroundAnnouncer
from taskly.platform.events.outbox import Promise
from taskly.platform.realtime.bus import RedisBus
from taskly.platform.realtime.hub import Hub, Pace
from taskly.platform.realtime.protocol import LiveProtocol
from taskly.platform.redis import make_request_redis, make_subscriber_redis
from taskly.platform.settings import Settings
from tests.realtime.faulty_bus import FaultyBus
from tests.realtime.redis_process import RedisProcess, redis_process
from tests.realtime.scribe import Scribe
from tests.realtime.site import Site, running_site
from tests.support.database import PATIENCE, Databases

NEVER = 3600.0

HINTS_ONLY = Pace(gap_check_seconds=NEVER, tick_seconds=0.02, presence_seconds=0.01)
"""What Redis does not tell, and no jump betrays, is not found."""

CHECKS_OFTEN = Pace(
    gap_check_seconds=0.05,
    tick_seconds=0.02,
    presence_seconds=0.01,
    redis_silence_seconds=0.2,
    retry_seconds=0.02,
)


@dataclass(slots=True)
class Line:
    """Everything between a change and its listeners."""

    database: Database
    redis: RedisProcess
    bus: FaultyBus
    scribe: Scribe

    def connections_in_use(self) -> int:
        """How many connections to PostgreSQL are taken out of their pools."""
        engines = (self.database.writer, self.database.reader)
        pools = [engine.pool for engine in engines if isinstance(engine, AsyncEngine)]
        return sum(pool.checkedout() for pool in pools if isinstance(pool, QueuePool))

    @asynccontextmanager
    async def hub(
        self,
        pace: Pace = CHECKS_OFTEN,
        *,
        clock: Clock | None = None,
        keep_messages: int = 512,
        redis_url: str | None = None,
    ) -> AsyncIterator[Hub]:
        """An api process's hub."""
        redis = make_request_redis(redis_url or self.redis.url)
        subscriber = make_subscriber_redis(redis_url or self.redis.url)
        hub = Hub(
            database=self.database,
            redis=redis,
            subscriber=subscriber,
            clock=clock or SystemClock(),
            pace=pace,
            keep_messages=keep_messages,
        )
        try:
            async with hub.running():
                yield hub
        finally:
            await subscriber.aclose()
            await redis.aclose()

    @asynccontextmanager
    async def site(
        self,
        pace: Pace = CHECKS_OFTEN,
        *,
        clock: Clock | None = None,
        keep_messages: int = 512,
        linger_seconds: float = LiveProtocol.linger_seconds,
    ) -> AsyncIterator[Site]:
        """An api process: a hub behind a server."""
        async with (
            self.hub(pace, clock=clock, keep_messages=keep_messages) as hub,
            running_site(hub, linger_seconds) as site,
        ):
            yield site


@pytest.fixture
def redis_server() -> Iterator[RedisProcess]:
    """A Redis to be killed."""
    with redis_process() as process:
        yield process


@pytest.fixture
async def line(databases: Databases, redis_server: RedisProcess) -> AsyncIterator[Line]:
    """A database in which commits are real, and a bus that does what it is told."""
    async with databases.lend() as url:
        settings = Settings(_env_file=None, database_url=url, **PATIENCE)
        writer = make_writer(settings, application="taskly tests")
        reader = make_reader(settings, application="taskly tests")
        redis = make_request_redis(redis_server.url)
        bus = FaultyBus(RedisBus(redis), Random(1))
        announcer = BackgroundAnnouncer(publish=bus.publish, hand_over=_hand_over)
        announcing = asyncio.create_task(announcer.run())
        try:
            database = Database(writer, reader, clock=SystemClock(), announcer=announcer)
            yield Line(database, redis_server, bus, Scribe(database))
        finally:
            announcing.cancel()
            with suppress(asyncio.CancelledError):
                await announcing
            await redis.aclose()
            await writer.dispose()
            await reader.dispose()


@pytest.fixture
async def anna(line: Line) -> UUID:
    """Somebody."""
    return await line.scribe.person("anna")


@pytest.fixture
async def ben(line: Line) -> UUID:
    """Somebody else."""
    return await line.scribe.person("ben")


async def _hand_over(_promised: Sequence[Promise]) -> None:
    """No jobs are promised here."""
