"""The gate before GitHub: closed for a token whose limit is reached, and for a host that is down.

All processes share what they learned through Redis; without Redis each goes by what it learned itself.
After five failures in a row a host is left alone for a minute, then one request may try.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from taskly.github.errors import GitHubRateLimited, GitHubUnavailable
from taskly.kit.clock import Clock

log = structlog.get_logger()

FAILURES_TO_CLOSE = 5
CLOSED_SECONDS = 60
LIMITED_SECONDS = 60
"""How long to wait when GitHub limits without saying for how long; doubled each time."""
LONGEST_LIMIT_SECONDS = 3600
FORGET_SECONDS = 2 * 3600


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request may go, and how many failures in a row came before it."""

    limited_for: float = 0
    closed_for: float = 0
    failures: int = 0


class Memory(Protocol):
    """Where failures and limits are remembered. Times are milliseconds since the epoch."""

    async def admit(self, host: str, token: str, now: int) -> Verdict:
        """Whether a request may go; letting the one probe of a closed host through counts it."""

    async def fail(self, host: str, now: int) -> None:
        """Note a failure of the host."""

    async def succeed(self, host: str) -> None:
        """Forget the failures of the host."""

    async def limit(self, token: str, now: int, until: int | None) -> int:
        """Note that the token is limited; until when it is, if that was not said."""


@dataclass(slots=True)
class _Host:
    failures: int = 0
    closed_until: int = 0


@dataclass(slots=True)
class _Limit:
    until: int = 0
    strikes: int = 0


@dataclass(slots=True)
class LocalMemory:
    """What this process learned by itself."""

    hosts: dict[str, _Host] = field(default_factory=dict)
    limits: dict[str, _Limit] = field(default_factory=dict)

    async def admit(self, host: str, token: str, now: int) -> Verdict:
        """See `Memory`."""
        limited = self.limits.get(token, _Limit()).until - now
        if limited > 0:
            return Verdict(limited_for=limited / 1000)
        known = self.hosts.get(host, _Host())
        if known.failures < FAILURES_TO_CLOSE:
            return Verdict(failures=known.failures)
        if known.closed_until > now:
            return Verdict(closed_for=(known.closed_until - now) / 1000)
        known.closed_until = now + CLOSED_SECONDS * 1000
        return Verdict(failures=known.failures)

    async def fail(self, host: str, now: int) -> None:
        """See `Memory`."""
        known = self.hosts.setdefault(host, _Host())
        known.failures += 1
        known.closed_until = now + CLOSED_SECONDS * 1000

    async def succeed(self, host: str) -> None:
        """See `Memory`."""
        self.hosts.pop(host, None)

    async def limit(self, token: str, now: int, until: int | None) -> int:
        """See `Memory`."""
        forgotten = now - FORGET_SECONDS * 1000
        self.limits = {key: each for key, each in self.limits.items() if each.until > forgotten}
        known = self.limits.setdefault(token, _Limit())
        if until is None:
            known.strikes += 1
            until = now + backoff(known.strikes)
        known.until = max(known.until, until)
        return known.until


def backoff(strikes: int) -> int:
    """Milliseconds to wait after so many limits in a row that did not say how long."""
    return min(LIMITED_SECONDS << min(strikes - 1, 16), LONGEST_LIMIT_SECONDS) * 1000


_ADMIT = """
local now = tonumber(ARGV[1])
local limited = tonumber(redis.call('HGET', KEYS[2], 'until') or '0') - now
if limited > 0 then return {limited, 0, 0} end
local failures = tonumber(redis.call('HGET', KEYS[1], 'failures') or '0')
if failures < tonumber(ARGV[2]) then return {0, 0, failures} end
local closed = tonumber(redis.call('HGET', KEYS[1], 'closed_until') or '0') - now
if closed > 0 then return {0, closed, failures} end
redis.call('HSET', KEYS[1], 'closed_until', now + tonumber(ARGV[3]))
return {0, 0, failures}
"""
_FAIL = """
redis.call('HINCRBY', KEYS[1], 'failures', 1)
redis.call('HSET', KEYS[1], 'closed_until', tonumber(ARGV[1]) + tonumber(ARGV[2]))
redis.call('EXPIRE', KEYS[1], ARGV[3])
"""
_LIMIT = """
local now, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
if limit < 0 then
    local strikes = redis.call('HINCRBY', KEYS[1], 'strikes', 1)
    limit = now + math.min(tonumber(ARGV[3]) * 2 ^ (strikes - 1), tonumber(ARGV[4])) * 1000
end
limit = math.max(limit, tonumber(redis.call('HGET', KEYS[1], 'until') or '0'))
redis.call('HSET', KEYS[1], 'until', string.format('%d', limit))
redis.call('EXPIRE', KEYS[1], ARGV[5])
return string.format('%d', limit)
"""


