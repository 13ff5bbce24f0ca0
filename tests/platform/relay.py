"""A way to PostgreSQL that can be cut, and mended again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qs, urlsplit


class Relay:
    """A TCP port on loopback behind which a PostgreSQL is reached."""

    def __init__(self, socket_path: str) -> None:
        self._socket_path = socket_path
        self._is_cut = False
        self._is_silent = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._clients: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """End all connections and take no more."""
        self._is_cut = True
        for writer in tuple(self._writers):
            writer.transport.abort()

    def say_last_words(self) -> None:
        """Say on all connections what PostgreSQL says when it dies, and leave them open."""
        said = b"SFATAL\0VFATAL\0C57P02\0Mterminating connection\0\0"
        for writer in self._clients:
            writer.write(b"E" + (len(said) + 4).to_bytes(4) + said)

    def silence(self) -> None:
        """Take everything and pass nothing on, as when a machine loses its power."""
        self._is_silent = True

    def mend(self) -> None:
        """Let connections through again. Those that were silent stay so."""
        self._is_cut = self._is_silent = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until one side ends it."""
        if self._is_cut:
            writer.transport.abort()
            return
        beyond, to_server = await asyncio.open_unix_connection(self._socket_path)
        both = {writer, to_server}
        self._writers |= both
        self._clients.add(writer)
        try:
            await asyncio.gather(self._carry(reader, to_server), self._carry(beyond, writer))
        finally:
            self._writers -= both
            self._clients.discard(writer)
            for one in both:
                one.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loses_all = False
        with suppress(OSError):
            while some := await reader.read(65536):
                loses_all = loses_all or self._is_silent
                if not loses_all:
                    writer.write(some)
                    await writer.drain()
        writer.close()


@asynccontextmanager
async def relayed(database_url: str) -> AsyncIterator[tuple[Relay, str]]:
    """A relay, and the address through it."""
    parts = urlsplit(database_url)
    options = parse_qs(parts.query)
    relay = Relay(f"{options['host'][0]}/.s.PGSQL.{options['port'][0]}")
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield relay, f"postgresql://{parts.username}@127.0.0.1:{port}{parts.path}"
        relay.cut()
