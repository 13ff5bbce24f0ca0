"""How long until the last of many sockets has an event: `python -m benchmarks.load.fanout`.

The time runs from the moment at which the event is given to Redis to the moment at which the last client
has read it. `bare` is the least that this stack can do: a loop that sends what Redis says. `live` is our
hub with its rooms, order, gap check and access. Budget: live takes at most a quarter longer than bare.

Clients, servers and PostgreSQL share one machine, so only the ratio means something.
"""

import argparse
import asyncio
import base64
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast
from uuid import UUID

import uvicorn
import uvloop
from fastapi import FastAPI
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from taskly.boards.models import Board
from taskly.kit.clock import SystemClock
from taskly.kit.ids import new_id
from taskly.platform.db.engine import make_reader, make_writer
from taskly.platform.db.session import Database
from taskly.platform.events.announce import SilentAnnouncer
from taskly.platform.events.log import Recorded, Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.realtime.bus import RedisBus
from taskly.platform.realtime.doors import Doors
from taskly.platform.realtime.endpoints import live_router
from taskly.platform.realtime.hub import Hub, Pace
from taskly.platform.realtime.protocol import LiveProtocol
from taskly.platform.redis import make_request_redis, make_subscriber_redis
from taskly.platform.settings import Settings
from tests.realtime.redis_process import free_port
from tests.realtime.scribe import Scribe
from tests.realtime.site import Visitor
from tests.support.database import RecordingAnnouncer, clone, make_template
from tests.support.servers import running_servers

BUDGET = 1.25
WARM_UP = 10
TEXT = "x" * 300
EVENT = b'"kind":"event"'


def main() -> None:
    """Serve one mode, or measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--events", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", nargs=4, metavar=("MODE", "PORT", "DATABASE_URL", "REDIS_URL"))
    options = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 16_384)), hard))
    if options.serve:
        mode, port, database_url, redis_url = options.serve
        uvloop.run(SERVE[mode](int(port), database_url, redis_url))
    else:
        uvloop.run(measure(options.sockets, options.events, options.rounds))


async def measure(sockets: int, events: int, rounds: int) -> None:
    """Measure both modes in turn, and print what came out."""
    with tempfile.TemporaryDirectory() as directory, running_servers(Path(directory)) as servers:
        template = await make_template(servers.database_url)
        async with clone(servers.database_url, template) as database_url:
            results: dict[str, list[float]] = {mode: [] for mode in SERVE}
            for _ in range(rounds):
                for mode in SERVE:
                    results[mode] += await _round(
                        mode, database_url, servers.redis_url, sockets, events
                    )
    medians = {mode: statistics.median(times) for mode, times in results.items()}
    for mode, times in results.items():
        p99 = sorted(times)[int(0.99 * len(times))]
        print(
            f"{mode:5} median {medians[mode]:6.1f} ms   p99 {p99:6.1f} ms   ({len(times)} events)"
        )
    ratio = medians["live"] / medians["bare"]
    print(f"live / bare {ratio:.2f}, budget {BUDGET}: {'kept' if ratio <= BUDGET else 'BROKEN'}")


async def _round(
    mode: str, database_url: str, redis_url: str, sockets: int, events: int
) -> list[float]:
    announcer = RecordingAnnouncer()
    settings = Settings(_env_file=None, database_url=database_url)
    writer = make_writer(settings, application="benchmark")
    database = Database(writer, writer, clock=SystemClock(), announcer=announcer)
    redis = make_request_redis(redis_url)
    try:
        board = await Scribe(database).board()
        async with _server(mode, database_url, redis_url) as port:
            crowd = Crowd(sockets)
            await crowd.gather(port, f"/ws/boards/{board.id}?since=0")
            publish = RedisBus(redis).publish
            return [
                await _one(Scribe(database), board, announcer, publish, crowd)
                for _ in range(events + WARM_UP)
            ][WARM_UP:]
    finally:
        await redis.aclose()
        await writer.dispose()


async def _one(
    scribe: Scribe,
    board: Stream,
    announcer: RecordingAnnouncer,
    publish: Callable[[Sequence[Recorded]], Awaitable[None]],
    crowd: "Crowd",
) -> float:
    """Milliseconds from the publication of one event to its last delivery."""
    await scribe.write(board, text=TEXT)
    delivered = crowd.expect()
    began = time.perf_counter()
    await publish(announcer.recorded[-1:])
    ended = await asyncio.wait_for(delivered, 10)
    await asyncio.sleep(0.02)
    return (ended - began) * 1000


@asynccontextmanager
async def _server(mode: str, database_url: str, redis_url: str) -> AsyncIterator[int]:
    port = free_port()
    arguments = ["--serve", mode, str(port), database_url, redis_url]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.load.fanout", *arguments
    )
    try:
        await _listening(port)
        yield port
    finally:
        process.terminate()
        await process.wait()


async def _listening(port: int) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


class Crowd:
    """Many clients, which count events and do nothing else."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.waiting = 0
        self.delivered: asyncio.Future[float] | None = None

    async def gather(self, port: int, path: str) -> None:
        """Open all sockets, and wait until they are quiet."""
        loop = asyncio.get_running_loop()
        for _ in range(self.size):
            _, client = await loop.create_connection(lambda: _Client(self, path), "127.0.0.1", port)
            await asyncio.wait_for(client.open, 20)
        await asyncio.sleep(2)

    def expect(self) -> "asyncio.Future[float]":
        """The moment at which every client has had one more event."""
        self.waiting = self.size
        self.delivered = asyncio.get_running_loop().create_future()
        return self.delivered

    def heard(self) -> None:
        """A client has had an event."""
        self.waiting -= 1
        if self.waiting == 0 and self.delivered is not None:
            self.delivered.set_result(time.perf_counter())


