"""A board of which there is something to draw."""

import pytest

from tests.insights.days import at_hour, two_sprints
from tests.support.actors import Actor, Json, column, expect
from tests.support.world import World

PICTURES = ("burndown", "velocity", "flow", "cycle-time", "throughput")


@pytest.fixture
async def bare_board(world: World, alice: Actor) -> Json:
    """A board on which nothing has happened."""
    await alice.stay_signed_in()
    return await alice.board(await alice.workspace(), template="kanban")


@pytest.fixture
async def board(world: World, alice: Actor, bare_board: Json) -> Json:
    """In its first sprint, 8 points came on Monday, 5 of them were done on Wednesday; it is Thursday."""
    board = bare_board
    [sprint, _] = await two_sprints(alice, board)
    name = {"name": "Sprint <1> & refunds"}
    expect(await alice.patch(f"/sprints/{sprint}", json=name), 200)
    done = await alice.card(board, "Secret plan", story_points=5, sprint_id=sprint)
    await alice.card(board, "Hidden gem", story_points=3, sprint_id=sprint)
    await at_hour(world, 24, 9)
    await alice.move(done, column_id=column(board, "In Progress")["id"])
    await at_hour(world, 25, 9)
    await alice.move(done, column_id=column(board, "Done")["id"])
    await at_hour(world, 26, 9)
    return await alice.snapshot(board["id"])
