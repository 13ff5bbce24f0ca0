"""The bus: after the commit, Redis carries each event to the processes whose clients look at its stream.

A message is a hint. Losing it, hearing it twice or late does no harm, see `taskly.platform.realtime.room`.
"""

import struct
from collections.abc import Sequence
from uuid import UUID

from redis.asyncio import Redis

from taskly.platform.events.log import Recorded, Stream
from taskly.platform.realtime.messages import event_bytes

_VERSION = struct.Struct(">Q")
_BATCH = 500

PRESENCE_CHANGED = _VERSION.pack(0)
"""Says in a stream's channel that somebody came, left or turned to another card."""

RECHECK_CHANNEL = "live:recheck"
"""Carries the ids of people whose sockets must prove their access again."""


def channel_of(stream: Stream) -> str:
    """The channel of a stream."""
    return f"live:{stream.kind.value}:{stream.id}"


def pack(recorded: Recorded) -> bytes:
    """A message: the version in eight bytes, then the JSON that clients get, as it is."""
    return _VERSION.pack(recorded.version) + event_bytes(recorded)


def unpack(payload: bytes) -> tuple[int, bytes]:
    """The version and the JSON of a message; version 0 means `PRESENCE_CHANGED`.

    Raises:
        ValueError: the payload is none of ours.
    """
    try:
        (version,) = _VERSION.unpack_from(payload)
    except struct.error:
        raise ValueError("the payload is shorter than its header") from None
    return version, payload[_VERSION.size :]


class RedisBus:
    """The sending side. Give it the client for requests: it must not wait for a Redis that is down."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def publish(self, recorded: Sequence[Recorded]) -> None:
        """Send events, in order, in as few round trips as is sensible."""
        for start in range(0, len(recorded), _BATCH):
            pipeline = self._redis.pipeline(transaction=False)
            for each in recorded[start : start + _BATCH]:
                pipeline.publish(channel_of(each.stream), pack(each))
            await pipeline.execute()

    async def recheck(self, user_id: UUID) -> None:
        """Have all sockets of a person prove now that they may still listen.

        For what no workspace's log tells, such as the end of a session. Sockets also do it by
        themselves every half minute.
        """
        await self._redis.publish(RECHECK_CHANNEL, user_id.bytes)
