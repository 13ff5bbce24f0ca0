"""Which repositories are in an account's own list at GitHub, remembered for a while.

Who looks through what the app sees, page after page, shall not be shown again what stood in their own list, and GitHub
shall not be asked for that list once more for each page. Without Redis it is asked.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from taskly.github.remote.client import GitHub
from taskly.github.remote.resources import RepositoryObject
from taskly.kit.json import dumps, loads

KEEP_SECONDS = 600

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Owned:
    """The ids of the repositories in a person's own list, and of the accounts that they belong to."""

    ids: frozenset[int] = frozenset()
    owners: frozenset[int] = frozenset()

    @classmethod
    def of(cls, ids: Collection[int], owners: Collection[int]) -> Self:
        """The same, of what is at hand."""
        return cls(frozenset(ids), frozenset(owners))


class OwnList:
    """What is in a person's own list."""

    def __init__(self, redis: Redis, user_id: UUID) -> None:
        self._redis = redis
        self._key = f"github:own_list:{user_id}"

    async def read(self, own: GitHub) -> Owned:
        """As it was at most ten minutes ago."""
        return await self._remembered() or await self._read(own)

    async def remember(self, owned: Owned) -> Owned:
        """Remember the whole list."""
        try:
            await self._redis.set(
                self._key, dumps([sorted(owned.ids), sorted(owned.owners)]), ex=KEEP_SECONDS
            )
        except (RedisError, OSError) as error:
            log.warning("github.own_list_forgotten", error=repr(error))
        return owned

    async def _remembered(self) -> Owned | None:
        try:
            kept = await self._redis.get(self._key)
        except (RedisError, OSError) as error:
            log.warning("github.own_list_forgotten", error=repr(error))
            return None
        return None if kept is None else Owned.of(*loads(kept))

    async def _read(self, own: GitHub) -> Owned:
        found: list[RepositoryObject] = []
        page, is_last = 1, False
        while not is_last:
            listed, is_last = await own.own_repositories(page)
            found += listed
            page += 1
        return await self.remember(
            Owned.of({each.id for each in found}, {each.owner.id for each in found})
        )
