"""Where processes that belong together keep their figures, so that one scrape shows them all.

Each writes files of its own into a directory that `PROMETHEUS_MULTIPROC_DIR` names. Light to import, for
whoever starts processes and counts nothing.
"""

import os
from pathlib import Path

MULTIPROCESS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Read by prometheus_client when it is imported, so it is set before a process starts."""


def multiprocess_environment(directory: Path) -> dict[str, str]:
    """The environment for processes whose metrics are to be read together; makes the directory empty.

    Call it once, before the first of them starts: files of earlier processes would be counted again.
    Give it only to processes that go on: each leaves files behind.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for left_behind in directory.glob("*.db"):
        left_behind.unlink()
    return {MULTIPROCESS_VARIABLE: str(directory.resolve())}


def forget_ended_processes(directory: Path) -> None:
    """Drop the live gauges of processes that have ended. Their counters stay: sums must not go down."""
    for file in directory.glob("gauge_live*_*.db"):
        pid = file.stem.rpartition("_")[2]
        if pid.isdecimal() and not _runs(int(pid)):
            file.unlink(missing_ok=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
