"""No request needs to read a table from end to end, however large it grows."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from redis.asyncio import Redis
from sqlalchemy import text

from taskly.kit.clock import FrozenClock
from tests.platform.asking import REQUESTS
from tests.platform.conftest import Kept, visiting
from tests.platform.statements import driver_of, statements_of

pytestmark = pytest.mark.anyio


def whole_tables(plan: dict[str, Any]) -> Iterator[str]:
    """The tables that a plan reads from end to end."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from whole_tables(part)


@pytest.mark.parametrize("operation", REQUESTS)
async def test_no_statement_needs_a_whole_table(
    places: dict[int, Kept], app: FastAPI, redis: Redis, clock: FrozenClock, operation: str
) -> None:
    """PostgreSQL is told not to read whole tables: it does so only where no index helps."""
    found = []
    async with visiting(places[1], app, redis, clock) as (world, place):
        sent = await statements_of(world, lambda: REQUESTS[operation][1](place))
        async with world.runtime.database.reading() as session:
            await session.execute(text("SET LOCAL enable_seqscan = off"))
            driver = await driver_of(world)
            for each in sent:
                if each.sql.startswith("SET "):
                    continue
                rows = await driver.fetch(f"EXPLAIN (FORMAT JSON) {each.sql}", *each.parameters)
                found += [(name, each.sql) for name in whole_tables(rows[0][0][0]["Plan"])]

    assert found == []
