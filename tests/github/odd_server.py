"""A server that is not GitHub, and the transport to one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from redis.asyncio import Redis

from taskly.github.remote.answers import RedisAnswers
from taskly.github.remote.budget import Budgets
from taskly.github.remote.gate import Gate, SharedMemory
from taskly.github.remote.transport import Transport
from taskly.kit.clock import SystemClock
from taskly.platform.settings import Settings

Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def transport_to(
    url: str, settings: Settings, redis: Redis, *, patience: float = 5
) -> AsyncIterator[Transport]:
    """The transport, with a memory of its own."""
    clock = SystemClock()
    changed = settings.model_copy(
        update={"github_api_url": url, "github_timeout_seconds": patience}
    )
    gate = Gate(SharedMemory(redis), clock)
    transport = Transport(
        changed, gate=gate, answers=RedisAnswers(redis), budgets=Budgets(redis, clock), clock=clock
    )
    try:
        yield transport
    finally:
        await transport.aclose()


@asynccontextmanager
async def odd_server(answer: Answering) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that answers in its own way; its address, and the heads of the requests it got."""
    heads: list[bytes] = []
    serving: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                heads.append(await reader.readuntil(b"\r\n\r\n"))
                await answer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.create_task(talk(reader, writer)))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}", heads
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


def saying(text: str) -> Answering:
    """Answer with these very words."""

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(text.replace("\n", "\r\n").encode())
        await writer.drain()

    return answer
