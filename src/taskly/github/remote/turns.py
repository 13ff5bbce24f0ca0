"""Letting one process at a time ask GitHub for what all of them need, through Redis."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from redis.asyncio import Redis
from redis.exceptions import LockError, RedisError

TURN_SECONDS = 30
"""So long one process has for it, and others wait for it."""

log = structlog.get_logger()


@asynccontextmanager
async def turn_among_processes(redis: Redis, name: str) -> AsyncIterator[None]:
    """Let one process at a time ask. Who waited too long, or has no Redis, asks, too: that costs little."""
    lock = redis.lock(f"{name}:turn", timeout=TURN_SECONDS, blocking_timeout=TURN_SECONDS)
    is_ours = False
    try:
        is_ours = await lock.acquire()
    except (RedisError, OSError) as error:
        _note_absence(name, error)
    try:
        yield
    finally:
        if is_ours:
            try:
                await lock.release()
            except (LockError, RedisError, OSError) as error:
                _note_absence(name, error)


def _note_absence(name: str, error: Exception) -> None:
    log.warning("github.turn_alone", name=name, error=repr(error))
