"""Waiting for what must come, however slow the machine is."""

import asyncio
from collections.abc import Awaitable, Callable

PATIENCE_SECONDS = 60
"""Far more than anything takes."""
POLL_SECONDS = 0.01


async def until(
    condition: Callable[[], bool | Awaitable[bool]], what: str = "what was waited for"
) -> None:
    """Wait until a condition holds.

    Raises:
        AssertionError: it does not for far too long; `what` says what was missing.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                holds = condition()
                if holds if isinstance(holds, bool) else await holds:
                    return
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        raise AssertionError(f"never happened: {what}") from None
