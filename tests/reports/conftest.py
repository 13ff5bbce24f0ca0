"""A team whose work is reported."""

from collections.abc import AsyncIterator

import pytest

from tests.reports.place import Team, team_in
from tests.support.actors import Actor
from tests.support.mailbox import Mailbox, open_mailbox
from tests.support.world import World


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """Where mail goes."""
    async with open_mailbox() as opened:
        yield opened


@pytest.fixture
async def team(world: World, alice: Actor, bob: Actor) -> Team:
    """Alice and Bob with a board, on the Monday on which a sprint of theirs begins."""
    return await team_in(world, alice, bob)
