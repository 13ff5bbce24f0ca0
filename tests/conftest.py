"""Fixtures that every test may use.

`world`, `alice` and the other people live in a transaction that is rolled back: fast, and one request at
a time. `real_world` and `real_alice` live in a database of their own in which commits are real: for
tests of what happens at once, and of what happens after the commit.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import httpcore2
import hypothesis
import pytest
import structlog
from fastapi import FastAPI
from redis.asyncio import Redis
from sqlalchemy import Connection, Engine, event
from sqlalchemy.ext.asyncio import AsyncEngine

from taskly.api.app import create_app
from taskly.fake_github.driver import FakeGitHub
from taskly.kit.clock import FrozenClock
from taskly.kit.crypto import KeyRing
from taskly.platform.db.session import Database
from taskly.platform.redis import make_request_redis
from taskly.platform.runtime import Runtime
from taskly.platform.settings import Settings
from tests.support.actors import Actor
from tests.support.compiled import CompiledOnce
from tests.support.database import (
    PATIENCE,
    PATIENT_SECONDS,
    Databases,
    RecordingAnnouncer,
    clone,
    engines,
    make_template,
    rolled_back,
)
from tests.support.faithfulness import RECORD, Transcript
from tests.support.servers import Servers, running_servers
from tests.support.telling import TOLD, Tell, show
from tests.support.world import NO_LIMITS, World, serving

KEY = "test:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
"""A key that protects nothing: 32 well-known bytes."""

# No test depends on time: on a busy machine an example may take ten times as long as the one before.
hypothesis.settings.register_profile(
    "taskly", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("taskly")


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """One process more than there are processors: now and then each waits for what others do."""
    return (yield) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests come first, so that at the end no process waits long for another one."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests told."""
    show(terminalreporter)


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Says a line that is shown at the end of the run, also when all is well."""

    def say(line: str) -> None:
        record_property(TOLD, line)

    return say


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """All asynchronous tests run on asyncio with uvloop, as the api does."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """Tracebacks in logs as Python writes them: to lay one out in colours takes seconds."""
    plain = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    processors = structlog.get_config()["processors"]
    structlog.configure(processors=[*processors[:-1], plain])


@pytest.fixture(scope="session", autouse=True)
def one_list_of_authorities() -> Iterator[None]:
    """The authorities of this machine, read once: every client would read them again, for 50 ms."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpcore2, "default_ssl_context", cache(httpcore2.default_ssl_context))
        yield


@pytest.fixture(scope="session", autouse=True)
def no_other_event_loop() -> Iterator[None]:
    """That there is only asyncio here, known once: for each request a client would look on the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "sniffio", None)
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """What SQLAlchemy made of a statement, kept for all engines: each would compile it again, for 2 ms."""
    compiled = CompiledOnce()

    def share(connection: Connection) -> None:
        connection.execution_options(compiled_cache=compiled)

    event.listen(Engine, "engine_connect", share)
    yield
    event.remove(Engine, "engine_connect", share)


@pytest.fixture(scope="session", autouse=True)
def transcript(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Transcript]:
    """What the fake GitHubs of this test process are asked and answer."""
    path = tmp_path_factory.mktemp("github") / "transcript"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(RECORD, str(path))
        yield Transcript(path)


@pytest.fixture(autouse=True)
def faithful(transcript: Transcript) -> Iterator[None]:
    """Whatever a test is about: what went to GitHub and back is as GitHub's description says."""
    yield
    assert transcript.wrong_in_what_is_new() == []


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """PostgreSQL and Redis of this test process."""
    directory: Path = tmp_path_factory.mktemp("servers")
    with running_servers(directory) as running:
        yield running


@pytest.fixture(scope="session")
async def template(servers: Servers, anyio_backend: object) -> str:
    """The name of a database with the newest schema."""
    return await make_template(servers.database_url)


@pytest.fixture(scope="session")
async def databases(servers: Servers, template: str) -> AsyncIterator[Databases]:
    """Databases for tests in which commits are real."""
    lending = Databases(servers.database_url, template)
    yield lending
    await lending.aclose()


@pytest.fixture(scope="session")
async def settings(servers: Servers, template: str) -> AsyncIterator[Settings]:
    """Settings of this test process, with a database of its own."""
    async with clone(servers.database_url, template) as url:
        yield make_settings(url, servers.redis_url)


def make_settings(database_url: str, redis_url: str) -> Settings:
    """Settings for tests; nothing is read from the environment."""
    return Settings(
        _env_file=None,
        database_url=database_url,
        redis_url=redis_url,
        jwt_keys=KEY,
        encryption_keys=KEY,
        **NO_LIMITS,
        **PATIENCE,
    )


@pytest.fixture(scope="session")
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The engine on which tests are rolled back."""
    async with engines(settings) as (writer, _):
        yield writer


@pytest.fixture(scope="session")
def app(settings: Settings) -> FastAPI:
    """The application, made once; each test gives it a runtime."""
    return create_app(settings)


@pytest.fixture
def clock() -> FrozenClock:
    """The time of the test."""
    return FrozenClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
async def redis_client(servers: Servers, anyio_backend: object) -> AsyncIterator[Redis]:
    """A client whose connection serves all tests of this process."""
    client = make_request_redis(servers.redis_url)
    yield client
    await client.aclose()


@pytest.fixture
async def redis(redis_client: Redis) -> Redis:
    """An empty Redis."""
    await redis_client.flushdb()
    return redis_client


@pytest.fixture(scope="session")
async def github_server(anyio_backend: object) -> AsyncIterator[str]:
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
def announcer() -> RecordingAnnouncer:
    """What was told to the world."""
    return RecordingAnnouncer()


@pytest.fixture
async def world(
    app: FastAPI,
    settings: Settings,
    engine: AsyncEngine,
    redis: Redis,
    clock: FrozenClock,
    announcer: RecordingAnnouncer,
) -> AsyncIterator[World]:
    """The application on a database that forgets."""
    async with (
        rolled_back(engine, clock=clock, announcer=announcer) as database,
        serving(app, make_runtime(settings, database, redis, clock)) as running,
    ):
        yield running


@pytest.fixture
async def alice(world: World) -> Actor:
    """Somebody who is signed in."""
    return await world.person("alice")


@pytest.fixture
async def bob(world: World) -> Actor:
    """Somebody else."""
    return await world.person("bob")


@pytest.fixture
async def real_world(
    app: FastAPI,
    servers: Servers,
    databases: Databases,
    redis: Redis,
    clock: FrozenClock,
    announcer: RecordingAnnouncer,
) -> AsyncIterator[World]:
    """The application on a database of its own, in which commits are real."""
    async with databases.lend() as url:
        settings = make_settings(url, servers.redis_url)
        async with engines(settings) as (writer, reader):
            database = Database(
                writer, reader, clock=clock, announcer=announcer, wait_seconds=PATIENT_SECONDS
            )
            async with serving(app, make_runtime(settings, database, redis, clock)) as running:
                yield running


@pytest.fixture
async def real_alice(real_world: World) -> Actor:
    """Somebody who is signed in where commits are real."""
    return await real_world.person("alice")


def make_runtime(
    settings: Settings, database: Database, redis: Redis, clock: FrozenClock
) -> Runtime:
    """A runtime of the tests' own parts."""
    return Runtime(
        settings=settings,
        clock=clock,
        database=database,
        redis=redis,
        encryption=KeyRing.parse(KEY),
    )