class SharedMemory:
    """What all processes learned, in Redis; what this one learned, when Redis does not answer."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._local = LocalMemory()
        self._admit = redis.register_script(_ADMIT)
        self._fail = redis.register_script(_FAIL)
        self._limit = redis.register_script(_LIMIT)

    async def admit(self, host: str, token: str, now: int) -> Verdict:
        """See `Memory`."""
        own = await self._local.admit(host, token, now)
        if own.limited_for > 0:
            return own
        try:
            limited, closed, failures = await self._admit(
                keys=[_host_key(host), _token_key(token)],
                args=[now, FAILURES_TO_CLOSE, CLOSED_SECONDS * 1000],
            )
        except (RedisError, OSError) as error:
            _note_absence(error)
            return own
        return Verdict(int(limited) / 1000, int(closed) / 1000, int(failures))

    async def fail(self, host: str, now: int) -> None:
        """See `Memory`."""
        await self._local.fail(host, now)
        try:
            await self._fail(
                keys=[_host_key(host)], args=[now, CLOSED_SECONDS * 1000, FORGET_SECONDS]
            )
        except (RedisError, OSError) as error:
            _note_absence(error)

    async def succeed(self, host: str) -> None:
        """See `Memory`."""
        await self._local.succeed(host)
        try:
            await self._redis.delete(_host_key(host))
        except (RedisError, OSError) as error:
            _note_absence(error)

    async def limit(self, token: str, now: int, until: int | None) -> int:
        """See `Memory`."""
        own = await self._local.limit(token, now, until)
        try:
            shared = await self._limit(
                keys=[_token_key(token)],
                args=[
                    now,
                    -1 if until is None else until,
                    LIMITED_SECONDS,
                    LONGEST_LIMIT_SECONDS,
                    FORGET_SECONDS,
                ],
            )
        except (RedisError, OSError) as error:
            _note_absence(error)
            return own
        return int(shared)


class Gate:
    """Lets requests through to GitHub, or says when to come again."""

    def __init__(self, memory: Memory, clock: Clock) -> None:
        self._memory = memory
        self._clock = clock

    async def admit(self, host: str, token: str) -> Verdict:
        """Let a request through.

        Raises:
            GitHubRateLimited: the token's limit is reached.
            GitHubUnavailable: the host failed too often just now.
        """
        now = self._clock.now()
        verdict = await self._memory.admit(host, token, _milliseconds(now))
        if verdict.limited_for > 0:
            raise GitHubRateLimited(now + timedelta(seconds=verdict.limited_for), now)
        if verdict.closed_for > 0:
            raise GitHubUnavailable(
                "GitHub did not answer several times in a row, so Taskly leaves it alone for a minute.",
                retry_after=int(verdict.closed_for) + 1,
            )
        return verdict

    async def failed(self, host: str) -> None:
        """GitHub did not answer, or with a failure of its own."""
        await self._memory.fail(host, _milliseconds(self._clock.now()))

    async def answered(self, host: str, verdict: Verdict) -> None:
        """GitHub answered. Costs nothing as long as all is well."""
        if verdict.failures > 0:
            await self._memory.succeed(host)

    async def limited(self, token: str, until: datetime | None) -> GitHubRateLimited:
        """GitHub limits the token; the problem that says until when."""
        now = self._clock.now()
        told = None if until is None else _milliseconds(until)
        ends = await self._memory.limit(token, _milliseconds(now), told)
        return GitHubRateLimited(now + timedelta(milliseconds=ends - _milliseconds(now)), now)


def _host_key(host: str) -> str:
    return f"github:host:{host}"


def _token_key(token: str) -> str:
    return f"github:token:{token}"


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _note_absence(error: Exception) -> None:
    log.warning("github.gate_alone", error=repr(error))
