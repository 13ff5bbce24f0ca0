"""The application with this domain alone, on a database of its own in which commits are real."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import pytest
from redis.asyncio import Redis

from taskly.api.app import create_app
from taskly.fake_github.driver import FakeGitHub
from taskly.kit.clock import FrozenClock
from taskly.kit.crypto import KeyRing
from taskly.platform.db.engine import make_reader, make_writer
from taskly.platform.db.session import Database
from taskly.platform.events.announce import SilentAnnouncer
from taskly.platform.redis import make_request_redis
from taskly.platform.runtime import Runtime
from taskly.platform.settings import Settings
from tests.support.database import PATIENCE, Databases
from tests.support.servers import Servers
from tests.support.world import NO_LIMITS
from tests.users.places import KEY, MakePlace, Place


@pytest.fixture
async def database_url(databases: Databases) -> AsyncIterator[str]:
    """An empty database."""
    async with databases.lend() as url:
        yield url


@pytest.fixture
async def make_place(
    database_url: str, servers: Servers, clock: FrozenClock
) -> AsyncIterator[MakePlace]:
    """Makes applications on the same database; settings may differ."""
    async with AsyncExitStack() as stack:

        async def make(**changes: Any) -> Place:
            urls = {"database_url": database_url, "redis_url": servers.redis_url}
            return await _open(stack, clock, urls | changes)

        yield make


@pytest.fixture
async def place(make_place: MakePlace) -> Place:
    """An application as a developer runs it: loopback, one-time links, no GitHub app."""
    return await make_place()


@pytest.fixture
async def github_place(make_place: MakePlace, github: FakeGitHub) -> Place:
    """An application with a GitHub app, behind TLS."""
    return await make_place(
        public_url="https://taskly.example",
        github_client_id="fake-client-id",
        github_client_secret="fake-client-secret",
        github_web_url=github.web_url,
        github_api_url=github.api_url,
    )


async def _open(stack: AsyncExitStack, clock: FrozenClock, values: dict[str, Any]) -> Place:
    keys = {"jwt_keys": KEY, "encryption_keys": KEY}
    settings = Settings(_env_file=None, **{**keys, **NO_LIMITS, **PATIENCE, **values})
    writer = make_writer(settings, application="tests")
    reader = make_reader(settings, application="tests")
    redis: Redis = make_request_redis(settings.required_redis_url())
    stack.push_async_callback(writer.dispose)
    stack.push_async_callback(reader.dispose)
    stack.push_async_callback(redis.aclose)
    runtime = Runtime(
        settings=settings,
        clock=clock,
        database=Database(writer, reader, clock=clock, announcer=SilentAnnouncer()),
        redis=redis,
        encryption=KeyRing.parse(KEY),
    )
    app = create_app(settings)
    app.state.runtime = runtime
    client = await stack.enter_async_context(
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app, client=("192.0.2.7", 4711)),
            base_url=settings.public_url,
        )
    )
    return Place(app=app, runtime=runtime, client=client, clock=clock)
