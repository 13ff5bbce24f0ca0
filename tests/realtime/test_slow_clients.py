"""Clients that do not read keep nobody waiting, and are not kept."""

import asyncio
import os
import socket
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from taskly.kit.clock import FrozenClock
from taskly.platform.events.log import Stream
from taskly.platform.realtime.socket import LiveSocket
from tests.realtime.conftest import HINTS_ONLY, NEVER, Line
from tests.realtime.site import Site
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

LARGE = "x" * 100_000
CLOSE_FRAME_4408 = b"\x88\x02" + (4408).to_bytes(2, "big")


@pytest.fixture
async def board(line: Line, anna: UUID) -> Stream:
    """Anna's board."""
    return await line.scribe.board(anna)


@contextmanager
def deaf_client(site: Site, board: Stream, user_id: UUID) -> Iterator[socket.socket]:
    """A client that opens a socket and never reads from it by itself."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", site.port))
        connection.sendall(
            f"GET /ws/boards/{board.id} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {user_id}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {_key()}\r\n\r\n".encode()
        )
        connection.setblocking(False)
        yield connection


async def blocked(line: Line, site: Site, board: Stream) -> None:
    """Write until what the system takes for the deaf client is full."""

    def is_blocked() -> bool:
        guests = site.hub.guests._present
        return any(isinstance(it, LiveSocket) and it._sending_since is not None for it in guests)

    while not is_blocked():
        await line.scribe.write(board, text=LARGE)
        await asyncio.sleep(0.01)


async def test_a_client_that_reads_nothing_is_closed_with_4408_and_others_miss_nothing(
    line: Line, anna: UUID, board: Stream
) -> None:
    clock = FrozenClock(datetime(2026, 11, 23, tzinfo=UTC))
    async with line.site(HINTS_ONLY, clock=clock) as site, site.client(board, anna) as healthy:
        await healthy.next("hello")
        with deaf_client(site, board, anna) as deaf:
            await until(lambda: len(site.hub.guests._present) == 2)
            await blocked(line, site, board)
            clock.advance(timedelta(seconds=5))
            version = await line.scribe.write(board)
            assert await healthy.texts(up_to=version) == await line.scribe.log_of(board)
            assert len(site.hub.guests._present) == 2

            clock.advance(timedelta(seconds=1))
            await until(lambda: len(site.hub.guests._present) == 1)
            assert (await _read_all(deaf)).endswith(CLOSE_FRAME_4408)

        version = await line.scribe.write(board)
        assert (await healthy.texts(up_to=version))[-1:] == (await line.scribe.log_of(board))[-1:]


async def test_the_connection_of_a_client_that_never_reads_is_given_up_at_once(
    line: Line, anna: UUID, board: Stream
) -> None:
    clock = FrozenClock(datetime(2026, 11, 23, tzinfo=UTC))
    pace = replace(HINTS_ONLY, send_seconds=NEVER)
    async with line.site(pace, clock=clock, linger_seconds=0.05) as site:
        with deaf_client(site, board, anna):
            await until(lambda: len(site.hub.guests._present) == 1)
            await blocked(line, site, board)
            clock.advance(timedelta(seconds=NEVER + 1))

            await until(lambda: site.open_connections() == 0)


async def test_a_shutdown_does_not_wait_for_a_client_that_never_reads(
    line: Line, anna: UUID, board: Stream
) -> None:
    async with line.site(linger_seconds=0.05) as site:
        with deaf_client(site, board, anna):
            await until(lambda: len(site.hub.guests._present) == 1)
            await blocked(line, site, board)
            site.stop()

            await until(lambda: site.open_connections() == 0)


async def test_a_client_that_fell_behind_the_memory_reads_the_rest_from_the_log(
    line: Line, anna: UUID, board: Stream
) -> None:
    async with line.site(HINTS_ONLY, keep_messages=8) as site:
        with deaf_client(site, board, anna) as deaf:
            await until(lambda: len(site.hub.guests._present) == 1)
            await blocked(line, site, board)
            version = await line.scribe.write(board, 40, text="the rest")

            received = await _read_until(deaf, f'"version":{version}}}'.encode())

    assert received.count(b"the rest") == 40
    assert b'"kind":"reset"' not in received


async def _read_all(connection: socket.socket) -> bytes:
    received = b""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(20):
        while not received.endswith(CLOSE_FRAME_4408):
            piece = await loop.sock_recv(connection, 1 << 20)
            if not piece:
                break
            received += piece
    return received


async def _read_until(connection: socket.socket, end: bytes) -> bytes:
    received = b""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(20):
        while end not in received[-len(end) - (1 << 20) :]:
            received += await loop.sock_recv(connection, 1 << 20)
    return received


def _key() -> str:
    return b64encode(os.urandom(16)).decode()
