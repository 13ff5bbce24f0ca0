"""The hub of one api process: its rooms, and what keeps them right.

Redis tells of new events, and the hub offers them to their rooms. Whatever Redis did not tell is found
by comparing the rooms' versions with the heads in PostgreSQL: once a second for all rooms, and at once
for a room that saw a jump or was subscribed anew.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import structlog
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.kit.clock import Clock
from taskly.kit.json import loads
from taskly.kit.tasks import end
from taskly.platform.db.session import Database
from taskly.platform.events.log import Stream, from_row, read_heads, read_log
from taskly.platform.events.models import StreamKind
from taskly.platform.http.problems import NotFound
from taskly.platform.realtime import metrics
from taskly.platform.realtime.bus import RECHECK_CHANNEL, channel_of, unpack
from taskly.platform.realtime.guests import Guests
from taskly.platform.realtime.messages import Message, event_message, presence_text
from taskly.platform.realtime.presence import Attendance, Presence
from taskly.platform.realtime.reader import GAP_LIMIT, Reader
from taskly.platform.realtime.room import Room
from taskly.platform.realtime.subscriber import Subscriber

log = structlog.get_logger()

READ_AT_ONCE = 4
"""Sessions for readers that join. A thousand that come back at once wait for each other, and requests
still find a connection in the pool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often things happen, and how long they may take."""

    gap_check_seconds: float = 1
    tick_seconds: float = 1
    ping_seconds: float = 30
    recheck_seconds: float = 30
    send_seconds: float = 5
    presence_seconds: float = 0.1
    redis_silence_seconds: float = 5
    retry_seconds: float = 0.2
    drain_seconds: float = 2


class Hub:
    """Rooms by stream. `running()` is its life; it belongs to the event loop's thread."""

    def __init__(
        self,
        *,
        database: Database,
        redis: Redis,
        subscriber: Redis,
        clock: Clock,
        pace: Pace,
        keep_messages: int,
    ) -> None:
        self.clock = clock
        self.pace = pace
        self.guests = Guests()
        self.attendance = Attendance(
            redis, clock=clock, pause_seconds=pace.presence_seconds, show=self._show
        )
        self._database = database
        self._keep_messages = keep_messages
        self._rooms: dict[UUID, Room] = {}
        self._by_channel: dict[str, Room] = {}
        self._doubtful: set[Room] = set()
        self._check_due = asyncio.Event()
        self.gate = asyncio.Semaphore(READ_AT_ONCE)
        self.stopping = False
        """Whether the process was asked to stop: then nothing may wait any longer."""
        self._subscriber = Subscriber(
            subscriber,
            on_message=self._heard,
            on_subscribed=self._subscribed,
            silence_seconds=pace.redis_silence_seconds,
        )
        self._subscriber.follow(RECHECK_CHANNEL)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the rooms right inside the block; sockets that are left at its end close with 1012."""
        steps = (
            self._subscriber.listen,
            self._check_all,
            self._check_doubtful,
            self._tick,
            self.attendance.keep,
        )
        tasks = [asyncio.create_task(self._repeat(step)) for step in steps]
        try:
            yield
        finally:
            await self.guests.drain(self.pace.drain_seconds)
            await end(tasks)
            await self.attendance.flush()

    def stop_waiting(self) -> None:
        """Let all requests that wait for events answer now."""
        self.stopping = True
        for room in self._rooms.values():
            room.wake()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A short read session, given to few at a time. Never wait for a client inside."""
        async with self.gate, self._database.reading() as session:
            yield session

    @asynccontextmanager
    async def join(self, stream: Stream, since: int | None) -> AsyncIterator[Reader]:
        """A place in a stream: after version `since`, or at the present version.

        Raises:
            NotFound: the board or workspace is gone.
        """
        room = await self._room(stream)
        reader = Reader(room, since, self._recall)
        room.listeners.add(reader)
        try:
            # What a workspace tells of its people decides who may listen to its boards.
            await self._room(_workspace_of(stream))
            if reader.version > room.version:
                await self._check({room})
            yield reader
        finally:
            room.listeners.discard(reader)

    async def _room(self, stream: Stream) -> Room:
        if stream.id not in self._rooms:
            async with self.reading() as session:
                heads = await read_heads(session, stream.kind, [stream.id])
            if stream.id not in heads:
                raise NotFound
            self._open(stream, heads[stream.id])
        return self._rooms[stream.id]

    def _open(self, stream: Stream, version: int) -> None:
        if stream.id in self._rooms:
            return  # somebody else was faster
        room = Room(stream, version, keep_messages=self._keep_messages)
        channel = channel_of(stream)
        self._rooms[stream.id] = self._by_channel[channel] = room
        self._subscriber.follow(channel)

    async def _recall(self, room: Room, version: int) -> Sequence[Message]:
        """The messages that follow `version`, from the log; large ones not all at once."""
        async with self.gate:
            remembered = room.after(version)
            if remembered is not None:
                return remembered
            async with self._database.reading() as session:
                rows = await read_log(session, room.stream.id, after=version, limit=GAP_LIMIT)
        messages = [event_message(from_row(row)) for row in rows if row.version <= room.version]
        room.remember(messages)
        return messages

    # What Redis tells.

    def _heard(self, channel: str, payload: bytes) -> None:
        if channel == RECHECK_CHANNEL:
            self.guests.doubt(lambda guest: guest.user_id.bytes == payload)
            return
        room = self._by_channel.get(channel)
        if room is None:
            return
        version, body = unpack(payload)
        if version == 0:
            self.attendance.look(room.stream.id)
        elif not self._offer(room, Message(version, body.decode())):
            self._check_soon(room)

    def _subscribed(self, channel: str) -> None:
        """What was told in this channel until now has not been heard."""
        metrics.SUBSCRIPTIONS.inc()
        room = self._by_channel.get(channel)
        if room is not None:
            self._check_soon(room)
            self.attendance.look(room.stream.id)

    def _offer(self, room: Room, message: Message) -> bool:
        before = room.version
        accepted = room.offer(message)
        if room.version > before:
            metrics.EVENTS_DELIVERED.inc(len(room.listeners))
            if room.stream.kind is StreamKind.WORKSPACE:
                self._doubt_concerned(room.stream, message)
        return accepted

    def _doubt_concerned(self, workspace: Stream, message: Message) -> None:
        """A workspace's event about a person may have changed what this person may see; one about the
        workspace itself, such as its end, what all may.
        """
        concerned = loads(message.text)["data"]["id"]
        everybody = concerned == str(workspace.id)
        self.guests.doubt(
            lambda guest: (
                guest.stream.workspace_id == workspace.id
                and (everybody or str(guest.user_id) == concerned)
            )
        )

    # What the log tells.

    def _check_soon(self, room: Room) -> None:
        self._doubtful.add(room)
        self._check_due.set()

    async def _check_doubtful(self) -> None:
        await self._check_due.wait()
        self._check_due.clear()
        doubtful, self._doubtful = self._doubtful, set()
        await self._check(doubtful)

    async def _check_all(self) -> None:
        await asyncio.sleep(self.pace.gap_check_seconds)
        self._close_empty()
        await self._check(self._rooms.values())

    async def _check(self, rooms: Collection[Room]) -> None:
        """Compare rooms with their heads, and give them what they have missed."""
        # A room may move on while the heads are read, and then it is right to be ahead of them. But a
        # head behind the version from before says that the database was restored from a backup.
        before = {room: room.version for room in rooms}
        if not before:
            return
        async with self._database.reading() as session:
            heads: dict[UUID, int] = {}
            for kind in StreamKind:
                ids = [room.stream.id for room in before if room.stream.kind is kind]
                if ids:
                    heads |= await read_heads(session, kind, ids)
            for room, version in before.items():
                await self._settle(session, room, version, heads.get(room.stream.id))

    async def _settle(
        self, session: AsyncSession, room: Room, before: int, head: int | None
    ) -> None:
        if head is None:
            self.guests.doubt(lambda guest: guest.stream.id == room.stream.id)
        elif head < before or head - room.version > GAP_LIMIT:
            self._restart(room, head)
        elif head > room.version:
            await self._fill(session, room, head)

    async def _fill(self, session: AsyncSession, room: Room, head: int) -> None:
        while room.version < head:
            before = room.version
            for row in await read_log(session, room.stream.id, after=before, limit=GAP_LIMIT):
                self._offer(room, event_message(from_row(row)))
            if room.version == before:
                # The log does not go back that far: it has been cut to its retention.
                self._restart(room, head)
                return
        metrics.GAPS_FILLED.inc()

    def _restart(self, room: Room, version: int) -> None:
        metrics.RESTARTS.inc()
        log.warning("live.room_restarted", stream_id=str(room.stream.id), version=version)
        room.restart(version)
        if room.stream.kind is StreamKind.WORKSPACE:
            self.guests.doubt(lambda guest: guest.stream.workspace_id == room.stream.id)

    # Housekeeping.

    def _close_empty(self) -> None:
        """Forget rooms without listeners. A workspace's room stays as long as one of its boards'."""
        needed = {room.stream.workspace_id for room in self._rooms.values() if room.listeners}
        for room in list(self._rooms.values()):
            if not room.listeners and room.stream.id not in needed:
                del self._rooms[room.stream.id]
                del self._by_channel[channel_of(room.stream)]
                self._subscriber.leave(channel_of(room.stream))

    def _show(self, stream_id: UUID, people: tuple[Presence, ...]) -> None:
        room = self._rooms.get(stream_id)
        if room is not None:
            room.show(people, presence_text(people, self.clock.now()))

    async def _tick(self) -> None:
        await asyncio.sleep(self.pace.tick_seconds)
        self.guests.tick(self.clock.monotonic())

    async def _repeat(self, step: Callable[[], Awaitable[None]]) -> None:
        """Do one thing again and again: whatever fails is tried anew."""
        while True:
            try:
                await step()
            except Exception as error:
                log.warning("live.step_failed", step=step.__qualname__, error=repr(error))
                await asyncio.sleep(self.pace.retry_seconds)


def _workspace_of(stream: Stream) -> Stream:
    return Stream(StreamKind.WORKSPACE, stream.workspace_id, stream.workspace_id)
