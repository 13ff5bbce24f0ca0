"""Presence: who looks at a board, and which card they have in hand.

It lives in Redis alone and expires: one hash a stream, one field a socket. When Redis is away, nobody
is present, and nothing else changes.
"""

import asyncio
import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from taskly.kit.clock import Clock
from taskly.kit.json import dumps, loads
from taskly.platform.events.log import Stream
from taskly.platform.realtime.bus import PRESENCE_CHANGED, channel_of

log = structlog.get_logger()

LIFETIME = timedelta(seconds=75)
"""A socket that does not renew its presence for this long is not here: two heartbeats and some more."""


class Attention(enum.StrEnum):
    """What somebody does."""

    VIEWING = "viewing"
    EDITING = "editing"
    DRAGGING = "dragging"


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody here. `card_id` is the card they look at, edit or drag, if any."""

    user_id: str
    state: Attention = Attention.VIEWING
    card_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Note:
    stream: Stream
    socket_id: UUID
    presence: Presence | None
    news: bool


class Attendance:
    """Keeps the presence of this process's sockets in Redis, and reads who else is here.

    Nobody waits for it: `note` and `look` are remembered and done together, a few times a second.
    """

    def __init__(
        self,
        redis: Redis,
        *,
        clock: Clock,
        pause_seconds: float,
        show: Callable[[UUID, tuple[Presence, ...]], None],
    ) -> None:
        self._redis = redis
        self._clock = clock
        self._pause_seconds = pause_seconds
        self._show = show
        self._notes: dict[UUID, _Note] = {}
        self._looks: set[UUID] = set()
        self._due = asyncio.Event()

    def note(
        self, stream: Stream, socket_id: UUID, presence: Presence | None, *, news: bool = True
    ) -> None:
        """A socket's presence; None when it leaves. Without `news` it is only renewed."""
        waiting = self._notes.get(socket_id)
        news = news or (waiting is not None and waiting.news)
        self._notes[socket_id] = _Note(stream, socket_id, presence, news)
        self.look(stream.id)

    def look(self, stream_id: UUID) -> None:
        """Read again who is in a stream."""
        self._looks.add(stream_id)
        self._due.set()

    async def keep(self) -> None:
        """Wait until something is due, and do it."""
        await self._due.wait()
        await asyncio.sleep(self._pause_seconds)
        await self.flush()

    async def flush(self) -> None:
        """Do what is due."""
        self._due.clear()
        notes, self._notes = self._notes, {}
        looks, self._looks = self._looks, set()
        try:
            await self._write(notes.values())
            present = await self._read(looks)
        except (RedisError, OSError) as error:
            log.warning("presence.unavailable", error=repr(error))
            present = dict.fromkeys(looks, ())
        for stream_id, people in present.items():
            self._show(stream_id, people)

    async def _write(self, notes: Iterable[_Note]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        until = (self._clock.now() + LIFETIME).timestamp()
        for note in notes:
            key = _key(note.stream.id)
            if note.presence is None:
                pipeline.hdel(key, note.socket_id.hex)
            else:
                pipeline.hset(key, note.socket_id.hex, _written(note.presence, until))
                pipeline.expire(key, LIFETIME)
            if note.news:
                pipeline.publish(channel_of(note.stream), PRESENCE_CHANGED)
        if len(pipeline):
            await pipeline.execute()

    async def _read(self, looks: set[UUID]) -> dict[UUID, tuple[Presence, ...]]:
        order = list(looks)
        pipeline = self._redis.pipeline(transaction=False)
        for stream_id in order:
            pipeline.hvals(_key(stream_id))
        answers: list[list[bytes]] = await pipeline.execute()
        now = self._clock.now().timestamp()
        return {
            stream_id: _people(values, now)
            for stream_id, values in zip(order, answers, strict=True)
        }


def _key(stream_id: UUID) -> str:
    return f"presence:{stream_id}"


def _written(presence: Presence, until: float) -> bytes:
    return dumps([until, presence.user_id, presence.state, presence.card_id])


def _people(values: Iterable[bytes], now: float) -> tuple[Presence, ...]:
    """Who is here, each tab that says the same counted once, in a stable order."""
    people = set()
    for value in values:
        until, user_id, state, card_id = loads(value)
        if until > now:
            people.add(Presence(user_id, Attention(state), card_id))
    return tuple(sorted(people, key=lambda one: (one.user_id, one.state, one.card_id or "")))
