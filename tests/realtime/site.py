"""Live endpoints behind a real server, and clients of them."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import uvicorn
from fastapi import FastAPI, WebSocket
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from taskly.boards.models import Board
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.http.problems import Forbidden, NotFound, NotSignedIn
from taskly.platform.realtime.doors import Doors
from taskly.platform.realtime.endpoints import live_router
from taskly.platform.realtime.hub import Hub
from taskly.platform.realtime.protocol import LiveProtocol
from taskly.platform.realtime.socket import MAX_FRAME_BYTES
from taskly.workspaces.models import WorkspaceMember

PATIENCE_SECONDS = 60
"""How long a test waits for what must come; far more than it takes."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who opens a socket here: a person's id is their token."""

    user_id: UUID


@dataclass(slots=True)
class Site:
    """Live endpoints, a door that asks the tables, and who was signed out."""

    hub: Hub
    port: int
    server: uvicorn.Server | None = None
    signed_out: set[UUID] = field(default_factory=set)
    breaks: bool = False
    """Whether asking about access fails."""
    asked_in_vain: int = 0

    def open_connections(self) -> int:
        """How many clients the server holds a connection to."""
        assert self.server is not None
        return len(self.server.server_state.connections)

    def stop(self) -> None:
        """Shut the server down."""
        assert self.server is not None
        self.server.should_exit = True

    @asynccontextmanager
    async def client(
        self,
        stream: Stream,
        user_id: UUID | None,
        *,
        since: object = None,
        query: str = "",
        **options: Any,
    ) -> AsyncIterator["Client"]:
        """A socket that listens to a board or workspace."""
        if since is not None:
            query = f"since={since}"
        address = f"ws://127.0.0.1:{self.port}/ws/{stream.kind.value}s/{stream.id}?{query}"
        headers = {} if user_id is None else {"Authorization": f"Bearer {user_id}"}
        async with connect(
            address.rstrip("?"), additional_headers=headers, compression=None, **options
        ) as connection:
            yield Client(connection)

    def doors(self) -> Doors[Visitor]:
        """What this site knows about access."""

        async def authenticate(websocket: WebSocket) -> Visitor:
            if websocket.headers.get("origin", "http://here") != "http://here":
                raise Forbidden
            token = websocket.headers.get("authorization", "").removeprefix("Bearer ")
            if not token:
                raise NotSignedIn
            return Visitor(UUID(token))

        async def still_signed_in(_session: AsyncSession, visitor: Visitor, _now: datetime) -> bool:
            if self.breaks:
                self.asked_in_vain += 1
                raise OSError("the database is away")
            return visitor.user_id not in self.signed_out

        async def board(session: AsyncSession, visitor: Visitor, board_id: UUID) -> Stream:
            workspace_id = await session.scalar(
                select(Board.workspace_id).where(Board.id == board_id)
            )
            if workspace_id is None:
                raise NotFound
            await workspace(session, visitor, workspace_id)
            return Stream(StreamKind.BOARD, board_id, workspace_id)

        async def workspace(session: AsyncSession, visitor: Visitor, workspace_id: UUID) -> Stream:
            if await session.get(WorkspaceMember, (workspace_id, visitor.user_id)) is None:
                raise NotFound
            return Stream(StreamKind.WORKSPACE, workspace_id, workspace_id)

        return Doors(
            authenticate=authenticate,
            still_signed_in=still_signed_in,
            board=board,
            workspace=workspace,
        )


@dataclass(frozen=True, slots=True)
class Client:
    """One end of a socket."""

    connection: ClientConnection

    async def next(self, *kinds: str) -> Json:
        """The next message, of one of these kinds if any are named."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                message: Json = json.loads(await self.connection.recv())
                if not kinds or message["kind"] in kinds:
                    return message

    async def texts(self, up_to: int) -> list[str]:
        """The events up to a version, as they were sent."""
        texts: list[str] = []
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                text = await self.connection.recv()
                assert isinstance(text, str)
                message = json.loads(text)
                if message["kind"] == "event":
                    texts.append(text)
                    if message["version"] >= up_to:
                        return texts

    async def sees(self, people: list[Json]) -> None:
        """Wait until exactly these are present."""
        while (await self.next("presence"))["presence"] != people:
            pass

    async def send(self, text: str | bytes) -> None:
        """Say something."""
        await self.connection.send(text)

    async def send_presence(self, **fields: object) -> None:
        """Say what one does."""
        await self.send(json.dumps({"kind": "presence", **fields}))

    async def closed(self) -> int:
        """Wait until the other side closes; its code."""
        return (await self.until_closed())[0]

    async def until_closed(self) -> tuple[int, list[int]]:
        """Wait until the other side closes; its code, and the versions of events heard before."""
        heard: list[int] = []
        async with asyncio.timeout(PATIENCE_SECONDS):
            with suppress(ConnectionClosed):
                while True:
                    message = json.loads(await self.connection.recv())
                    if message["kind"] == "event":
                        heard.append(message["version"])
        assert self.connection.close_code is not None
        return self.connection.close_code, heard


@asynccontextmanager
async def running_site(hub: Hub, linger_seconds: float) -> AsyncIterator[Site]:
    """A server for the live endpoints of a hub."""
    protocol = type("Protocol", (LiveProtocol,), {"linger_seconds": linger_seconds})
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        site = Site(hub, listener.getsockname()[1])
        app = FastAPI()
        app.state.hub = hub
        app.include_router(live_router(site.doors()))
        config = uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            ws=protocol,
            ws_max_size=MAX_FRAME_BYTES,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=5,
        )
        site.server = server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield site
        finally:
            site.stop()
            await serving
