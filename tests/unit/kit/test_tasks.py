"""Tasks end when they are told to, even those that do not listen at first."""

import asyncio
from contextlib import suppress

import pytest

from taskly.kit.tasks import end

pytestmark = pytest.mark.anyio


async def deaf(times: int, heard: list[int]) -> None:
    """Swallow so many cancellations."""
    while True:
        if len(heard) == times:
            await asyncio.Event().wait()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        heard.append(1)


async def started(task: asyncio.Task[None]) -> asyncio.Task[None]:
    """The task after its first step."""
    await asyncio.sleep(0)
    return task


async def test_a_task_that_swallows_a_cancellation_is_cancelled_again() -> None:
    heard: list[int] = []
    task = await started(asyncio.create_task(deaf(2, heard)))
    await end([task])
    assert (task.cancelled(), heard) == (True, [1, 1])


async def test_what_ended_by_itself_is_left_as_it_is() -> None:
    async def fail() -> None:
        raise ValueError

    failed = asyncio.create_task(fail())
    done = await started(asyncio.create_task(asyncio.sleep(0)))
    await asyncio.wait({failed, done})
    await end([failed, done])
    assert (type(failed.exception()), done.result()) == (ValueError, None)
    await end([])
