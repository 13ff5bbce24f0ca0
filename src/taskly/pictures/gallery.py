"""Pictures that were drawn lately, so that the readers of a popular README cost no more than one of them."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from functools import partial

from taskly.kit.clock import Clock
from taskly.kit.tasks import end

KEPT_SECONDS = 60
MOST_KEPT = 200
"""So many pictures: some megabytes."""


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A picture that is drawn, or was."""

    task: asyncio.Task[str]
    until: float


class Gallery:
    """Keeps pictures for a minute from when they were begun. One per process.

    Who may see a picture is asked elsewhere, each time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._drawings: OrderedDict[Hashable, _Drawing] = OrderedDict()

    async def picture(self, key: Hashable, draw: Callable[[], Awaitable[str]]) -> str:
        """The picture of this key; drawn, unless it was lately. Whoever asks meanwhile waits for the same.

        It is drawn to its end, whoever goes away. What went wrong is told to all who wait, and not kept.
        """
        now = self._clock.monotonic()
        drawing = self._drawings.get(key)
        if drawing is None or drawing.until <= now:
            drawing = _Drawing(asyncio.ensure_future(_drawn(draw)), now + KEPT_SECONDS)
            drawing.task.add_done_callback(partial(self._forget_failed, key, drawing))
            self._drawings[key] = drawing
            self._drawings.move_to_end(key)
            if len(self._drawings) > MOST_KEPT:
                self._drawings.popitem(last=False)
        return await asyncio.shield(drawing.task)

    def _forget_failed(self, key: Hashable, drawing: _Drawing, task: asyncio.Task[str]) -> None:
        has_failed = task.cancelled() or task.exception() is not None
        if has_failed and self._drawings.get(key) is drawing:
            del self._drawings[key]

    async def aclose(self) -> None:
        """Draw nothing any more."""
        await end([drawing.task for drawing in self._drawings.values()])
        self._drawings.clear()


async def _drawn(draw: Callable[[], Awaitable[str]]) -> str:
    return await draw()
