"""One reader's place in a stream: a socket's or a waiting request's.

Three cases, the same for who has just come, who comes back and who is slow: what follows is still in
the room's memory; or it is read from the log; or it is too much, and the reader is sent to the snapshot.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from taskly.platform.realtime.messages import Message
from taskly.platform.realtime.room import Room

GAP_LIMIT = 500
"""Who has missed more events than this fetches the snapshot, which is less work for both sides."""


class Lost(Exception):
    """What the reader has missed can't be told; it stands at the room's present version now."""


class Reader:
    """Gives each event of a stream once, in order. Made by `Hub.join`."""

    def __init__(
        self,
        room: Room,
        version: int | None,
        recall: Callable[[Room, int], Awaitable[Sequence[Message]]],
    ) -> None:
        self.room = room
        self.version = room.version if version is None else version
        """Everything up to here has been given."""
        self._history = room.history
        self._recall = recall
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Have `news` return."""
        self._news.set()

    async def news(self) -> None:
        """Wait until the room may have changed since the last call."""
        await self._news.wait()
        self._news.clear()

    async def read(self) -> Sequence[Message]:
        """The events that follow, if there are any yet; never waits for new ones.

        Raises:
            Lost: too much was missed, the log does not go back that far, or `version` is in the future.
        """
        messages = self._remembered()
        if messages is None:
            messages = await self._recall(self.room, self.version)
            if not messages or messages[0].version != self.version + 1 or self._is_lost():
                raise self._lost()
        if messages:
            self.version = messages[-1].version
        return messages

    def _remembered(self) -> Sequence[Message] | None:
        if self._is_lost():
            raise self._lost()
        return self.room.after(self.version)

    def _is_lost(self) -> bool:
        room = self.room
        missing = room.version - self.version
        return self._history != room.history or not 0 <= missing <= GAP_LIMIT

    def _lost(self) -> Lost:
        self.version = self.room.version
        self._history = self.room.history
        return Lost()
