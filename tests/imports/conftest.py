"""Handlers of jobs and reactions, as a worker has them, and where boards come in."""

import pytest

from taskly.worker.registry import load_tasks
from tests.support.actors import Actor, Json


@pytest.fixture(scope="session", autouse=True)
def handlers() -> None:
    """Load them."""
    load_tasks()


@pytest.fixture
async def workspace(alice: Actor) -> Json:
    """A workspace."""
    return await alice.workspace()
