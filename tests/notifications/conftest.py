"""People who tell each other things."""

from collections.abc import AsyncIterator

import pytest

from taskly.worker.registry import load_tasks
from tests.notifications.place import Team, team_in
from tests.notifications.post import address, with_mail
from tests.support.actors import Actor
from tests.support.mailbox import Mailbox, open_mailbox
from tests.support.world import World


@pytest.fixture
async def team(world: World, alice: Actor, bob: Actor) -> Team:
    """Alice, Bob and Carol in a workspace with a board, where nobody has been told anything yet."""
    return await team_in(world, alice, bob, await world.person("carol"))


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """Where mail goes."""
    async with open_mailbox() as opened:
        yield opened


@pytest.fixture
async def mailed(real_world: World, real_alice: Actor, mailbox: Mailbox) -> Team:
    """The same three where commits are real; their mail goes to the mailbox."""
    load_tasks()
    world = with_mail(real_world, **mailbox.settings)
    people = [await world.person(name) for name in ("bob", "carol")]
    team = await team_in(world, real_alice, *people)
    for person in (team.alice, team.bob, team.carol):
        await address(world, person)
    return team
