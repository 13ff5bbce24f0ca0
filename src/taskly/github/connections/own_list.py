"""Which repositories are in an account's own list at GitHub, remembered for a while.

Who looks through what the app sees, page after page, shall not be shown again what stood in their own list, and GitHub
shall not be asked for that list once more for each page. Without Redis it is asked.
"""

from collections.abc import Collection
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from taskly.github.remote.client import GitHub
from taskly.kit.json import dumps, loads

KEEP_SECONDS = 600

log = structlog.get_logger()


class OwnList:
    """The ids of the repositories in a person's own list."""

    def __init__(self, redis: Redis, user_id: UUID) -> None:
        self._redis = redis
        self._key = f"github:own_list:{user_id}"

    async def ids(self, own: GitHub) -> frozenset[int]:
        """As they were at most ten minutes ago."""
        return await self._remembered() or await self._read(own)

    async def remember(self, ids: Collection[int]) -> frozenset[int]:
        """Remember the whole list."""
        try:
            await self._redis.set(self._key, dumps(sorted(ids)), ex=KEEP_SECONDS)
        except (RedisError, OSError) as error:
            log.warning("github.own_list_forgotten", error=repr(error))
        return frozenset(ids)

    async def _remembered(self) -> frozenset[int] | None:
        try:
            kept = await self._redis.get(self._key)
        except (RedisError, OSError) as error:
            log.warning("github.own_list_forgotten", error=repr(error))
            return None
        return None if kept is None else frozenset(loads(kept))

    async def _read(self, own: GitHub) -> frozenset[int]:
        found: set[int] = set()
        page, is_last = 1, False
        while not is_last:
            listed, is_last = await own.own_repositories(page)
            found |= {each.id for each in listed}
            page += 1
        return await self.remember(found)
