"""After the commit: events go to the bus, jobs to the workers, both beside the request.

What is lost here (a crash, a full queue, Redis down) is only a hint: subscribers find gaps in the
log, and the sweep finds jobs in the outbox.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import structlog

from taskly.platform.events.log import Recorded
from taskly.platform.events.outbox import Promise

log = structlog.get_logger()

Item = TypeVar("Item")
QUEUE_LIMIT = 10_000


class _Courier(Generic[Item]):
    """Delivers items in order, in batches, in a task of its own; drops them when too far behind."""

    def __init__(self, name: str, deliver: Callable[[Sequence[Item]], Awaitable[None]]) -> None:
        self._name = name
        self._deliver = deliver
        self._queue: asyncio.Queue[Item] = asyncio.Queue(QUEUE_LIMIT)

    def take(self, items: Sequence[Item]) -> None:
        for item in items:
            try:
                self._queue.put_nowait(item)
            except asyncio.QueueFull:
                log.warning("announce.dropped", courier=self._name)
                return

    async def run(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                await self._deliver(batch)
            except Exception as error:
                log.warning("announce.failed", courier=self._name, error=repr(error))


class BackgroundAnnouncer:
    """The announcer of a running process. `run` it beside the server."""

    def __init__(
        self,
        *,
        publish: Callable[[Sequence[Recorded]], Awaitable[None]],
        hand_over: Callable[[Sequence[Promise]], Awaitable[None]],
    ) -> None:
        self._events = _Courier("events", publish)
        self._jobs = _Courier("jobs", hand_over)

    def announce(self, recorded: Sequence[Recorded], promised: Sequence[Promise]) -> None:
        """Take note of both and return at once."""
        self._events.take(recorded)
        self._jobs.take(promised)

    async def run(self) -> None:
        """Deliver until cancelled."""
        await asyncio.gather(self._events.run(), self._jobs.run())


class SilentAnnouncer:
    """For programs that tell nobody, such as migrations and repairs; the sweep and the gap check will."""

    def announce(self, recorded: Sequence[Recorded], promised: Sequence[Promise]) -> None:
        """Do nothing."""
