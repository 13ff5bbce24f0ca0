"""Processes seen from outside: is it still the same one, and how it is ended for good."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

HAS_PROC = Path("/proc/self/stat").exists()
"""Linux; elsewhere we ask `ps`."""
POLL_SECONDS = 0.02

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_STATE, _PARENT, _STARTED = 0, 1, 19
"""Fields of /proc/PID/stat, counted after the program's name."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A process that can't be mistaken for a later one with the same number."""

    pid: int
    started: str
    """When it started, in the system's own words, and since which start of the machine."""


def identify(pid: int) -> Identity | None:
    """Who runs under this number; None when nobody does. A process that has ended is nobody."""
    if HAS_PROC:
        fields = _fields(pid)
        if fields is None or fields[_STATE] == "Z":
            return None
        return Identity(pid, f"{_BOOT.read_text().strip()} {fields[_STARTED]}")
    started = _ask_ps(pid, "lstart")
    return Identity(pid, started) if started else None


def works_in(pid: int, directory: Path) -> bool:
    """Whether the process has `directory` as its own, as a server has that of its files."""
    if HAS_PROC:
        try:
            return Path(f"/proc/{pid}/cwd").samefile(directory)
        except OSError:
            return False
    return str(directory) in _ask_ps(pid, "command")


def runs(identity: Identity) -> bool:
    """Whether this very process still runs."""
    return identify(identity.pid) == identity


def end_process(identity: Identity, *, gently: signal.Signals, seconds: float) -> None:
    """End a process that is not our child, with its group if it leads one.

    It gets `gently` and so much time, then SIGKILL.
    """
    if runs(identity):
        with suppress(ProcessLookupError):
            os.kill(identity.pid, gently)
    if not wait_until_gone(identity, seconds):
        kill_group(identity.pid)
        with suppress(ProcessLookupError):
            os.kill(identity.pid, signal.SIGKILL)
        wait_until_gone(identity, seconds)


def wait_until_gone(identity: Identity, seconds: float) -> bool:
    """Wait until the process has ended; whether it did within so much time."""
    deadline = time.monotonic() + seconds
    while runs(identity):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def kill_group(pid: int) -> None:
    """Kill what is left of the process group that `pid` leads or led."""
    # macOS refuses with PermissionError when only ended processes are left.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def children_of(pid: int) -> list[int]:
    """The children of a process that are known, ended ones included. Linux only; elsewhere none."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        fields = _fields(int(entry.name))
        if fields is not None and int(fields[_PARENT]) == pid:
            found.append(int(entry.name))
    return found


def has_ended(pid: int) -> bool:
    """Whether the process has ended and waits for its parent to take note. Linux only."""
    fields = _fields(pid)
    return fields is not None and fields[_STATE] == "Z"


def _fields(pid: int) -> list[str] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return text.rpartition(")")[2].split()


def _ask_ps(pid: int, field: str) -> str:
    answer = subprocess.run(  # noqa: S603
        ["ps", "-o", f"{field}=", "-p", str(pid)],  # noqa: S607  # where it is differs by system
        check=False,
        capture_output=True,
        text=True,
    )
    return answer.stdout.strip()
