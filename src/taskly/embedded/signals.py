"""Runs a story until somebody stops it: Ctrl-C, SIGTERM, or a terminal that closes."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from typing import Any

from taskly.embedded.orphans import bury_orphans, no_orphans_left

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Story = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


def run_until_stopped(story: Story) -> int:
    """Run `story` as this process's own until it ends or a signal stops it; the exit code for both: 0.

    The first signal cancels the story, which then stops what it runs; the second sets the event that the
    story was given, which means: hurry. At the end no child is left.
    """
    with no_orphans_left():
        asyncio.run(_run(story))
    return os.EX_OK


async def _run(story: Story) -> None:
    hurry = asyncio.Event()
    telling = asyncio.create_task(story(hurry))

    def stop() -> None:
        if telling.cancelling():
            hurry.set()
        else:
            telling.cancel()

    loop = asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        # Under nohup a closed terminal is not to matter.
        if signal.getsignal(number) is not signal.SIG_IGN or number is not signal.SIGHUP:
            loop.add_signal_handler(number, stop)
    burying = asyncio.create_task(bury_orphans())
    await asyncio.wait({telling})
    burying.cancel()
    if not telling.cancelled():
        telling.result()
