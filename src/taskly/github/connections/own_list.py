"""Which repositories are in an account's own list at GitHub, remembered for a while.

Who looks through what the app sees, page after page, shall not be shown again what stood in their own list, and GitHub
shall not be asked for that list once more for each page. What is listed for them on the way is remembered at once, and the
rest is read a few pages at a time. Without Redis it is asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from taskly.github.remote.client import GitHub
from taskly.github.remote.resources import RepositoryObject
from taskly.kit.json import dumps, loads

KEEP_SECONDS = 600
MOST_PAGES = 10
"""So many of GitHub's pages, of a hundred repositories each, are read for one request."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Owned:
    """The ids of the repositories in a person's own list, and of the accounts that they belong to."""

    ids: frozenset[int] = frozenset()
    owners: frozenset[int] = frozenset()
    next_page: int | None = 1
    """Where the list goes on; None if that is all."""

    def plus(self, listed: Iterable[RepositoryObject], *, is_last: bool) -> Self:
        """With the next page."""
        found = list(listed)
        return replace(
            self,
            ids=self.ids | {each.id for each in found},
            owners=self.owners | {each.owner.id for each in found},
            next_page=None if is_last or self.next_page is None else self.next_page + 1,
        )


class OwnList:
    """What is in a person's own list."""

    def __init__(self, redis: Redis, user_id: UUID) -> None:
        self._redis = redis
        self._key = f"github:own_repositories:{user_id}"
        self._known = Owned()
        """Without Redis, what this request knows."""

    async def note(self, page: int, listed: Iterable[RepositoryObject], *, is_last: bool) -> None:
        """Remember a page that was listed; the first one begins anew."""
        known = Owned() if page == 1 else await self._remembered()
        if page == known.next_page:
            await self._remember(known.plus(listed, is_last=is_last))

    async def read(self, own: GitHub) -> Owned:
        """As it was at most ten minutes ago, and as far as one request may read it."""
        owned = await self._remembered()
        for _ in range(MOST_PAGES):
            if owned.next_page is None:
                break
            listed, is_last = await own.own_repositories(owned.next_page)
            owned = owned.plus(listed, is_last=is_last)
            await self._remember(owned)
        return owned

    async def _remember(self, owned: Owned) -> None:
        self._known = owned
        said = dumps([sorted(owned.ids), sorted(owned.owners), owned.next_page])
        try:
            await self._redis.set(self._key, said, ex=KEEP_SECONDS)
        except (RedisError, OSError) as error:
            log.warning("github.own_list_forgotten", error=repr(error))

    async def _remembered(self) -> Owned:
        try:
            kept = await self._redis.get(self._key)
        except (RedisError, OSError) as error:
            log.warning("github.own_list_forgotten", error=repr(error))
            return self._known
        if kept is None:
            return Owned()
        ids, owners, next_page = loads(kept)
        return Owned(frozenset(ids), frozenset(owners), next_page)
