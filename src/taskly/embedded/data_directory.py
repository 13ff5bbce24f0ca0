"""The data directory: everything that an embedded instance keeps, used by one instance at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from taskly.embedded.errors import CannotStart


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Make the directory if it isn't there, and keep others out of it while the block runs.

    The kernel lets go of the lock when we end, however that happens.

    Raises:
        CannotStart: when another instance uses it, or it can't be used.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CannotStart(f"{directory} can't be used: {error.strerror}.") from error
    try:
        _take(lock, directory)
        os.truncate(lock, 0)
        os.write(lock, str(os.getpid()).encode())
        yield
    finally:
        os.close(lock)


def _take(lock: int, directory: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 20).decode() or "another one"
        raise CannotStart(
            f"Taskly runs on {directory} already (process {holder}). "
            "Stop it first, or choose another folder with --data-dir."
        ) from None
    except OSError as error:
        raise CannotStart(
            f"{directory} can't be locked ({error.strerror}). Choose a folder on a local disk with "
            "--data-dir."
        ) from error
