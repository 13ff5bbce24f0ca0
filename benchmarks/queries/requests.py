"""Every request that the API knows, sent to the large database, and the plans of all that it asks PostgreSQL.

The requests are those of the permission matrix, by an admin, each rolled back afterwards.
"""

import tempfile
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path

from redis.asyncio import Redis

from benchmarks.queries.plans import sequential_scans
from taskly.api.app import create_app
from taskly.embedded.redis import running_redis
from taskly.kit.clock import FrozenClock
from taskly.platform.redis import make_request_redis
from tests.conftest import make_settings
from tests.contract.asking import ask
from tests.contract.conftest import NOW, Prepared, forgetting, prepared_in
from tests.contract.document import OPERATIONS
from tests.platform.statements import Sent, driver_of, statements_of
from tests.support.policy import ADMIN, POLICY
from tests.support.world import World

PLANNED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
CHOICES = ("FORMAT JSON", "GENERIC_PLAN, FORMAT JSON")
"""A plan for the values at hand, and one for whatever values come."""


async def scans_of_requests(url: str, big: Collection[str]) -> tuple[int, list[str]]:
    """How many statements were looked at; and the big tables that their plans read from end to end."""
    count, found = 0, []
    answered = [each for each in sorted(OPERATIONS) if (POLICY[each].status or 200) < 300]
    with (
        tempfile.TemporaryDirectory(prefix="taskly-queries-") as directory,
        running_redis(Path(directory) / "redis") as redis_url,
    ):
        async with _opened(url, redis_url) as (prepared, redis):
            for operation in answered:
                sent, scans = await _scans(prepared, redis, operation, big)
                count += sent
                found += [f"{operation}: {each}" for each in scans]
    return count, found


@asynccontextmanager
async def _opened(url: str, redis_url: str) -> AsyncIterator[tuple[Prepared, Redis]]:
    """Two tenants among all that is there already."""
    settings, redis = make_settings(url, redis_url), make_request_redis(redis_url)
    try:
        async with prepared_in(settings, create_app(settings), crowded=5) as prepared:
            yield prepared, redis
    finally:
        await redis.aclose()


async def _scans(
    prepared: Prepared, redis: Redis, operation: str, big: Collection[str]
) -> tuple[int, list[str]]:
    app = create_app(prepared.settings)
    async with forgetting(prepared, app, redis, FrozenClock(NOW)) as world:
        sent = await statements_of(world, lambda: ask(world, prepared, operation, ADMIN))
        asked = [each for each in sent if each.sql.startswith(PLANNED)]
        found = [
            f"{choices.partition(',')[0]} of {each.sql[:200]} reads {relation}"
            for each in asked
            for choices in CHOICES
            for relation in await _relations(world, each, choices)
            if relation in big
        ]
    return len(asked), found


async def _relations(world: World, sent: Sent, choices: str) -> list[str]:
    driver = await driver_of(world)
    async with driver.transaction():
        rows = await driver.fetch(f"EXPLAIN ({choices}) {sent.sql}", *sent.parameters)
    return list(sequential_scans(rows[0][0][0]))
