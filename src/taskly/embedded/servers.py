"""Starts the servers that an instance brings along: those whose address is not set."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from pathlib import Path

from taskly.embedded.account import Account, account_for
from taskly.embedded.postgres import EmbeddedPostgres
from taskly.embedded.redis import EmbeddedRedis
from taskly.embedded.supervisor import Supervisor
from taskly.platform.settings import Settings

READY_SECONDS = 120
"""After a power cut PostgreSQL may have much to replay."""


def account_of_servers(settings: Settings, directory: Path) -> Account | None:
    """Who runs the PostgreSQL of this instance; None means ourselves, or that it is not ours to run."""
    return account_for(directory / "postgres") if settings.database_url is None else None


async def start_servers(
    settings: Settings,
    supervisor: Supervisor,
    *,
    directory: Path,
    sockets: Path,
    measured: Callable[[str], AbstractContextManager[None]],
) -> dict[str, str]:
    """Start them and wait until they are ready; their addresses by environment variable.

    PostgreSQL starts first, so that it stops last.

    Raises:
        CannotStart: when one of them can't be started.
    """
    addresses = {}
    if settings.database_url is None:
        with measured("PostgreSQL"):
            postgres = EmbeddedPostgres(directory / "postgres", sockets)
            await asyncio.to_thread(postgres.prepare)
            supervisor.start(postgres.program())
            await supervisor.wait_until_ready(
                "postgres", _in_a_thread(postgres.is_ready), seconds=READY_SECONDS
            )
            addresses["DATABASE_URL"] = postgres.url
    if settings.redis_url is None:
        with measured("Redis"):
            redis = EmbeddedRedis(directory / "redis", sockets)
            redis.prepare()
            supervisor.start(redis.program())
            await supervisor.wait_until_ready(
                "redis", _in_a_thread(redis.is_ready), seconds=READY_SECONDS
            )
            addresses["REDIS_URL"] = redis.url
    return addresses


def _in_a_thread(is_ready: Callable[[int], bool]) -> Callable[[int], Awaitable[bool]]:
    async def ask(pid: int) -> bool:
        return await asyncio.to_thread(is_ready, pid)

    return ask
