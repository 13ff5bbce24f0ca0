"""A team whose work is reported."""

import pytest

from tests.reports.place import Team, team_in
from tests.support.actors import Actor
from tests.support.world import World


@pytest.fixture
async def team(world: World, alice: Actor, bob: Actor) -> Team:
    """Alice and Bob with a board, on the Monday on which a sprint of theirs begins."""
    return await team_in(world, alice, bob)