class _Client(asyncio.Protocol):
    """A WebSocket client that reads frames and looks for events in them."""

    def __init__(self, crowd: Crowd, path: str) -> None:
        self._crowd = crowd
        self._path = path
        self._buffer = b""
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        cast("asyncio.Transport", transport).write(
            f"GET {self._path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.open.done():
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            self._buffer = rest
            self.open.set_result(None)
        while (size := _frame_size(self._buffer)) and len(self._buffer) >= size:
            frame, self._buffer = self._buffer[:size], self._buffer[size:]
            if EVENT in frame:
                self._crowd.heard()


def _frame_size(buffer: bytes) -> int:
    """The whole size of the first frame, or 0 when too little has come to tell."""
    if len(buffer) < 4:
        return 0
    length = buffer[1] & 127
    if length < 126:
        return 2 + length
    if length == 126:
        return 4 + int.from_bytes(buffer[2:4], "big")
    return 10 + int.from_bytes(buffer[2:10], "big") if len(buffer) >= 10 else 0


async def serve_bare(port: int, _database_url: str, redis_url: str) -> None:
    """A loop that sends what Redis says."""
    sockets: set[WebSocket] = set()

    async def follow(websocket: WebSocket) -> None:
        await websocket.accept()
        sockets.add(websocket)
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            sockets.discard(websocket)

    async def pass_on() -> None:
        async with Redis.from_url(redis_url).pubsub() as pubsub:
            await pubsub.psubscribe("live:board:*")
            async for message in pubsub.listen():
                if message["type"] == "pmessage":
                    text = message["data"][8:].decode()
                    for websocket in tuple(sockets):
                        await websocket.send_text(text)

    passing = asyncio.create_task(pass_on())
    await _serve(Starlette(routes=[WebSocketRoute("/ws/boards/{board_id}", follow)]), port)
    passing.cancel()


async def serve_live(port: int, database_url: str, redis_url: str) -> None:
    """Our hub, with doors that are open to everybody."""
    settings = Settings(_env_file=None, database_url=database_url)
    reader = make_reader(settings, application="benchmark")
    hub = Hub(
        database=Database(reader, reader, clock=SystemClock(), announcer=SilentAnnouncer()),
        redis=make_request_redis(redis_url),
        subscriber=make_subscriber_redis(redis_url),
        clock=SystemClock(),
        pace=Pace(recheck_seconds=float(os.environ.get("RECHECK", "30"))),
        keep_messages=512,
    )
    app = FastAPI()
    app.state.hub = hub
    app.include_router(live_router(_open_doors()))
    async with hub.running():
        await _serve(app, port)
    await reader.dispose()


def _open_doors() -> Doors[Visitor]:
    async def authenticate(_websocket: WebSocket) -> Visitor:
        return Visitor(new_id())

    async def still_signed_in(*_: object) -> bool:
        return True

    async def board(session: AsyncSession, _visitor: Visitor, board_id: UUID) -> Stream:
        found = await session.get(Board, board_id)
        assert found is not None
        return Stream(StreamKind.BOARD, board_id, found.workspace_id)

    return Doors(
        authenticate=authenticate, still_signed_in=still_signed_in, board=board, workspace=board
    )


async def _serve(app: Starlette, port: int) -> None:
    config = uvicorn.Config(
        app,
        port=port,
        lifespan="off",
        log_config=None,
        ws=LiveProtocol,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=2,
    )
    await uvicorn.Server(config).serve()


SERVE = {"bare": serve_bare, "live": serve_live}

if __name__ == "__main__":
    main()
