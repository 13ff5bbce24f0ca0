"""The hottest reads go to PostgreSQL through the driver itself.

Who may see a board and at which version it stands is asked with nearly every request. A session, a
statement object and the result's wrappers cost four times what the question costs, so it has a small
pool of its own. For one statement that fits on a screen; everything else uses a session.
"""

from collections.abc import Sequence
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from taskly.platform.db.engine import CONNECT_SECONDS, answer_seconds, read_only_settings
from taskly.platform.driver import Row
from taskly.platform.settings import Settings

POOL_SIZE = 4


async def _leave(_connection: object) -> None:
    """What is asked here leaves nothing on a connection that had to be reset after each use."""


class HotPool:
    """The pool of one process. Opens connections when it needs them."""

    def __init__(self, settings: Settings, *, application: str) -> None:
        self._wait_seconds = settings.database_wait_seconds
        self._pool = asyncpg.create_pool(
            settings.required_database_url(),
            min_size=0,
            max_size=POOL_SIZE,
            timeout=CONNECT_SECONDS,
            command_timeout=answer_seconds(settings),
            reset=_leave,
            server_settings=read_only_settings(settings, application),
        )

    async def open(self) -> None:
        """Get ready; connects to nothing yet."""
        await self._pool

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.close()

    async def fetch_rows(self, sql: str, *arguments: Any) -> Sequence[Row]:
        """Ask on any connection of the pool."""
        async with self._pool.acquire(timeout=self._wait_seconds) as connection:
            rows: Sequence[Row] = await connection.fetch(sql, *arguments)
            return rows


class DriverReader:
    """Asks on a connection that SQLAlchemy gives: for programs and tests without a pool of their own."""

    def __init__(self, bind: AsyncEngine | AsyncConnection) -> None:
        self._bind = bind

    async def fetch_rows(self, sql: str, *arguments: Any) -> Sequence[Row]:
        """Ask on a connection of the engine, or on the given one inside its transaction."""
        if isinstance(self._bind, AsyncConnection):
            return await _ask(self._bind, sql, arguments)
        async with self._bind.connect() as connection:
            return await _ask(connection, sql, arguments)


async def _ask(connection: AsyncConnection, sql: str, arguments: tuple[Any, ...]) -> Sequence[Row]:
    raw = await connection.get_raw_connection()
    driver: Any = raw.driver_connection
    rows: Sequence[Row] = await driver.fetch(sql, *arguments)
    return rows
