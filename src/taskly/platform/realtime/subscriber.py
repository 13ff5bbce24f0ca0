"""The one Redis connection on which a process hears of its streams.

Each confirmed subscription is reported: what was sent before it, since the connection was lost, is not
coming back. A connection on which nothing is heard, not even the answer to a ping, counts as lost.
"""

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from taskly.kit.tasks import end

BURST = 32
"""After so many messages in a row the readers get their turn, so that none falls behind unseen."""


class SilentRedis(RedisError):
    """Redis has not answered a ping."""


class Subscriber:
    """Follows a changing set of channels. `client` must not retry by itself."""

    def __init__(
        self,
        client: Redis,
        *,
        on_message: Callable[[str, bytes], None],
        on_subscribed: Callable[[str], None],
        silence_seconds: float,
    ) -> None:
        self._client = client
        self._on_message = on_message
        self._on_subscribed = on_subscribed
        self._silence_seconds = silence_seconds
        self._wanted: set[str] = set()
        self._changed = asyncio.Event()

    def follow(self, channel: str) -> None:
        """Subscribe to the channel, now and after each reconnect."""
        self._wanted.add(channel)
        self._changed.set()

    def leave(self, channel: str) -> None:
        """Unsubscribe."""
        self._wanted.discard(channel)
        self._changed.set()

    async def listen(self) -> None:
        """Connect and listen until the connection is lost.

        Raises:
            RedisError, OSError: it is lost; listen again.
        """
        present = set(self._wanted)
        async with self._client.pubsub() as pubsub:
            async with asyncio.timeout(self._silence_seconds):
                await pubsub.subscribe(*present)
            both = [
                asyncio.create_task(self._read(pubsub)),
                asyncio.create_task(self._adjust(pubsub, present)),
            ]
            try:
                ended, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            finally:
                await end(both)
            for task in ended:
                task.result()

    async def _adjust(self, pubsub: PubSub, present: set[str]) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            wanted = set(self._wanted)
            if added := wanted - present:
                await pubsub.subscribe(*added)
            if removed := present - wanted:
                await pubsub.unsubscribe(*removed)
            present = wanted

    async def _read(self, pubsub: PubSub) -> None:
        pinged = False
        for count in itertools.count(1):
            message = await pubsub.get_message(timeout=self._silence_seconds)
            if message is None:
                if pinged:
                    raise SilentRedis
                await pubsub.ping()
            else:
                self._pass_on(message)
            pinged = message is None
            if count % BURST == 0:
                await asyncio.sleep(0)

    def _pass_on(self, message: dict[str, Any]) -> None:
        if message["type"] == "message":
            self._on_message(message["channel"].decode(), message["data"])
        elif message["type"] == "subscribe":
            self._on_subscribed(message["channel"].decode())
