"""What the GitHub App's webhook could not deliver, read once for all of its repositories.

GitHub lists it for the whole app. So whoever needs it first reads it, and the others have theirs from that for a
minute, through Redis: what it costs does not grow with the repositories. Without Redis each process reads by itself.
"""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import structlog
from pydantic import BaseModel
from redis.asyncio import Redis
from redis.exceptions import RedisError

from taskly.github.errors import GitHubNotFound
from taskly.github.remote.hook_resources import HookDeliveryObject
from taskly.github.remote.resources import LONG_AGO
from taskly.github.remote.turns import turn_among_processes
from taskly.kit.clock import Clock

MOST_PAGES = 10
"""So many pages of a hundred failures each are read. GitHub lists the newest first, so what is older stays unread."""
FRESH = timedelta(minutes=1)
"""So long a reading serves everybody. A comparison looks further back than that, so it misses nothing by it."""

log = structlog.get_logger()

Pages = Callable[[], AsyncIterator[list[HookDeliveryObject]]]
"""Asks GitHub for the failures, page by page, newest first."""


class _Reading(BaseModel):
    """What was read, when, and how far back that goes."""

    read_at: datetime
    back_to: datetime
    is_cut: bool = False
    """Whether there were more pages than are read: then reading again leads no further."""
    failures: list[HookDeliveryObject]

    def serves(self, earliest: datetime, now: datetime) -> bool:
        is_fresh = self.read_at <= now < self.read_at + FRESH
        return is_fresh and (self.is_cut or self.back_to <= earliest)


class AppFailures:
    """The failures by the id of the app. One for each process."""

    def __init__(self, redis: Redis, clock: Clock) -> None:
        self._redis = redis
        self._clock = clock
        self._own: dict[int, _Reading] = {}

    async def aclose(self) -> None:
        """Forget what this process knows by itself."""
        self._own.clear()

    async def since(
        self, app_id: int, earliest: datetime, pages: Pages
    ) -> list[HookDeliveryObject]:
        """What failed since then, newest first, as it was at most a minute ago; raises what reading it raises.

        Of very much it is the newest: GitHub lists nothing else first.
        """
        reading = await self._held(app_id, earliest)
        if reading is None:
            async with turn_among_processes(self._redis, _key(app_id)):
                reading = await self._held(app_id, earliest)
                if reading is None:
                    reading = await self._read(earliest, pages)
                    await self._keep(app_id, reading)
        return [each for each in reading.failures if each.delivered_at >= earliest]

    async def _read(self, earliest: datetime, pages: Pages) -> _Reading:
        """As many pages as are needed and allowed; how far back they go is often much further."""
        reading = _Reading(read_at=self._clock.now(), back_to=LONG_AGO, failures=[])
        count = 0
        try:
            async for page in pages():
                count += 1
                reading.failures += page
                is_enough = bool(page) and page[-1].delivered_at < earliest
                if page and (is_enough or count >= MOST_PAGES):
                    reading.back_to, reading.is_cut = page[-1].delivered_at, not is_enough
                    break
        except GitHubNotFound:
            log.info("github.app_without_webhook")  # So there is nothing that it could not deliver.
        return reading

    async def _held(self, app_id: int, earliest: datetime) -> _Reading | None:
        try:
            kept = await self._redis.get(_key(app_id))
        except (RedisError, OSError) as error:
            log.warning("github.app_failures_alone", error=repr(error))
            held = self._own.get(app_id)
        else:
            held = None if kept is None else _Reading.model_validate_json(kept)
        return held if held is not None and held.serves(earliest, self._clock.now()) else None

    async def _keep(self, app_id: int, reading: _Reading) -> None:
        self._own[app_id] = reading
        try:
            await self._redis.set(
                _key(app_id), reading.model_dump_json(), ex=int(FRESH.total_seconds())
            )
        except (RedisError, OSError) as error:
            log.warning("github.app_failures_alone", error=repr(error))


def _key(app_id: int) -> str:
    return f"github:app_failures:{app_id}"
