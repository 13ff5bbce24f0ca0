"""A workspace and a receiver."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from taskly.kit.clock import FrozenClock
from taskly.platform.db.session import Database
from taskly.worker.registry import load_tasks
from tests.conftest import make_runtime, make_settings
from tests.support.database import PATIENT_SECONDS, Databases, RecordingAnnouncer, engines
from tests.support.receiver import receiving
from tests.support.servers import Servers
from tests.support.world import serving
from tests.webhooks.place import Place


@pytest.fixture
async def place(
    app: FastAPI,
    servers: Servers,
    databases: Databases,
    redis: Redis,
    clock: FrozenClock,
    announcer: RecordingAnnouncer,
) -> AsyncIterator[Place]:
    """Alice's workspace, in an installation whose webhooks may go to loopback."""
    load_tasks()
    allowed = {"webhooks_allow_private_addresses": True, "webhooks_allow_http": True}
    async with databases.lend() as url, receiving() as receiver:
        settings = make_settings(url, servers.redis_url).model_copy(update=allowed)
        async with engines(settings) as (writer, reader):
            database = Database(
                writer, reader, clock=clock, announcer=announcer, wait_seconds=PATIENT_SECONDS
            )
            runtime = make_runtime(settings, database, redis, clock)
            async with serving(app, runtime) as world:
                alice = await world.person("alice")
                yield Place(world, clock, alice, receiver, await alice.workspace())
            await runtime.belongings.aclose()
