"""A team whose work is reported."""

import pytest

from tests.reports.place import Team, sprint_of
from tests.support.actors import Actor
from tests.support.world import World


@pytest.fixture
async def team(world: World, alice: Actor, bob: Actor) -> Team:
    """Alice and Bob with a board, on the Monday on which a sprint of theirs begins."""
    await alice.stay_signed_in()
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    await bob.stay_signed_in()
    board = await alice.board(workspace, template="kanban", name="Checkout")
    sprint = await sprint_of(alice, board, "Sprint 12", "2026-11-23", "2026-12-04")
    return Team(world, alice, bob, board, sprint)
