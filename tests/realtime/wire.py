"""A wire that can go dead without either end noticing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.realtime.redis_process import free_port


@dataclass(slots=True)
class Wire:
    """Carries connections to a port. Those that were cut carry nothing any more, and stay open."""

    port: int
    to: int
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The Redis at the other end."""
        return f"redis://127.0.0.1:{self.port}/0"

    def cut(self) -> None:
        """Let the present connections go dead."""
        for task in self.tasks:
            task.cancel()
        self.tasks.clear()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry a new connection."""
        there, back = await asyncio.open_connection("127.0.0.1", self.to)
        self.writers += [writer, back]
        for source, target in ((reader, back), (there, writer)):
            self.tasks.add(asyncio.create_task(_carry(source, target)))


@asynccontextmanager
async def wire_to(port: int) -> AsyncIterator[Wire]:
    """A wire to a local port."""
    wire = Wire(free_port(), port)
    server = await asyncio.start_server(wire.accept, "127.0.0.1", wire.port)
    try:
        yield wire
    finally:
        wire.cut()
        server.close()
        for writer in wire.writers:
            writer.close()


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while piece := await source.read(1 << 16):
        target.write(piece)
    target.close()
