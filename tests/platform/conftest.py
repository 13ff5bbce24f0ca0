"""Boards with more and less on them, made once; each test changes them as it likes, and they forget."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from taskly.kit.clock import FrozenClock
from taskly.platform.db.session import Database
from taskly.platform.settings import Settings
from tests.conftest import make_runtime, make_settings
from tests.platform.place import Place, place_with
from tests.support.database import RecordingAnnouncer, clone, engines, rolled_back
from tests.support.servers import Servers
from tests.support.world import World, serving

SIZES = (1, 5)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Kept:
    """A place, and the database that it is in."""

    settings: Settings
    writer: AsyncEngine
    place: Place


@asynccontextmanager
async def keeping(
    servers: Servers, template: str, app: FastAPI, redis: Redis, size: int
) -> AsyncIterator[Kept]:
    """A place of this size in a database of its own, committed."""
    clock = FrozenClock(NOW)
    async with clone(servers.database_url, template) as url:
        settings = make_settings(url, servers.redis_url)
        async with engines(settings) as (writer, reader):
            database = Database(writer, reader, clock=clock, announcer=RecordingAnnouncer())
            async with serving(app, make_runtime(settings, database, redis, clock)) as world:
                place = await place_with(world, await world.person("alice"), size)
            yield Kept(settings, writer, place)


@asynccontextmanager
async def visiting(
    kept: Kept, app: FastAPI, redis: Redis, clock: FrozenClock
) -> AsyncIterator[tuple[World, Place]]:
    """The application on a place that was kept, where Alice has just been; what it does is rolled back."""
    async with (
        rolled_back(kept.writer, clock=clock, announcer=RecordingAnnouncer()) as database,
        serving(app, make_runtime(kept.settings, database, redis, clock)) as world,
    ):
        alice = replace(kept.place.alice, client=world.client)
        await alice.get("/me")
        yield world, replace(kept.place, alice=alice)


@pytest.fixture(scope="session")
async def places(
    servers: Servers, template: str, app: FastAPI, redis_client: Redis
) -> AsyncIterator[dict[int, Kept]]:
    """Places of all sizes."""
    async with AsyncExitStack() as stack:
        yield {
            size: await stack.enter_async_context(
                keeping(servers, template, app, redis_client, size)
            )
            for size in SIZES
        }
