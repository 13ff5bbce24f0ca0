"""How many requests somebody may send: a bucket for each person or token and for each address.

The buckets are in Redis, so that all processes share them, and follow the generic cell rate algorithm
(ITU-T I.371): requests refill one by one at an even pace, and `BURST_MINUTES` worth of them may come at
once. All buckets of a request are asked for in one round trip, and if one refuses, none is drawn from. A
process that sees somebody often draws several requests at a time, so that most cost no round trip; what it
did not use within a second it gives back when it asks again. Without Redis nobody is held up.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple, Self

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
"""So many requests at most are drawn at a time for somebody who was here within the last second."""
BLOCK_SECONDS = 1.0
BLIND_SECONDS = 1.0
"""So long nobody is counted after Redis did not answer, so that not every request waits for it."""
MOST_REMEMBERED = 10_000
SLACK = 1e-6
"""What a time loses by being written down, in seconds."""

UNLIMITED = Counter("taskly_rate_limit_open", "Requests not counted because Redis did not answer.")
REFUSED = Counter("taskly_rate_limit_refused", "Requests refused, by kind of limit.", ["limit"])


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests a minute; 0 means any."""

    name: str
    per_minute: int

    @property
    def interval(self) -> float:
        """After so many seconds another request may come."""
        return 60 / self.per_minute

    @property
    def quota(self) -> int:
        """How many may come at once after a pause."""
        return self.per_minute * BURST_MINUTES

    @property
    def block(self) -> int:
        """How many are drawn at a time for somebody who was here a moment ago."""
        return max(1, min(BLOCK, self.quota // 30))

    @property
    def policy(self) -> str:
        """As the `RateLimit-Policy` header says it."""
        return f'"{self.name}";q={self.quota};w={BURST_MINUTES * 60}'


class Bucket(NamedTuple):
    """What somebody may send of one kind."""

    limit: Limit
    who: str

    @property
    def key(self) -> str:
        """Its name in Redis, where it holds the time at which it will be full again."""
        return f"limit:{self.limit.name}:{self.who}"


class Standing(NamedTuple):
    """What is left of a bucket."""

    limit: Limit
    remaining: int
    until_full: float
    """Seconds until all may come at once again."""

    @classmethod
    def of(cls, limit: Limit, until_full: float) -> Self:
        """How a bucket stands that will be full in so many seconds."""
        left = limit.quota - until_full / limit.interval
        return cls(limit, min(max(0, int(left + SLACK)), limit.quota), max(0.0, until_full))

    @property
    def header(self) -> str:
        """As the `RateLimit` header says it."""
        return f'"{self.limit.name}";r={self.remaining};t={math.ceil(self.until_full)}'

    @property
    def seconds_to_next(self) -> int:
        """When to come again: one at least."""
        full_but_one = self.limit.interval * (self.limit.quota - 1)
        return max(1, math.ceil(self.until_full - full_but_one - SLACK))


class TooManyRequests(Problem):
    """Somebody sends more than they may."""

    status, code, title = 429, "too_many_requests", "Too many requests: wait a little"

    def __init__(
        self,
        detail: str | None = None,
        *,
        retry_after: int = 1,
        standings: Sequence[Standing] = (),
        **members: object,
    ) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, **members)
        self.standings = standings
        """How all limits of the request stand."""


class _Wish(NamedTuple):
    """What the script is told about a bucket."""

    interval: float
    quota: int
    given_back: int
    wanted: int


@dataclass(slots=True)
class _Held:
    """Requests that this process may let pass without asking, and until when."""

    left: int = 0
    until: float = -math.inf
    full_at: float = -math.inf
    is_asking: bool = False
    """Whether a block is on its way: whoever comes meanwhile asks for one request only."""

    def wish(self, limit: Limit, now: float) -> _Wish:
        back = self.left if now >= self.until else 0
        self.left -= back
        wanted = 1
        if now < self.until + BLOCK_SECONDS and not self.is_asking:
            wanted = limit.block
            self.is_asking = wanted > 1
        return _Wish(limit.interval, limit.quota, back, wanted)

    def standing(self, limit: Limit, now: float) -> Standing:
        return Standing.of(limit, self.full_at - now - self.left * limit.interval)


class Limiter:
    """Counts requests. One for each process."""

    def __init__(self, redis: Redis, clock: Clock) -> None:
        self._draw = redis.register_script(_DRAW)
        self._clock = clock
        self._held: dict[str, _Held] = {}
        self._blind_until = -math.inf

    async def take(self, buckets: Sequence[Bucket]) -> Sequence[Standing]:
        """Count a request in its buckets; how they stand then, without those that nobody counts.

        Raises:
            TooManyRequests: with the seconds to wait; the request is counted nowhere then.
        """
        now = self._clock.monotonic()
        if now < self._blind_until:
            return []
        standings, used, asked = [], [], []
        for bucket in buckets:
            if not bucket.limit.per_minute:
                continue
            held = self._held.get(bucket.key)
            if held is None or held.left < 1 or now >= held.until:
                asked.append(bucket)
                continue
            held.left -= 1
            used.append(held)
            standings.append(held.standing(bucket.limit, now))
        if not asked:
            return standings
        try:
            return [*await self._ask(asked, now), *standings]
        except TooManyRequests:
            for held in used:
                held.left += 1
            raise

    async def _ask(self, buckets: Sequence[Bucket], now: float) -> Sequence[Standing]:
        helds = [self._remembered(bucket) for bucket in buckets]
        wishes = [held.wish(bucket.limit, now) for bucket, held in zip(buckets, helds, strict=True)]
        arguments = [self._clock.now().timestamp(), *chain.from_iterable(wishes)]
        try:
            drawn, *told = await self._draw(keys=[each.key for each in buckets], args=arguments)
        except (RedisError, OSError) as error:
            UNLIMITED.inc()
            self._blind_until = self._clock.monotonic() + BLIND_SECONDS
            log.warning("rate_limit.open", error=repr(error))
            return ()
        finally:
            for held, wish in zip(helds, wishes, strict=True):
                held.is_asking = held.is_asking and wish.wanted == 1
        counts, seconds = [int(each) for each in told[::2]], [float(each) for each in told[1::2]]
        if not drawn:
            raise _refusal(buckets, counts, seconds)
        for held, count, until_full in zip(helds, counts, seconds, strict=True):
            held.left += count - 1
            held.until, held.full_at = now + BLOCK_SECONDS, now + until_full
        return [
            held.standing(bucket.limit, now) for bucket, held in zip(buckets, helds, strict=True)
        ]

    def _remembered(self, bucket: Bucket) -> _Held:
        held = self._held.get(bucket.key)
        if held is None:
            if len(self._held) >= MOST_REMEMBERED:
                self._held.clear()
            held = self._held[bucket.key] = _Held()
        return held


def _refusal(
    buckets: Sequence[Bucket], counts: Sequence[int], seconds: Sequence[float]
) -> TooManyRequests:
    standings = [
        Standing.of(bucket.limit, until_full)
        for bucket, until_full in zip(buckets, seconds, strict=True)
    ]
    violated = [each for each, count in zip(standings, counts, strict=True) if count < 1]
    for each in violated:
        REFUSED.labels(each.limit.name).inc()
    worst = max(violated, key=lambda each: each.seconds_to_next)
    wait = worst.seconds_to_next
    return TooManyRequests(
        f"Not more than {worst.limit.per_minute} requests a minute: wait {wait} s.",
        retry_after=wait,
        standings=standings,
        **{"violated-policies": [each.limit.name for each in violated]},
    )


def headers_of(standings: Sequence[Standing]) -> list[tuple[bytes, bytes]]:
    """The headers that tell a client how it stands (draft-ietf-httpapi-ratelimit-headers)."""
    if not standings:
        return []
    return [
        (b"ratelimit-policy", ", ".join([each.limit.policy for each in standings]).encode()),
        (b"ratelimit", ", ".join([each.header for each in standings]).encode()),
    ]


# Times are seconds. For each bucket come its interval, its quota, what is given back and what is wanted;
# for each goes what may be drawn, and the time until it is full. All are drawn from, or none.
_DRAW = """
local now, drawn = tonumber(ARGV[1]), 1
local full, count, interval = {}, {}, {}, {}
for i, key in ipairs(KEYS) do
    local at = 4 * i - 2
    interval[i] = tonumber(ARGV[at])
    local spread = interval[i] * tonumber(ARGV[at + 1])
    local known = tonumber(redis.call('GET', key) or now)
    -- A clock that was set back locks nobody out.
    full[i] = math.min(math.max(known - tonumber(ARGV[at + 2]) * interval[i], now), now + spread)
    count[i] = math.min(
        tonumber(ARGV[at + 3]), math.floor((spread - (full[i] - now)) / interval[i] + 1e-6))
    if count[i] < 1 then drawn = 0 end
end
local answer = {drawn}
for i, key in ipairs(KEYS) do
    full[i] = full[i] + drawn * count[i] * interval[i]
    local left = math.ceil((full[i] - now) * 1000)
    redis.call('SET', key, string.format('%.6f', full[i]), 'PX', left + 1000)
    answer[2 * i], answer[2 * i + 1] = count[i], tostring(full[i] - now)
end
return answer
"""
