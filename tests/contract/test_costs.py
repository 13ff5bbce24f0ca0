"""No request costs more statements where there is more of everything."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from taskly.kit.clock import FrozenClock
from tests.contract.asking import ask
from tests.contract.conftest import Prepared, forgetting, preparing
from tests.contract.document import OPERATIONS
from tests.platform.statements import statements_of
from tests.support.policy import ADMIN, POLICY
from tests.support.servers import Servers

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.xdist_group("costs")]

FEW, MANY = 2, 5
OF_EACH_BOARD = {"delete_workspace"}
"""The log of each board says how the board ended, and each log is written to by itself."""
COUNTED = [
    name for name in OPERATIONS if (POLICY[name].status or 200) < 300 and name not in OF_EACH_BOARD
]
"""Those that the matrix lets succeed."""


@pytest.fixture(scope="module")
async def small(servers: Servers, template: str, app: FastAPI) -> AsyncIterator[Prepared]:
    """Tenants with something of everything."""
    async with preparing(servers, template, app, crowded=FEW) as both:
        yield both


@pytest.fixture(scope="module")
async def large(servers: Servers, template: str, app: FastAPI) -> AsyncIterator[Prepared]:
    """The same with more of everything."""
    async with preparing(servers, template, app, crowded=MANY) as both:
        yield both


@pytest.mark.parametrize("operation", COUNTED)
async def test_more_of_everything_costs_no_more_statements(
    small: Prepared,
    large: Prepared,
    app: FastAPI,
    redis: Redis,
    clock: FrozenClock,
    operation: str,
) -> None:
    async with forgetting(small, app, redis, clock) as world:
        few = await statements_of(world, lambda: ask(world, small, operation, ADMIN))
    async with forgetting(large, app, redis, clock) as world:
        many = await statements_of(world, lambda: ask(world, large, operation, ADMIN))
    assert len(many) == len(few), [each.sql for each in many]
