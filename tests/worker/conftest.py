"""A database with the jobs table, a Redis of our own, and processes that end with their test."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from taskly.platform.context import SYSTEM
from taskly.platform.runtime import Runtime, open_runtime
from taskly.platform.settings import Settings
from tests.support.database import clone
from tests.support.servers import Servers
from tests.worker.bench import Bench
from tests.worker.processes import RedisServer, TasklyProcess
from tests.worker.sample_jobs import EFFECTS

KEY = "test:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
"""A key that protects nothing: 32 well-known bytes."""


@pytest.fixture(scope="session")
async def database_url(servers: Servers, template: str) -> AsyncIterator[str]:
    """A database of these tests, in which commits are real."""
    async with clone(servers.database_url, template) as url:
        yield url


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
        _env_file=None,
        database_url=database_url,
        redis_url=redis_server.url,
        encryption_keys=KEY,
        job_lease_seconds=5,
        sweep_seconds=0.5,
        worker_concurrency=4,
    )


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """What a process has open, with an empty jobs table."""
    async with open_runtime(settings, application="taskly tests") as opened:
        async with opened.database.transaction(SYSTEM) as transaction:
            for statement in (EFFECTS, "TRUNCATE effects", "TRUNCATE jobs"):
                await transaction.session.execute(text(statement))
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
        "DATABASE_URL": settings.required_database_url(),
        "REDIS_URL": str(settings.redis_url),
        "TASKLY_ENCRYPTION_KEYS": KEY,
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
