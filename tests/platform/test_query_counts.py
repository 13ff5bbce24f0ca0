"""How many statements each request costs: exactly so many, however much there is to answer."""

import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from taskly.kit.clock import FrozenClock
from tests.platform.asking import REQUESTS
from tests.platform.conftest import SIZES, Kept, visiting
from tests.platform.statements import statements_of

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("operation", REQUESTS)
async def test_a_request_costs_so_many_statements(
    places: dict[int, Kept],
    app: FastAPI,
    redis: Redis,
    clock: FrozenClock,
    operation: str,
    size: int,
) -> None:
    expected, ask = REQUESTS[operation]
    async with visiting(places[size], app, redis, clock) as (world, place):
        sent = await statements_of(world, lambda: ask(place))
    assert len(sent) == expected, [each.sql for each in sent]
