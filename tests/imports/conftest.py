"""Handlers of jobs and reactions, as a worker has them."""

import pytest

from taskly.worker.registry import load_tasks


@pytest.fixture(scope="session", autouse=True)
def handlers() -> None:
    """Load them."""
    load_tasks()
