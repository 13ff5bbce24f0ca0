"""The application with this domain alone, on a database of its own in which commits are real."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import Response
from redis.asyncio import Redis
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from taskly.fake_github.driver import FakeGitHub
from taskly.kit.clock import FrozenClock
from taskly.kit.crypto import KeyRing
from taskly.kit.json import dumps
from taskly.platform.tables import Base
from taskly.platform.db.engine import make_reader, make_writer
from taskly.platform.db.session import Database
from taskly.platform.events.announce import SilentAnnouncer
from taskly.platform.http.problems import MEDIA_TYPE, Problem
from taskly.platform.redis import make_request_redis
from taskly.platform.runtime import Runtime
from taskly.platform.settings import Settings
from taskly.users.endpoints import router
from tests.users.places import KEY, TABLES, MakePlace, Place


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """All asynchronous tests run on asyncio."""
    return "asyncio"


@pytest.fixture(scope="session")
async def database_url(anyio_backend: str) -> AsyncIterator[str]:
    """A database with this domain's tables, dropped afterwards."""
    server = make_url(os.environ["TASKLY_TEST_DATABASE_URL"]).set(drivername="postgresql")
    name = f"users_{uuid4().hex}"
    connection = await asyncpg.connect(server.render_as_string(hide_password=False))
    await connection.execute(f'CREATE DATABASE "{name}"')
    url = server.set(drivername="postgresql+asyncpg", database=name).render_as_string(
        hide_password=False
    )
    engine = create_async_engine(url)
    async with engine.begin() as schema:
        tables = [Base.metadata.tables[table] for table in TABLES]
        await schema.run_sync(Base.metadata.create_all, tables=tables)
    await engine.dispose()
    yield url
    await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await connection.close()


@pytest.fixture
def clock() -> FrozenClock:
    """The time of the test."""
    return FrozenClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))


@pytest.fixture
async def make_place(database_url: str, clock: FrozenClock) -> AsyncIterator[MakePlace]:
    """Makes applications on the same, empty database; settings may differ."""
    async with AsyncExitStack() as stack:

        async def make(**changes: Any) -> Place:
            return await _open(stack, database_url, clock, changes)

        first = await make()
        await first.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        yield make


@pytest.fixture
async def place(make_place: MakePlace) -> Place:
    """An application as a developer runs it: loopback, one-time links, no GitHub app."""
    return await make_place()


@pytest.fixture(scope="session")
async def github_server(anyio_backend: str) -> AsyncIterator[str]:
    """A fake GitHub, over real HTTP; its address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "taskly.fake_github", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    announced = await asyncio.wait_for(process.stdout.readline(), 30)
    yield announced.decode().split()[-1]
    process.terminate()
    await process.wait()


@pytest.fixture
async def github(github_server: str) -> AsyncIterator[FakeGitHub]:
    """An empty GitHub."""
    async with FakeGitHub(github_server) as driver:
        await driver.reset()
        yield driver


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


async def _open(
    stack: AsyncExitStack, database_url: str, clock: FrozenClock, changes: dict[str, Any]
) -> Place:
    values: dict[str, Any] = {
        "database_url": database_url,
        "redis_url": os.environ.get("TASKLY_TEST_REDIS_URL", "redis://127.0.0.1:6379/0"),
        "jwt_keys": KEY,
        "encryption_keys": KEY,
        **changes,
    }
    settings = Settings(_env_file=None, **values)
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
    app = FastAPI()
    app.include_router(router, prefix="/api/v1")
    app.add_exception_handler(Problem, _show_problem)
    app.state.runtime = runtime
    client = await stack.enter_async_context(
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app, client=("192.0.2.7", 4711)),
            base_url=settings.public_url,
        )
    )
    return Place(app=app, runtime=runtime, client=client, clock=clock)


async def _show_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return Response(
        dumps(error.body(instance=request.url.path, request_id=None)),
        status_code=error.status,
        media_type=MEDIA_TYPE,
        headers=error.headers,
    )
