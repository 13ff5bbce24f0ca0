"""Readers of a hub, without sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from taskly.platform.events.log import Stream
from taskly.platform.realtime.hub import Hub
from taskly.platform.realtime.reader import Lost, Reader
from tests.support.waiting import until


@dataclass(slots=True)
class Listening:
    """What one reader has been given so far."""

    reader: Reader
    texts: list[str] = field(default_factory=list)
    resets: list[int] = field(default_factory=list)

    async def listen(self) -> None:
        """Keep reading."""
        while True:
            try:
                while messages := await self.reader.read():
                    self.texts += [message.text for message in messages]
            except Lost:
                self.resets.append(self.reader.version)
            await self.reader.news()

    async def reach(self, version: int) -> list[str]:
        """Wait for a version; all texts so far."""
        await until(lambda: self.reader.version >= version)
        return self.texts


@asynccontextmanager
async def listening(hub: Hub, stream: Stream, since: int | None = None) -> AsyncIterator[Listening]:
    """Somebody who listens to a stream, from `since` or from now on."""
    async with hub.join(stream, since) as reader:
        one = Listening(reader)
        task = asyncio.create_task(one.listen())
        try:
            yield one
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
