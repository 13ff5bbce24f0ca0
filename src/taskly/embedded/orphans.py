"""Processes whose parents ended: on Linux they become our children, and we see them off.

A process that its parent left behind, outside its process group, would otherwise outlive the instance,
or, where we are the first process of a container, stay in the process table for ever.
"""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from taskly.embedded.processes import children_of, has_ended

BECOME_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of <linux/prctl.h>
ROUND_SECONDS = 30


@contextmanager
def no_orphans_left() -> Iterator[None]:
    """Adopt the orphans among our descendants; end every child that is left at the end of the block.

    Children that we had before the block, given to us by a shell for example, are left alone.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(BECOME_SUBREAPER, 1, 0, 0, 0)
    given = set(children_of(os.getpid()))
    try:
        yield
    finally:
        while left := set(children_of(os.getpid())) - given:
            for pid in left:
                _end(pid)


async def bury_orphans() -> None:
    """Take note of the ends of adopted children, until cancelled.

    Our own children are waited for at once by who started them; who has ended and is still there a round
    later is nobody's.
    """
    earlier: set[int] = set()
    while True:
        ended = {pid for pid in children_of(os.getpid()) if has_ended(pid)}
        for pid in ended & earlier:
            _take_note(pid)
        earlier = ended
        await asyncio.sleep(ROUND_SECONDS)


def _end(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    _take_note(pid)


def _take_note(pid: int) -> None:
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)
