"""Many WebSocket clients, which look for something in what they are sent and do nothing else."""

import asyncio
import base64
import os
import resource
import time
from functools import partial
from typing import cast

OPEN_SECONDS = 20
ARRIVE_SECONDS = 10
PING, PONG = 9, 10


def allow_many_connections() -> None:
    """Let this process and its children have as many open files as they may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 16_384)), hard))


class Crowd:
    """Clients of one address."""

    def __init__(self) -> None:
        self._transports: list[asyncio.Transport] = []
        self._marker = b""
        self._missing = 0
        self._delivered: asyncio.Future[float] | None = None

    async def gather(
        self,
        address: tuple[str, int],
        path: str,
        size: int,
        *,
        token: str | None = None,
        greeting: bytes = b"",
    ) -> None:
        """Open so many sockets. One is open when it was sent something with the greeting in it."""
        loop = asyncio.get_running_loop()
        for _ in range(size):
            transport, client = await loop.create_connection(
                partial(_Client, self, _handshake(path, token), greeting), *address
            )
            self._transports.append(transport)
            await asyncio.wait_for(client.open, OPEN_SECONDS)

    async def wait_for(self, delivered: "asyncio.Future[float]") -> float:
        """The moment at which the last client had it, which must come."""
        return await asyncio.wait_for(delivered, ARRIVE_SECONDS)

    def expect(self, marker: bytes) -> "asyncio.Future[float]":
        """The moment at which every client has been sent something with these bytes in it."""
        self._marker, self._missing = marker, len(self._transports)
        self._delivered = asyncio.get_running_loop().create_future()
        return self._delivered

    def hear(self, frame: bytes) -> None:
        """A client was sent something."""
        if self._delivered is None or self._marker not in frame:
            return
        self._missing -= 1
        if self._missing == 0:
            self._delivered.set_result(time.perf_counter())

    async def leave(self) -> None:
        """Close all sockets."""
        for transport in self._transports:
            transport.abort()
        self._transports.clear()
        await asyncio.sleep(0)


class _Client(asyncio.Protocol):
    """A WebSocket client that reads whole frames."""

    def __init__(self, crowd: Crowd, handshake: bytes, greeting: bytes) -> None:
        self._crowd = crowd
        self._handshake = handshake
        self._greeting = greeting
        self._upgraded = False
        self._buffer = b""
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._handshake)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            self._buffer = rest
            self._upgraded = True
            if not self._greeting:
                self.open.set_result(None)
        while (size := _frame_size(self._buffer)) and len(self._buffer) >= size:
            frame, self._buffer = self._buffer[:size], self._buffer[size:]
            if frame[0] & 15 == PING:
                self._transport.write(_pong(frame[2:]))
            if not self.open.done() and self._greeting in frame:
                self.open.set_result(None)
            self._crowd.hear(frame)


def _handshake(path: str, token: str | None) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket"]
    lines += ["Connection: Upgrade", "Sec-WebSocket-Version: 13"]
    lines.append(f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}")
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    return "\r\n".join([*lines, "", ""]).encode()


def _pong(payload: bytes) -> bytes:
    """The answer to a ping, under a mask of noughts."""
    return bytes((128 | PONG, 128 | len(payload))) + bytes(4) + payload


def _frame_size(buffer: bytes) -> int:
    """The whole size of the first frame, or 0 when too little has come to tell."""
    if len(buffer) < 4:
        return 2 if len(buffer) >= 2 and buffer[1] & 127 == 0 else 0
    length = buffer[1] & 127
    if length < 126:
        return 2 + length
    if length == 126:
        return 4 + int.from_bytes(buffer[2:4], "big")
    return 10 + int.from_bytes(buffer[2:10], "big") if len(buffer) >= 10 else 0
