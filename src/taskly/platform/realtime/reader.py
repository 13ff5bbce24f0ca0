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
        self._has_news = False
        self._waiting: asyncio.Future[None] | None = None

    def wake(self) -> None:
        """Have `news` return."""
        self._has_news = True
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def news(self) -> None:
        """Wait until the room may have changed since the last call. For one task."""
        if not self._has_news:
            # A thousand of these are woken at once: a future costs half as much as an event.
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        self._has_news = False

    def take(self) -> Sequence[Message] | None:
        """The events that follow, if there are any yet; None if they have to be recalled.

        Raises:
            Lost: too much was missed, or `version` is in the future.
        """
        if self._is_lost():
            raise self._lost()
        messages = self.room.after(self.version)
        if messages:
            self.version = messages[-1].version
        return messages

    async def read(self) -> Sequence[Message]:
        """The events that follow, if there are any yet, from the log if need be.

        Raises:
            Lost: as for `take`, or the log does not go back that far.
        """
        messages = self.take()
        if messages is None:
            messages = await self._recall(self.room, self.version)
            if not messages or messages[0].version != self.version + 1 or self._is_lost():
                raise self._lost()
            self.version = messages[-1].version
        return messages

    def _is_lost(self) -> bool:
        room = self.room
        missing = room.version - self.version
        return self._history != room.history or not 0 <= missing <= GAP_LIMIT

    def _lost(self) -> Lost:
        self.version = self.room.version
        self._history = self.room.history
        return Lost()
