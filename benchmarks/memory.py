"""What all processes of Taskly take together: shared pages are counted once (PSS)."""

import asyncio
import re
from pathlib import Path

from benchmarks.figures import Aim, Figure, Held
from taskly.embedded.processes import children_of

SETTLE_SECONDS, SETTLE_TRIES = 2, 10
IDLE = Aim(Held.VALUE, 250)


def memory_of(pid: int) -> float:
    """MiB of a process and all that descend from it. Linux only."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    own = int(found[1]) / 1024 if found else 0.0
    return own + sum(memory_of(child) for child in children_of(pid))


async def settled_memory_of(pid: int) -> float:
    """The same, when it has stopped to grow: the worker starts when the api is ready."""
    before, now = 0.0, memory_of(pid)
    for _ in range(SETTLE_TRIES):
        if abs(now - before) < 1:
            break
        await asyncio.sleep(SETTLE_SECONDS)
        before, now = now, memory_of(pid)
    return now


def memory_figures(plain: float, idle: float, loaded: float) -> list[Figure]:
    """Of `taskly up` by itself, and of what is measured, before and after that."""
    return [
        Figure(name="Memory, `taskly up` with one api process, idle", unit="MiB", ours=[plain]),
        Figure(name="Memory, two api processes, idle", unit="MiB", ours=[idle], aim=IDLE),
        Figure(name="Memory, two api processes, after all of this", unit="MiB", ours=[loaded]),
    ]
