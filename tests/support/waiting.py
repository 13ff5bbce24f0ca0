"""Waiting for what must come, however slow the machine is."""

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy import text

from taskly.platform.db.session import Database

PATIENCE_SECONDS = 60
"""Far more than anything takes."""
POLL_SECONDS = 0.01


async def until(
    condition: Callable[[], bool | Awaitable[bool]], what: str = "what was waited for"
) -> None:
    """Wait until a condition holds.

    Raises:
        AssertionError: it does not for far too long; `what` says what was missing.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                holds = condition()
                if holds if isinstance(holds, bool) else await holds:
                    return
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        raise AssertionError(f"never happened: {what}") from None


async def wait_for_lock_waits(database: Database, number: int = 1) -> None:
    """Wait until so many statements wait for a lock in this database."""
    question = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )

    async def so_many_wait() -> bool:
        async with database.reading() as session:
            return bool(await session.scalar(question) == number)

    await until(so_many_wait, f"{number} waits for a lock")
