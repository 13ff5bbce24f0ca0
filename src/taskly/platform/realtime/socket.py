"""One live connection, from the accepted handshake to the close.

Two tasks: one sends, one receives. What is to be sent is looked up when the socket can take it, so a slow
client keeps nobody waiting and nothing in memory; one that takes nothing for five seconds is closed.
"""

import asyncio
import enum
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated, Literal
from uuid import UUID

import structlog
from pydantic import Field, TypeAdapter, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from taskly.kit.ids import new_id
from taskly.platform.events.log import Stream
from taskly.platform.http.problems import Forbidden, Malformed, NotFound, NotSignedIn, Problem
from taskly.platform.http.rate_limits import TooManyRequests
from taskly.platform.http.schema import Request
from taskly.platform.realtime import metrics
from taskly.platform.realtime.hub import Hub
from taskly.platform.realtime.messages import hello_text, ping_text, reset_text
from taskly.platform.realtime.presence import Attention, Presence
from taskly.platform.realtime.reader import Lost, Reader

log = structlog.get_logger()

MESSAGES_A_MINUTE = 100
MAX_FRAME_BYTES = 64 * 1024
"""For the server's settings: larger frames close the socket with 1009 before they reach this module."""


class CloseCode(enum.IntEnum):
    """Why a socket closes, beside the codes of the protocol itself."""

    ABNORMAL = 1006
    FAILED = 1011
    SERVICE_RESTART = 1012
    BAD_MESSAGE = 4400
    NOT_SIGNED_IN = 4401
    FORBIDDEN = 4403
    NOT_FOUND = 4404
    TOO_SLOW = 4408
    TOO_MANY = 4429


class Pong(Request):
    """The answer to a ping. Welcome, not needed: the protocol's own pings find dead connections."""

    kind: Literal["pong"]


class PresenceChange(Request):
    """What the person does now, and to which card."""

    kind: Literal["presence"]
    state: Attention = Attention.VIEWING
    card_id: UUID | None = None


ClientMessage = Annotated[Pong | PresenceChange, Field(discriminator="kind")]
_CLIENT_MESSAGE: TypeAdapter[Pong | PresenceChange] = TypeAdapter(ClientMessage)


