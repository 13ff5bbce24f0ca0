"""How many statements each request costs: exactly so many, however much there is to answer."""

import pytest

from tests.platform.asking import REQUESTS
from tests.platform.place import place_with
from tests.platform.statements import statements_of
from tests.support.actors import Actor
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("size", [1, 5])
@pytest.mark.parametrize("operation", REQUESTS)
async def test_a_request_costs_so_many_statements(
    world: World, alice: Actor, operation: str, size: int
) -> None:
    place = await place_with(world, alice, size)
    expected, ask = REQUESTS[operation]
    sent = await statements_of(world, lambda: ask(place))
    assert len(sent) == expected, [each.sql for each in sent]
