"""People who tell each other things."""

import pytest

from tests.notifications.place import Team, team_in
from tests.support.actors import Actor
from tests.support.world import World


@pytest.fixture
async def team(world: World, alice: Actor, bob: Actor) -> Team:
    """Alice, Bob and Carol in a workspace with a board, where nobody has been told anything yet."""
    return await team_in(world, alice, bob, await world.person("carol"))
