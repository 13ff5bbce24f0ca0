"""Fixtures of the tests that run everything, on the standard event loop as `taskly demo` does."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from taskly.demo.stage import Stage
from taskly.demo.telling import Prepared, prepared
from tests.e2e.running import Demo, demo_in
from tests.e2e.staging import stage_in


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """Asyncio as it comes."""
    return "asyncio", {"use_uvloop": False}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """`taskly demo` in a folder whose name has blanks; not started yet."""
    home = tmp_path / "a home"
    home.mkdir(mode=0o700)
    with demo_in(home) as command:
        yield command


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Taskly beside a fake GitHub, for one test."""
    async with stage_in(tmp_path) as running:
        yield running


@pytest.fixture
async def ready(stage: Stage) -> AsyncIterator[Prepared]:
    """Boards with cards, and repositories that are connected to them."""
    async with prepared(stage) as filled:
        yield filled
