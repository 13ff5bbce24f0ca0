"""The handshake of a live connection: from the request to a socket that may listen, or to a refusal."""

import re
from uuid import UUID

import structlog
from starlette.websockets import WebSocket

from taskly.platform.events.log import read_heads
from taskly.platform.http.problems import Forbidden, Malformed, NotFound, NotSignedIn, Problem
from taskly.platform.realtime.doors import Door, Doors, P
from taskly.platform.realtime.process import hub_of
from taskly.platform.realtime.socket import LiveSocket, close, close_code

log = structlog.get_logger()

SUBPROTOCOL = "taskly.v1"
"""Browsers that carry a token in the list of subprotocols offer this one too, and get it back."""


async def answer(websocket: WebSocket, doors: Doors[P], door: Door[P], named: str) -> None:
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
