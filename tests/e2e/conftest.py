"""Fixtures of the tests that run everything, on the standard event loop as `taskly demo` does."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from taskly.demo.options import Options
from taskly.demo.stage import Stage, settings_in, staged
from taskly.demo.telling import Prepared, prepared
from taskly.embedded.output import Output
from tests.e2e.running import Demo, demo_in


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
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    """Taskly beside a fake GitHub, as processes. Jobs whose worker was killed come back soon."""
    for name in settings_in(os.environ):
        monkeypatch.delenv(name)
    options = Options(directory=tmp_path / "demo", port=0, github_port=0)
    soon = {"TASKLY_JOB_LEASE_SECONDS": "5"}
    with (tmp_path / "processes.log").open("w") as log:
        async with staged(options, Output(log, colours=False), extra=soon) as running:
            yield running


@pytest.fixture
async def ready(stage: Stage) -> AsyncIterator[Prepared]:
    """Boards with cards, and repositories that are connected to them."""
    async with prepared(stage) as filled:
        yield filled
