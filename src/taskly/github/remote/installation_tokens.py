"""The tokens with which installations of the app act: each for an hour, shared by all processes through Redis.

They are encrypted there. One that is about to end is renewed before it does, by one process at a time; the others
wait for it. Without Redis each process has its own.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from taskly.github.remote.app_resources import InstallationToken
from taskly.github.remote.turns import turn_among_processes
from taskly.kit.clock import Clock
from taskly.kit.crypto import DecryptionError, KeyRing
from taskly.kit.json import dumps, loads

MARGIN = timedelta(minutes=5)
"""So long before its end a token is renewed: what began with it shall be able to go on for a while."""

log = structlog.get_logger()

Ask = Callable[[int], Awaitable[InstallationToken]]
"""Gets a token of an installation from GitHub."""


@dataclass(frozen=True, slots=True)
class _Held:
    token: str = field(repr=False)
    expires_at: datetime

    def counts(self, now: datetime) -> bool:
        return now < self.expires_at - MARGIN


class InstallationTokens:
    """Tokens by the id of the installation."""

    def __init__(self, redis: Redis, keys: KeyRing, clock: Clock) -> None:
        self._redis = redis
        self._keys = keys
        self._clock = clock
        self._own: dict[int, _Held] = {}
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def aclose(self) -> None:
        """Forget what this process knows by itself."""
        self._own.clear()

    async def current(self, installation_id: int, ask: Ask) -> str:
        """A token that counts for a few minutes at least.

        Raises:
            AppShutOut: the app is suspended there, or was taken off.
        """
        held = await self._held(installation_id)
        return held.token if held is not None else await self._renewed(installation_id, None, ask)

    async def renewed(self, installation_id: int, refused: str, ask: Ask) -> str:
        """A token in place of one that GitHub refused; raises what `current` raises."""
        return await self._renewed(installation_id, refused, ask)

    async def _renewed(self, installation_id: int, refused: str | None, ask: Ask) -> str:
        turn = turn_among_processes(self._redis, _key(installation_id))
        async with self._turns[installation_id], turn:
            held = await self._held(installation_id)
            if held is not None and held.token != refused:
                return held.token  # Somebody was faster.
            fresh = await ask(installation_id)
            await self._keep(installation_id, _Held(fresh.token, fresh.expires_at))
        log.info("github.installation_token_renewed", installation_id=installation_id)
        return fresh.token

    async def _held(self, installation_id: int) -> _Held | None:
        try:
            kept = await self._redis.get(_key(installation_id))
        except (RedisError, OSError) as error:
            _note_absence(error)
            held = self._own.get(installation_id)
        else:
            held = None if kept is None else self._read(installation_id, kept)
        return held if held is not None and held.counts(self._clock.now()) else None

    async def _keep(self, installation_id: int, held: _Held) -> None:
        self._own[installation_id] = held
        written = dumps([held.token, held.expires_at.timestamp()])
        seconds = int((held.expires_at - self._clock.now()).total_seconds())
        try:
            await self._redis.set(
                _key(installation_id),
                self._keys.encrypt(written, _owner(installation_id)),
                ex=max(seconds, 1),
            )
        except (RedisError, OSError) as error:
            _note_absence(error)

    def _read(self, installation_id: int, kept: bytes | str) -> _Held | None:
        value = kept.decode() if isinstance(kept, bytes) else kept
        try:
            token, expires_at = loads(self._keys.decrypt(value, _owner(installation_id)))
        except DecryptionError:
            return (
                None  # Written with a key that is not here any more: there are always new tokens.
            )
        return _Held(token, datetime.fromtimestamp(expires_at, UTC))


def _key(installation_id: int) -> str:
    return f"github:installation:{installation_id}"


def _owner(installation_id: int) -> str:
    return f"redis|installation_token|{installation_id}"


def _note_absence(error: Exception) -> None:
    log.warning("github.installation_tokens_alone", error=repr(error))