class _Closing(Exception):
    """The socket is to be closed with `code`, or is `closed` already."""

    def __init__(self, code: int, *, closed: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.closed = closed


class LiveSocket:
    """An accepted socket that listens to a stream. Knows nobody's rules: `prove` asks them.

    `prove` returns when the person is still signed in and may still see the stream, and raises
    `NotSignedIn`, `Forbidden` or `NotFound` otherwise.
    """

    def __init__(
        self,
        websocket: WebSocket,
        *,
        hub: Hub,
        reader: Reader,
        user_id: UUID,
        prove: Callable[[], Awaitable[None]],
    ) -> None:
        self.user_id = user_id
        self._websocket = websocket
        self._hub = hub
        self._clock = hub.clock
        self._reader = reader
        self._prove = prove
        self._socket_id = new_id()
        self._presence = Presence(str(user_id))
        self._people_sent: tuple[Presence, ...] = ()
        # The access was checked before this socket could hear of its end: so once more.
        self._doubted = True
        self._dismissed: int | None = None
        self._patience = asyncio.timeout(None)
        self._sending_since: float | None = None
        now = hub.clock.monotonic()
        self._ping_at = now + hub.pace.ping_seconds
        self._prove_at = now + hub.pace.recheck_seconds
        self._ping_due = False
        self._received_at: deque[float] = deque(maxlen=MESSAGES_A_MINUTE)

    @property
    def stream(self) -> Stream:
        """What the socket listens to."""
        return self._reader.room.stream

    async def run(self) -> None:
        """Serve the client until it goes or must go."""
        metrics.SOCKETS_OPEN.inc()
        try:
            closing = await self._serve()
        finally:
            metrics.SOCKETS_OPEN.dec()
            self._hub.attendance.note(self.stream, self._socket_id, None)
        metrics.SOCKETS_CLOSED.labels(str(closing.code)).inc()
        if not closing.closed:
            await close(self._websocket, closing.code, patience=self._hub.pace.send_seconds)

    def tick(self, now: float) -> None:
        """Time goes by."""
        pace = self._hub.pace
        if self._sending_since is not None and now - self._sending_since > pace.send_seconds:
            self._sending_since = None
            self._patience.reschedule(asyncio.get_running_loop().time())
        if now >= self._prove_at:
            self.doubt()
        if now >= self._ping_at:
            self._ping_at = now + pace.ping_seconds
            self._ping_due = True
            self._hub.attendance.note(self.stream, self._socket_id, self._presence, news=False)
            self._reader.wake()

    def doubt(self) -> None:
        """Prove the access again before anything more is sent."""
        self._doubted = True
        self._reader.wake()

    def dismiss(self, code: int) -> None:
        """Close soon, with this code."""
        self._dismissed = code
        self._reader.wake()

    async def _serve(self) -> _Closing:
        closing = _Closing(CloseCode.FAILED)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._send_until_closing())
                group.create_task(self._receive_until_closing())
        except* _Closing as closings:
            closing = next(one for one in closings.exceptions if isinstance(one, _Closing))
        except* Exception as errors:
            log.exception("socket.failed", errors=[repr(one) for one in errors.exceptions])
        return closing

    # Sending.

    async def _send_until_closing(self) -> None:
        try:
            async with self._patience:
                with self._hub.guests.hosting(self):
                    await self._send_all()
        except TimeoutError:
            if self._patience.expired():
                raise _Closing(CloseCode.TOO_SLOW) from None
            raise

    async def _send_all(self) -> None:
        room = self._reader.room
        self._people_sent = room.people
        await self._send(hello_text(self._reader.version, room.people, self._clock.now()))
        self._hub.attendance.note(self.stream, self._socket_id, self._presence)
        while True:
            await self._send_events()
            await self._send_the_rest()
            await self._reader.news()
            if self._dismissed is not None:
                raise _Closing(self._dismissed)
            if self._doubted:
                await self._prove_access()

    async def _send_events(self) -> None:
        try:
            while messages := self._reader.take() or await self._reader.read():
                for message in messages:
                    await self._send(message.text)
        except Lost:
            await self._send(reset_text(self._reader.version, self._clock.now()))

    async def _send_the_rest(self) -> None:
        room = self._reader.room
        if self._people_sent is not room.people:
            self._people_sent = room.people
            await self._send(room.people_text)
        if self._ping_due:
            self._ping_due = False
            await self._send(ping_text(self._reader.version, self._clock.now()))

    async def _send(self, text: str) -> None:
        if self._doubted:
            await self._prove_access()
        self._sending_since = self._clock.monotonic()
        try:
            await self._websocket.send_text(text)
        except (WebSocketDisconnect, RuntimeError):
            # The second is how the server says that it has closed the connection itself.
            raise _Closing(CloseCode.ABNORMAL, closed=True) from None
        self._sending_since = None

    async def _prove_access(self) -> None:
        """Wait until the access is proved; nothing is sent before."""
        while self._doubted:
            self._doubted = False
            try:
                await self._prove()
            except Problem as problem:
                raise _Closing(close_code(problem)) from None
            except Exception as error:
                # The database does not answer: nobody can say, so it stays in doubt.
                log.warning("socket.access_unknown", error=repr(error))
                self._doubted = True
                await asyncio.sleep(self._hub.pace.tick_seconds)
        self._prove_at = self._clock.monotonic() + self._hub.pace.recheck_seconds

    # Receiving.

    async def _receive_until_closing(self) -> None:
        while True:
            received = await self._websocket.receive()
            if received["type"] == "websocket.disconnect":
                raise _Closing(received.get("code") or CloseCode.ABNORMAL, closed=True)
            self._count_received()
            match _understood(received.get("text")):
                case PresenceChange() as change:
                    self._turn_to(change)
                case Pong():
                    pass

    def _count_received(self) -> None:
        now = self._clock.monotonic()
        times = self._received_at
        if len(times) == MESSAGES_A_MINUTE and now - times[0] < 60:
            raise _Closing(CloseCode.TOO_MANY)
        times.append(now)

    def _turn_to(self, change: PresenceChange) -> None:
        card_id = None if change.card_id is None else str(change.card_id)
        self._presence = Presence(str(self.user_id), change.state, card_id)
        self._hub.attendance.note(self.stream, self._socket_id, self._presence)


async def close(websocket: WebSocket, code: int, *, patience: float) -> None:
    """Close an accepted socket. The frame may have to wait behind what a slow client has not taken."""
    with suppress(TimeoutError, WebSocketDisconnect, RuntimeError):
        async with asyncio.timeout(patience):
            await websocket.close(code)


def close_code(error: Exception) -> CloseCode:
    """The close code that says the same as a problem of the HTTP API."""
    match error:
        case Malformed():
            return CloseCode.BAD_MESSAGE
        case NotSignedIn():
            return CloseCode.NOT_SIGNED_IN
        case Forbidden():
            return CloseCode.FORBIDDEN
        case NotFound():
            return CloseCode.NOT_FOUND
        case TooManyRequests():
            return CloseCode.TOO_MANY
        case _:
            return CloseCode.FAILED


def _understood(text: str | None) -> Pong | PresenceChange:
    try:
        return _CLIENT_MESSAGE.validate_json(text or "")
    except ValidationError:
        raise _Closing(CloseCode.BAD_MESSAGE) from None
