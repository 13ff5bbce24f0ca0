"""Turns: who wants to change the same thing in one process waits here instead of inside PostgreSQL.

Nothing depends on it, as other processes know nothing of it. But a hot board then holds no connection
for everybody who waits.
"""

import asyncio
from uuid import UUID
from weakref import WeakValueDictionary


class Turns:
    """A lock for each thing that somebody waits for."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    def of(self, thing_id: UUID) -> asyncio.Lock:
        """The lock of one thing: keep it as long as you need it."""
        lock = self._locks.get(thing_id)
        if lock is None:
            lock = self._locks[thing_id] = asyncio.Lock()
        return lock
