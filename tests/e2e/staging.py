"""Taskly beside a fake GitHub, as processes."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from taskly.demo.options import Options
from taskly.demo.stage import Stage, settings_in, staged
from taskly.embedded.output import Output


@asynccontextmanager
async def stage_in(directory: Path, **settings: str) -> AsyncIterator[Stage]:
    """Taskly beside a fake GitHub, as processes. Jobs whose worker was killed come back soon."""
    options = Options(directory=directory / "demo", port=0, github_port=0)
    extra = {"TASKLY_JOB_LEASE_SECONDS": "5", **settings}
    with pytest.MonkeyPatch.context() as patch, (directory / "processes.log").open("w") as log:
        for name in settings_in(os.environ):
            patch.delenv(name)
        async with staged(options, Output(log, colours=False), extra=extra) as running:
            yield running
