"""The folder of the servers' Unix sockets.

Our PostgreSQL and Redis listen on Unix sockets only, in a folder that no other account can enter. There
are no ports to race for, so any number of instances run side by side; nothing is reachable from another
machine or account, so no password has to be kept; and the folder is new at each start, so what a
`kill -9` leaves behind is in nobody's way. A socket's path may have 107 bytes (103 on macOS), which is
why the folder is not in the data directory but in the system's own for temporary files; a link in the
data directory says where, for people and for the next start, which removes what is left of it.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from taskly.embedded.account import Account
from taskly.embedded.errors import CannotStart

PREFIX = "taskly-"
LONGEST_FOLDER = 70
"""Bytes; leaves room for the names of the sockets."""


@contextmanager
def linked_socket_folder(link: Path, account: Account | None) -> Iterator[Path]:
    """A folder for sockets while the block runs, found through `link`.

    What an earlier run left behind there is removed first.
    """
    link.parent.mkdir(parents=True, exist_ok=True)
    _remove_linked(link, account)
    folder = _make_socket_folder(account)
    try:
        link.symlink_to(folder)
        yield folder
    finally:
        _remove_socket_folder(folder)
        link.unlink(missing_ok=True)


def _make_socket_folder(account: Account | None) -> Path:
    """A new folder for sockets, owned by `account`, or by ourselves."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_short_place(account)))
    if account is not None:
        account.take(folder)
    return folder


def _remove_socket_folder(folder: Path) -> None:
    """Remove it with what is in it; it may be gone already."""
    shutil.rmtree(folder, ignore_errors=True)


def _remove_linked(link: Path, account: Account | None) -> None:
    with suppress(OSError):
        folder = link.readlink()
        owners = {os.geteuid()} if account is None else {os.geteuid(), account.uid}
        # After a restart of the machine somebody else may have a folder of this name.
        if folder.name.startswith(PREFIX) and folder.lstat().st_uid in owners:
            _remove_socket_folder(folder)
    link.unlink(missing_ok=True)


def _short_place(account: Account | None) -> Path:
    for name in (tempfile.gettempdir(), "/tmp"):  # noqa: S108  # mkdtemp makes a private folder in it
        place = Path(name)
        fits = len(os.fsencode(place)) <= LONGEST_FOLDER and not set(name) & set(" ,\"'\\")
        if fits and place.is_dir() and (account is None or account.reaches(place)):
            return place
    raise CannotStart(
        "There is no folder for temporary files with a short name that PostgreSQL can reach. "
        "Set TMPDIR to one."
    )
