"""How many requests somebody may send: a bucket for each person or token and for each address.

The buckets are in Redis, so that all processes share them, and follow the generic cell rate algorithm
(ITU-T I.371): requests refill one by one at an even pace, and `BURST_MINUTES` worth of them may come at
once. A process that sees somebody often takes several at a time, so that most requests cost no round
trip; what it does not use within a second is lost to them. Without Redis nobody is held up.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from prometheus_client import Counter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from taskly.kit.clock import Clock
from taskly.platform.http.problems import Problem

log = structlog.get_logger()

BURST_MINUTES = 3
"""What may come at once, as minutes of the steady pace."""
BLOCK = 10
"""So many requests at most are taken at a time for somebody who was here within the last second."""
BLOCK_SECONDS = 1.0
BLIND_SECONDS = 1.0
"""So long nobody is counted after Redis did not answer, so that not every request waits for it."""
MOST_REMEMBERED = 10_000

UNLIMITED = Counter("taskly_rate_limit_open", "Requests not counted because Redis did not answer.")
REFUSED = Counter("taskly_rate_limit_refused", "Requests refused, by kind of limit.", ["limit"])


class TooManyRequests(Problem):
    """Somebody sends more than they may."""

    status, code, title = 429, "too_many_requests", "Too many requests: wait a little"

    def __init__(
        self, detail: str | None = None, *, retry_after: int = 1, **members: object
    ) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, **members)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests a minute; 0 means any."""

    name: str
    per_minute: int

    @property
    def quota(self) -> int:
        """How many may come at once after a pause."""
        return self.per_minute * BURST_MINUTES

    @property
    def block(self) -> int:
        """How many are taken at a time for somebody who was here a moment ago."""
        return max(1, min(BLOCK, self.quota // 30))

    @property
    def policy(self) -> str:
        """As the `RateLimit-Policy` header says it."""
        return f'"{self.name}";q={self.quota};w={BURST_MINUTES * 60}'


@dataclass(slots=True)
class Standing:
    """What is left of a bucket."""

    limit: Limit
    remaining: int
    until_full: float
    """Seconds until all may come at once again."""

    @property
    def header(self) -> str:
        """As the `RateLimit` header says it."""
        return f'"{self.limit.name}";r={self.remaining};t={math.ceil(self.until_full)}'


@dataclass(slots=True)
class _Held:
    """Requests that this process may let pass without asking, and until when."""

    standing: Standing
    left: int
    until: float


class Limiter:
    """Counts requests. One for each process."""

    def __init__(self, redis: Redis, clock: Clock) -> None:
        self._take = redis.register_script(_TAKE)
        self._clock = clock
        self._held: dict[tuple[str, str], _Held] = {}
        self._blind_until = -math.inf

    async def take(self, limit: Limit, who: str) -> Standing | None:
        """Count a request; how the bucket stands then, or None where nothing is counted.

        Raises:
            TooManyRequests: with the seconds to wait.
        """
        now = self._clock.monotonic()
        if not limit.per_minute or now < self._blind_until:
            return None
        held = self._held.get((limit.name, who))
        if held is None or held.left <= 0 or now >= held.until:
            often = held is not None and now < held.until + BLOCK_SECONDS
            held = await self._ask(limit, who, limit.block if often else 1)
            if held is None:
                return None
        held.left -= 1
        return held.standing

    async def _ask(self, limit: Limit, who: str, wanted: int) -> _Held | None:
        interval = 60 / limit.per_minute
        now = self._clock.now().timestamp()
        try:
            granted, behind = await self._take(
                keys=[f"limit:{limit.name}:{who}"],
                args=[now, interval, interval * limit.quota, wanted],
            )
        except (RedisError, OSError) as error:
            UNLIMITED.inc()
            self._blind_until = self._clock.monotonic() + BLIND_SECONDS
            log.warning("rate_limit.open", error=repr(error))
            return None
        seconds = float(behind)
        if not granted:
            REFUSED.labels(limit.name).inc()
            wait = max(1, math.ceil(seconds - interval * (limit.quota - 1)))
            raise TooManyRequests(
                f"Not more than {limit.per_minute} requests a minute: wait {wait} s.",
                retry_after=wait,
            )
        remaining = max(0, int(limit.quota - seconds / interval))
        return self._remember(limit, who, Standing(limit, remaining, seconds), int(granted))

    def _remember(self, limit: Limit, who: str, standing: Standing, granted: int) -> _Held:
        if len(self._held) >= MOST_REMEMBERED:
            self._held.clear()
        held = _Held(standing, granted, self._clock.monotonic() + BLOCK_SECONDS)
        self._held[limit.name, who] = held
        return held


def headers_of(standings: Sequence[Standing]) -> list[tuple[bytes, bytes]]:
    """The headers that tell a client how it stands (draft-ietf-httpapi-ratelimit-headers)."""
    if not standings:
        return []
    return [
        (b"ratelimit-policy", ", ".join(each.limit.policy for each in standings).encode()),
        (b"ratelimit", ", ".join(each.header for each in standings).encode()),
    ]


# The bucket holds the time at which it will be full again. Times are seconds.
_TAKE = """
local now, interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
full = math.min(full, now + burst) -- a clock that was set back locks nobody out
local granted = math.min(tonumber(ARGV[4]), math.floor((burst - (full - now)) / interval + 1e-6))
if granted < 1 then
    return {0, tostring(full - now)}
end
full = full + granted * interval
redis.call('SET', KEYS[1], string.format('%.6f', full), 'PX', math.ceil((full - now) * 1000) + 1000)
return {granted, tostring(full - now)}
"""
