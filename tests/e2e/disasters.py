"""What can happen to the processes of a stage. Their supervisor starts them again."""

import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from taskly.demo.stage import Stage


def kill(stage: Stage, name: str) -> None:
    """kill -9 of one of its processes."""
    os.kill(_pid(stage, name), signal.SIGKILL)


def lose_redis(stage: Stage) -> None:
    """Redis dies, and its files are gone."""
    kill(stage, "redis")
    files = stage.instance.data_directory / "redis"
    shutil.rmtree(files)
    files.mkdir(mode=0o700)


@asynccontextmanager
async def frozen(stage: Stage, name: str) -> AsyncIterator[None]:
    """One of its processes stands still while the block runs."""
    pid = _pid(stage, name)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _pid(stage: Stage, name: str) -> int:
    pid = stage.instance.supervisor.child(name).pid
    assert pid is not None
    return pid
