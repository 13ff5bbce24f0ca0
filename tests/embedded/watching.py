"""Looking at processes from outside."""

import os
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from taskly.embedded.processes import Identity, children_of, identify, runs, wait_until_gone

PATIENCE_SECONDS = 120


def eventually(condition: Callable[[], object], what: str) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.02)


def descendants(pid: int) -> list[Identity]:
    """All processes below one."""
    found = []
    for child in children_of(pid):
        identity = identify(child)
        if identity is not None:
            found.append(identity)
        found += descendants(child)
    return found


def known(pid: int) -> Identity:
    """Who has this process id now."""
    identity = identify(pid)
    assert identity is not None
    return identity


def all_gone(identities: Iterable[Identity]) -> None:
    """Wait until none of these runs."""
    for identity in identities:
        assert wait_until_gone(identity, PATIENCE_SECONDS), f"{identity} still runs"


def kill_all(identities: Iterable[Identity]) -> None:
    """kill -9 for each that still runs."""
    for identity in identities:
        if runs(identity):
            with suppress(ProcessLookupError):
                os.kill(identity.pid, signal.SIGKILL)
