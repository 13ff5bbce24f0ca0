"""A board whose past is asked for."""

import pytest

from tests.support.actors import Actor, Json


@pytest.fixture
async def workspace(alice: Actor) -> Json:
    """A workspace."""
    await alice.stay_signed_in()
    return await alice.workspace()


@pytest.fixture
async def board(alice: Actor, workspace: Json) -> Json:
    """A board with columns of all categories."""
    return await alice.board(workspace, template="kanban")
