"""Fixtures of the tests of embedded mode, which run on the standard event loop as `taskly up` does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded.running import Up


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """Asyncio as it comes."""
    return "asyncio", {"use_uvloop": False}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty folder whose name has blanks."""
    folder = tmp_path / "a home"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def up(home: Path) -> Iterator[Up]:
    """`taskly up` in that folder, with stand-ins for Taskly's own processes; not started yet."""
    command = Up(home)
    yield command
    command.clear_away()
