"""A load generator: keep-alive connections, each with one request at a time.

It does as little as possible between an answer and the next request, because it shares the machine with
what it measures.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import cast

from benchmarks.figures import share


@dataclass(slots=True)
class Load:
    """What a run of requests came to."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    """Seconds from request to the end of its answer."""
    failures: int = 0
    received_bytes: int = 0

    @property
    def rate(self) -> float:
        """Successful answers a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, part: float) -> float:
        """The latency in milliseconds that this part of the answers kept below."""
        return share(self.latencies, part) * 1000


class _Connection(asyncio.Protocol):
    """One connection: sends a request, waits for the whole answer, sends the next."""

    def __init__(self, next_request: Callable[[], bytes], load: Load, until: float) -> None:
        self._next_request = next_request
        self._load = load
        self._until = until
        self._buffer = bytearray()
        self._sent = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        length = _content_length(self._buffer[:end])
        if len(self._buffer) < end + 4 + length:
            return
        self._account(end + 4 + length)
        self._buffer.clear()
        self._send()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self._load.failures += 1
            self.done.set_result(None)

    def _account(self, size: int) -> None:
        status = self._buffer[9:12]
        if status[:1] in b"23":
            self._load.latencies.append(time.perf_counter() - self._sent)
        else:
            self._load.failures += 1
        self._load.received_bytes += size

    def _send(self) -> None:
        now = time.perf_counter()
        if now >= self._until:
            self.done.set_result(None)
            self._transport.close()
            return
        self._sent = now
        self._transport.write(self._next_request())


def _content_length(head: bytearray) -> int:
    lowered = head.lower()
    at = lowered.find(b"content-length:")
    if at < 0:
        return 0
    return int(lowered[at + 15 : lowered.find(b"\r\n", at) if b"\r\n" in lowered[at:] else None])


async def put_under_load(
    address: tuple[str, int],
    clients: int,
    seconds: float,
    make_requests: Callable[[int], Callable[[], bytes]],
) -> Load:
    """Let `clients` connections send requests for some seconds.

    `make_requests(n)` gives the function that makes the requests of client `n`.
    """
    load = Load()
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    connections = []
    for number in range(clients):
        connect = partial(_Connection, make_requests(number), load, began + seconds)
        _, connection = await loop.create_connection(connect, *address)
        connections.append(connection)
    await asyncio.gather(*(connection.done for connection in connections))
    load.seconds = time.perf_counter() - began
    return load


def request(
    method: str, path: str, *, token: str | None = None, body: bytes = b"", **headers: str
) -> bytes:
    """A request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    lines.extend(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
