"""Turns: who wants to change the same thing in one process waits here instead of inside PostgreSQL.

Nothing depends on it for being right, as other processes and jobs know nothing of it. But a board that is
locked for long then holds one connection, and not one for everybody who waits, so that other boards go on.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import UUID
from weakref import WeakValueDictionary

from taskly.platform.http.problems import Unavailable


class Places:
    """So many at once have one each; the others wait in the order in which they came."""

    def __init__(self, count: int, wait_seconds: float, *, otherwise: str) -> None:
        self._wait_seconds = wait_seconds
        self._otherwise = otherwise
        self._free = asyncio.Semaphore(count)

    @asynccontextmanager
    async def take(self) -> AsyncIterator[bool]:
        """Have a place as long as the block lasts; yields whether one had to wait for it.

        Raises:
            Unavailable: it takes too long, because too many wait or PostgreSQL does not answer.
        """
        waited = self._free.locked()
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._free.acquire()
        except TimeoutError:
            raise Unavailable(self._otherwise) from None
        try:
            yield waited
        finally:
            self._free.release()


class Turns:
    """A queue for each thing that somebody waits for: one place each."""

    def __init__(
        self, wait_seconds: float, *, otherwise: str = "Too many change the same thing at once."
    ) -> None:
        self._wait_seconds = wait_seconds
        self._otherwise = otherwise
        self._queues: WeakValueDictionary[UUID, Places] = WeakValueDictionary()

    def take(self, thing_id: UUID) -> AbstractAsyncContextManager[bool]:
        """Have the block to oneself, as `Places.take` gives a place."""
        queue = Places(1, self._wait_seconds, otherwise=self._otherwise)
        return self._queues.setdefault(thing_id, queue).take()
