"""Tasks that end when they are told to."""

import asyncio
from collections.abc import Collection
from typing import Any

AGAIN_SECONDS = 0.2


async def end(tasks: Collection[asyncio.Future[Any]]) -> None:
    """Cancel tasks and wait until they have ended; how they end is their own affair.

    One request is not enough: in Python 3.11, `asyncio.wait_for` swallows a cancellation that comes in
    the moment in which what it waits for is ready. So it is repeated until it is heard.
    """
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=AGAIN_SECONDS)
    for task in tasks:
        # An error that nobody has asked for would be logged when the task is thrown away.
        _ = task.cancelled() or task.exception()
