"""A database with two tenants, made once; each test changes it as it likes, and it forgets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from taskly.kit.clock import FrozenClock
from taskly.platform.db.session import Database
from taskly.platform.redis import make_request_redis
from taskly.platform.settings import Settings
from tests.conftest import make_runtime, make_settings
from tests.contract.crowds import crowd
from tests.contract.tenants import make_tenant, state_of
from tests.support.database import (
    PATIENT_SECONDS,
    RecordingAnnouncer,
    clone,
    engines,
    rolled_back,
)
from tests.support.servers import Servers
from tests.support.tenant import Tenant
from tests.support.world import World, serving

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The database, and what is in it."""

    settings: Settings
    writer: AsyncEngine
    reader: AsyncEngine
    tenant: Tenant
    stranger: Tenant
    state: dict[str, str]


@asynccontextmanager
async def preparing(
    servers: Servers, template: str, app: FastAPI, *, crowded: int = 0
) -> AsyncIterator[Prepared]:
    """Two tenants in a database of their own, see `prepared_in`."""
    async with clone(servers.database_url, template) as url:
        settings = make_settings(url, servers.redis_url)
        async with prepared_in(settings, app, crowded=crowded) as both:
            yield both


@asynccontextmanager
async def prepared_in(settings: Settings, app: FastAPI, *, crowded: int) -> AsyncIterator[Prepared]:
    """Two tenants, committed; with so many more of everything around what the first one's requests are about."""
    clock = FrozenClock(NOW)
    async with engines(settings) as (writer, reader):
        database = Database(writer, reader, clock=clock, announcer=RecordingAnnouncer())
        redis = make_request_redis(settings.required_redis_url())
        async with serving(app, make_runtime(settings, database, redis, clock)) as world:
            await world.person("newcomer")
            tenant, stranger = await make_tenant(world), await make_tenant(world, "strange-")
            await crowd(world, tenant, crowded)
            state = await state_of(world)
        await redis.aclose()
        yield Prepared(settings, writer, reader, tenant, stranger, state)


@asynccontextmanager
async def forgetting(
    prepared: Prepared, app: FastAPI, redis: Redis, clock: FrozenClock
) -> AsyncIterator[World]:
    """The application on a prepared database; what it does is rolled back."""
    async with rolled_back(
        prepared.writer, clock=clock, announcer=RecordingAnnouncer()
    ) as database:
        runtime = make_runtime(prepared.settings, database, redis, clock)
        async with serving(app, runtime) as world:
            yield world


@pytest.fixture(scope="session")
async def prepared(servers: Servers, template: str, app: FastAPI) -> AsyncIterator[Prepared]:
    """Two tenants, committed."""
    async with preparing(servers, template, app) as both:
        yield both


@pytest.fixture
async def served(
    prepared: Prepared, app: FastAPI, redis: Redis, clock: FrozenClock
) -> AsyncIterator[World]:
    """The application on the prepared database; what it does is rolled back."""
    async with forgetting(prepared, app, redis, clock) as world:
        yield world


@pytest.fixture
async def really_served(
    prepared: Prepared, app: FastAPI, redis: Redis, clock: FrozenClock
) -> AsyncIterator[World]:
    """The same without rolling back, for tests that only read, and do it at once."""
    database = Database(
        prepared.writer,
        prepared.reader,
        clock=clock,
        announcer=RecordingAnnouncer(),
        wait_seconds=PATIENT_SECONDS,
    )
    async with serving(app, make_runtime(prepared.settings, database, redis, clock)) as world:
        yield world
