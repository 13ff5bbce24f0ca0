"""Who runs PostgreSQL when we are root: it refuses to run as root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

NAME = "taskly"
LAST_RESORT = "nobody"
SYSTEM_PROGRAMS = "/usr/sbin:/sbin"

ENTER = 0o1
READ_AND_ENTER = 0o5


@dataclass(frozen=True, slots=True)
class Account:
    """An unprivileged account of this machine. It may have no name, in a container for example."""

    uid: int
    gid: int

    def take(self, path: Path) -> None:
        """Make it the owner of a file, or of a folder with all that is in it.

        Raises:
            OSError: when we may not.
        """
        for folder, folders, files in os.walk(path):
            for name in (*folders, *files):
                os.chown(Path(folder, name), self.uid, self.gid, follow_symlinks=False)
        os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Whether it can enter every folder down to `path`, and read and execute `path` itself."""
        true_path = path.resolve()
        return self._may(true_path, READ_AND_ENTER) and all(
            self._may(folder, ENTER) for folder in true_path.parents
        )

    def _may(self, path: Path, wanted: int) -> bool:
        status = path.stat()
        if status.st_uid == self.uid:
            shift = 6
        elif status.st_gid == self.gid:
            shift = 3
        else:
            shift = 0
        return (status.st_mode >> shift) & wanted == wanted


def account_for(cluster: Path) -> Account | None:
    """Who is to run the PostgreSQL of `cluster`; None means ourselves, as we are not root.

    The owner of an existing cluster stays its owner. Otherwise it is the system account `taskly`, which
    is made if it can be, else `nobody`.
    """
    if os.geteuid() != 0:
        return None
    version = cluster / "PG_VERSION"
    if version.exists() and (owner := version.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    return _find(NAME) or _make(NAME) or _find(LAST_RESORT)


def _find(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _make(name: str) -> Account | None:
    """A system account without a home or a shell; None where there is no `useradd` or it fails."""
    path = f"{os.environ.get('PATH', '')}{os.pathsep}{SYSTEM_PROGRAMS}"
    program = shutil.which("useradd", path=path)
    if program is None:
        return None
    options = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    subprocess.run([program, *options, name], check=False, capture_output=True)  # noqa: S603
    # Another instance may have made it meanwhile, so the exit code says little.
    return _find(name)
