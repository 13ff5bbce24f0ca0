"""Turns: who wants to change the same thing in one process waits here instead of inside PostgreSQL.

Nothing depends on it for being right, as other processes and jobs know nothing of it. But a board that is
locked for long then holds one connection, and not one for everybody who waits, so that other boards go on.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID
from weakref import WeakValueDictionary

from taskly.platform.http.problems import Unavailable


class Turns:
    """A queue for each thing that somebody waits for."""

    def __init__(
        self, wait_seconds: float, *, otherwise: str = "Too many change the same thing at once."
    ) -> None:
        self._wait_seconds = wait_seconds
        self._otherwise = otherwise
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def take(self, thing_id: UUID) -> AsyncIterator[bool]:
        """Have the block to oneself; yields whether one had to wait for it.

        Raises:
            Unavailable: it takes too long, because too many wait or PostgreSQL does not answer.
        """
        lock = self._locks.setdefault(thing_id, asyncio.Lock())
        waited = lock.locked()
        try:
            async with asyncio.timeout(self._wait_seconds):
                await lock.acquire()
        except TimeoutError:
            raise Unavailable(self._otherwise) from None
        try:
            yield waited
        finally:
            lock.release()
