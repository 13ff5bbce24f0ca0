"""What is left of an account's limit at GitHub, and how much of it Taskly may use by itself.

GitHub says with every answer how many requests are left in this hour. What nobody waits for, such as comparing
boards with GitHub, stops when only `RESERVE` of the limit is left: people's own requests never fail for its sake.
What GitHub confirms as unchanged costs nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from taskly.github.errors import GitHubRateLimited
from taskly.kit.clock import Clock

log = structlog.get_logger()

RESERVE = 0.3
"""The part of the limit that is left to people."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What GitHub last said: so many requests are left of so many, until they are counted anew."""

    limit: int
    remaining: int
    resets_at: datetime

    @property
    def is_reserved(self) -> bool:
        """Whether what is left is for people."""
        return self.remaining <= self.limit * RESERVE


class Budgets:
    """The budgets of all tokens, shared by all processes through Redis; without it each knows its own."""

    def __init__(self, redis: Redis, clock: Clock) -> None:
        self._redis = redis
        self._clock = clock
        self._own: dict[str, Budget] = {}

    async def note(self, token: str, budget: Budget) -> None:
        """Remember what GitHub said of a token, which is named by its fingerprint."""
        now = self._clock.now()
        self._own = {key: each for key, each in self._own.items() if each.resets_at > now}
        self._own[token] = budget
        said = f"{budget.limit} {budget.remaining} {int(budget.resets_at.timestamp())}"
        seconds = max(int((budget.resets_at - now).total_seconds()), 1)
        try:
            await self._redis.set(_key(token), said, ex=seconds)
        except (RedisError, OSError) as error:
            log.warning("github.budget_alone", error=repr(error))

    async def left(self, token: str) -> Budget | None:
        """What is left of a token's limit; None if that is not known, as after the limit was counted anew."""
        try:
            said = await self._redis.get(_key(token))
        except (RedisError, OSError) as error:
            log.warning("github.budget_alone", error=repr(error))
            budget = self._own.get(token)
        else:
            budget = None if said is None else _read(said)
        return budget if budget is not None and budget.resets_at > self._clock.now() else None

    async def require(self, token: str) -> None:
        """Let through what nobody waits for.

        Raises:
            GitHubRateLimited: what is left is for people, until the limit is counted anew.
        """
        budget = await self.left(token)
        if budget is not None and budget.is_reserved:
            raise GitHubRateLimited(budget.resets_at, self._clock.now())


def _read(said: bytes | str) -> Budget:
    limit, remaining, resets_at = map(int, said.split())
    return Budget(limit, remaining, datetime.fromtimestamp(resets_at, UTC))


def _key(token: str) -> str:
    return f"github:budget:{token}"
