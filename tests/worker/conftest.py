"""A database with the jobs table, a Redis of our own, and processes that end with their test."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text

from taskly.platform.context import SYSTEM
from taskly.platform.db.base import Base
from taskly.platform.runtime import Runtime, open_runtime
from taskly.platform.settings import Settings
from tests.worker.bench import Bench
from tests.worker.processes import RedisServer, TasklyProcess
from tests.worker.sample_jobs import EFFECTS

JOBS = Base.metadata.tables["jobs"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """asyncio, as in production."""
    return "asyncio"


@pytest.fixture(scope="session")
def server_url() -> str:
    """A PostgreSQL server on which databases may be made."""
    url = os.environ.get("TASKLY_TEST_DATABASE_URL") or os.environ.get("DATABASE_URL")
    if url is None:
        pytest.skip("set TASKLY_TEST_DATABASE_URL")
    return url


@pytest.fixture(scope="session")
def database_url(server_url: str) -> Iterator[str]:
    """A database of this test process."""
    name = f"worker_{uuid4().hex}"
    asyncio.run(_on_server(server_url, f'CREATE DATABASE "{name}"'))
    yield f"{server_url.rpartition('/')[0]}/{name}"
    asyncio.run(_on_server(server_url, f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis that a test may kill, empty and freeze."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture
def settings(database_url: str, redis_server: RedisServer) -> Settings:
    """Settings with a short lease and a quick sweep."""
    return Settings(
        database_url=database_url,
        redis_url=redis_server.url,
        job_lease_seconds=5,
        sweep_seconds=0.5,
        worker_concurrency=4,
    )


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """What a process has open, on an empty jobs table."""
    async with open_runtime(settings, application="taskly tests") as opened:
        async with opened.database.transaction(SYSTEM) as transaction:
            await transaction.session.execute(text("DROP SCHEMA public CASCADE"))
            await transaction.session.execute(text("CREATE SCHEMA public"))
            await transaction.session.execute(text(EFFECTS))
            connection = await transaction.session.connection()
            await connection.run_sync(Base.metadata.create_all, tables=[JOBS])
        yield opened


@pytest.fixture
def bench(runtime: Runtime) -> Bench:
    """Promises jobs and looks at what became of them."""
    return Bench(runtime)


@pytest.fixture
def start(
    settings: Settings, runtime: Runtime, tmp_path: Path
) -> Iterator[Callable[..., TasklyProcess]]:
    """Starts workers and schedulers that end with the test."""
    started: list[TasklyProcess] = []
    environment = {
        "DATABASE_URL": str(settings.database_url).replace("+asyncpg", ""),
        "REDIS_URL": str(settings.redis_url),
        "TASKLY_JOB_LEASE_SECONDS": str(settings.job_lease_seconds),
        "TASKLY_SWEEP_SECONDS": str(settings.sweep_seconds),
        "TASKLY_WORKER_CONCURRENCY": str(settings.worker_concurrency),
        "TASKLY_DRAIN_SECONDS": "1",
        "TASKLY_LOG_LEVEL": "debug",
        "TASKLY_LOG_FORMAT": "json",
    }

    def start_one(program: str, *options: str, **overrides: str) -> TasklyProcess:
        module = {"worker": "taskly.worker", "scheduler": "taskly.worker.scheduler"}[program]
        log = tmp_path / f"{program}-{len(started)}.log"
        process = TasklyProcess(module, options, environment | overrides, log)
        started.append(process)
        return process

    yield start_one
    for process in started:
        process.stop()


async def _on_server(server_url: str, statement: str) -> None:
    connection = await asyncpg.connect(server_url.replace("+asyncpg", ""))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
