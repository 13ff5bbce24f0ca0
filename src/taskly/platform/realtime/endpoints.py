"""The live endpoints. Who may listen is decided by functions that the api hands in."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Generic, Protocol, TypeVar
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, WebSocket
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from taskly.kit.clock import Clock
from taskly.platform.db.session import Database
from taskly.platform.events.log import Stream, read_heads
from taskly.platform.http.problems import (
    Forbidden,
    Malformed,
    NotFound,
    NotSignedIn,
    Problem,
)
from taskly.platform.realtime.hub import Hub, Pace
from taskly.platform.realtime.socket import LiveSocket, close, close_code
from taskly.platform.redis import make_subscriber_redis
from taskly.platform.settings import Settings

log = structlog.get_logger()

SUBPROTOCOL = "taskly.v1"
"""Browsers that carry a token in the list of subprotocols offer this one too, and get it back."""


class Person(Protocol):
    """Whoever is signed in."""

    @property
    def user_id(self) -> UUID:
        """The person's id."""
        ...


P = TypeVar("P", bound=Person)

Door = Callable[[AsyncSession, P, UUID], Awaitable[Stream]]
"""Opens a board's or a workspace's stream for a person. Raises NotFound, Forbidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors(Generic[P]):
    """What the api knows about access. All but `authenticate` are asked again while a socket is open."""

    authenticate: Callable[[WebSocket], Awaitable[P]]
    """Who opens the socket. Raises NotSignedIn, or Forbidden for a page of another site."""
    still_signed_in: Callable[[AsyncSession, P, datetime], Awaitable[bool]]
    """Whether the session or token has not been ended since."""
    board: Door[P]
    workspace: Door[P]


def live_router(doors: Doors[P]) -> APIRouter:
    """`/ws/boards/{board_id}` and `/ws/workspaces/{workspace_id}`, both with `?since=`."""
    router = APIRouter()

    @router.websocket("/ws/boards/{named}")
    async def follow_board(websocket: WebSocket, named: str) -> None:
        await _answer(websocket, doors, doors.board, named)

    @router.websocket("/ws/workspaces/{named}")
    async def follow_workspace(websocket: WebSocket, named: str) -> None:
        await _answer(websocket, doors, doors.workspace, named)

    return router


class Resources(Protocol):
    """What an api process has open: its runtime."""

    @property
    def settings(self) -> Settings: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def database(self) -> Database: ...
    @property
    def redis(self) -> Redis: ...


@asynccontextmanager
async def open_hub(resources: Resources) -> AsyncIterator[Hub]:
    """The hub of an api process, at work inside the block."""
    settings = resources.settings
    subscriber = make_subscriber_redis(settings.required_redis_url())
    hub = Hub(
        database=resources.database,
        redis=resources.redis,
        subscriber=subscriber,
        clock=resources.clock,
        pace=Pace(
            gap_check_seconds=settings.gap_check_seconds, ping_seconds=settings.socket_ping_seconds
        ),
        keep_messages=settings.socket_queue_messages,
    )
    try:
        async with hub.running():
            yield hub
    finally:
        await subscriber.aclose()


def hub_of(connection: HTTPConnection) -> Hub:
    """The hub of the application that serves this request or socket."""
    hub: Hub = connection.app.state.hub
    return hub


async def _hub_of(connection: HTTPConnection) -> Hub:
    return hub_of(connection)


LiveHub = Annotated[Hub, Depends(_hub_of)]


async def _answer(websocket: WebSocket, doors: Doors[P], door: Door[P], named: str) -> None:
    """Answer the handshake: 403 without a word for other sites' pages, a close code for all others."""
    if not _address_is_clean(websocket):
        await websocket.close()
        return
    try:
        async with hub_of(websocket).gate:
            person = await doors.authenticate(websocket)
    except Forbidden:
        await websocket.close()
        return
    except Exception as error:
        await _accept(websocket)
        await _turn_away(websocket, error)
        return
    await _accept(websocket)
    try:
        await _serve(websocket, doors, door, person, named)
    except Exception as error:
        await _turn_away(websocket, error)


async def _serve(
    websocket: WebSocket, doors: Doors[P], door: Door[P], person: P, named: str
) -> None:
    hub = hub_of(websocket)
    stream_id, since = _id(named), _since(websocket)
    async with hub.reading() as session:
        stream = await door(session, person, stream_id)

    async def prove() -> None:
        async with hub.reading() as session:
            if not await doors.still_signed_in(session, person, hub.clock.now()):
                raise NotSignedIn
            try:
                await door(session, person, stream_id)
            except NotFound:
                if await read_heads(session, stream.kind, [stream_id]):
                    # It is still there, and they know that it was.
                    raise Forbidden from None
                raise

    async with hub.join(stream, since) as reader:
        await LiveSocket(
            websocket, hub=hub, reader=reader, user_id=person.user_id, prove=prove
        ).run()


async def _accept(websocket: WebSocket) -> None:
    offered = websocket.scope["subprotocols"]
    await websocket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)


async def _turn_away(websocket: WebSocket, error: Exception) -> None:
    if not isinstance(error, Problem):
        log.error("socket.failed", exc_info=error)
    await close(websocket, close_code(error), patience=hub_of(websocket).pace.send_seconds)


def _address_is_clean(websocket: WebSocket) -> bool:
    """Whether the query says nothing but `since`.

    A token there would end up in logs, so it is refused, and taken out of sight of the server's own log.
    """
    if set(websocket.query_params) <= {"since"}:
        return True
    websocket.scope["query_string"] = b""
    return False


def _since(websocket: WebSocket) -> int | None:
    named = websocket.query_params.getlist("since")
    if not named:
        return None
    if len(named) > 1 or not re.fullmatch(r"[0-9]{1,15}", named[0]):
        raise Malformed
    return int(named[0])


def _id(named: str) -> UUID:
    try:
        return UUID(named)
    except ValueError:
        raise NotFound from None
