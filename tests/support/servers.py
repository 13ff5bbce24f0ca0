"""PostgreSQL and Redis for the tests: their own, on free ports, in temporary directories.

Each test process has a pair. `TASKLY_TEST_DATABASE_URL` and `TASKLY_TEST_REDIS_URL` name running ones to
use instead.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from taskly.embedded.postgres import running_postgres
from taskly.embedded.redis import running_redis


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the servers of this test process listen."""

    database_url: str
    redis_url: str


@contextmanager
def running_servers(directory: Path) -> Iterator[Servers]:
    """Servers for one test process."""
    with ExitStack() as stack:
        database_url = os.environ.get("TASKLY_TEST_DATABASE_URL")
        if database_url is None:
            # Who sweeps comes at any moment, and gathers statistics by which the next test's plans are made.
            database_url = stack.enter_context(
                running_postgres(directory / "pg", fast=True, swept=False)
            )
        redis_url = os.environ.get("TASKLY_TEST_REDIS_URL")
        if redis_url is None:
            redis_url = stack.enter_context(running_redis(directory / "redis"))
        yield Servers(database_url, redis_url)
