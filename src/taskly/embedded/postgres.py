"""A PostgreSQL of our own.

It listens on a Unix socket only (why: see `sockets`), and whoever can enter the socket's folder is
trusted. Taskly's role owns its database and may make further ones, and is not a superuser.
"""

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from taskly.embedded.account import account_for
from taskly.embedded.binaries import postgres_programs
from taskly.embedded.errors import CannotStart
from taskly.embedded.processes import end_process, identify, works_in
from taskly.embedded.program import Program, running_program
from taskly.embedded.sockets import linked_socket_folder

VERSION = "18"
"""The major version of new clusters."""
PORT = 5432
"""Only a part of the socket's name: no port is opened."""
STOP_SECONDS = 30
ORPHAN_SECONDS = 5

SETTINGS = ("max_connections=100", "shared_buffers=64MB", "timezone=UTC", "log_timezone=UTC")
"""Written into a new cluster's postgresql.conf, where an operator may change them."""
OUTPUT_SETTINGS = (
    "logging_collector=off",
    "log_checkpoints=off",
    "log_line_prefix=%m [%p] ",
    # Statements that fail carry what people wrote.
    "log_min_error_statement=panic",
)
FAST_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
UNSWEPT_SETTINGS = ("autovacuum=off",)

ROLE_AND_DATABASE = """\
CREATE ROLE taskly LOGIN CREATEDB;
CREATE DATABASE taskly OWNER taskly STRATEGY file_copy;
"""
LOCALE = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
"""The same order and the same upper case on every machine, whatever its libraries."""


class EmbeddedPostgres:
    """One cluster: its files in `directory`, its socket in `sockets`.

    `fast` gives up durability, and `swept` the sweeping of what deleted rows leave behind: for tests. As root the
    server runs as another account (`account`).

    Raises:
        CannotStart: from the constructor, when the programs are missing or the files are not for us.
    """

    def __init__(
        self, directory: Path, sockets: Path, *, fast: bool = False, swept: bool = True
    ) -> None:
        self._directory = directory.absolute()
        self._sockets = sockets
        self._fast = fast
        self._swept = swept
        try:
            self.account = account_for(self._directory)
            version = self._version() or VERSION
        except PermissionError:
            raise CannotStart(
                f"{self._directory} belongs to another account. Run Taskly as the account that made "
                "it, or choose another data directory."
            ) from None
        self._programs = postgres_programs(version, self.account)

    @property
    def url(self) -> str:
        """The address of the database `taskly`, for its role; the same after every restart."""
        return f"postgresql://taskly@/taskly?host={quote(str(self._sockets))}&port={PORT}"

    def prepare(self) -> None:
        """End a server that an earlier run left behind; make the cluster if there is none yet.

        Raises:
            CannotStart: when the cluster can't be made.
        """
        self._end_orphan()
        if self._version() is None:
            self._create()
        elif self.account is not None and (self._directory / "PG_VERSION").stat().st_uid == 0:
            self.account.take(self._directory)  # a restored copy

    def program(self) -> Program:
        """How the server runs."""
        command = [str(self._programs / "postgres"), "-D", self._own_path]
        command += ["-k", str(self._sockets), "-p", str(PORT), "-c", "listen_addresses="]
        chosen = (FAST_SETTINGS if self._fast else ()) + (() if self._swept else UNSWEPT_SETTINGS)
        for setting in OUTPUT_SETTINGS + chosen:
            command += ["-c", setting]
        return Program(
            name="postgres",
            command=tuple(command),
            environment=ENVIRONMENT,
            directory=self._directory,
            account=self.account,
            stop_signal=signal.SIGINT,  # “fast”: end sessions, write everything, leave
            stop_seconds=STOP_SECONDS,
            hurry_signal=signal.SIGQUIT,  # “immediate”: the next start replays the log
            before_start=self._clear_locks,
        )

    def is_ready(self, pid: int) -> bool:
        """Whether the server with this process id takes connections."""
        lines = self._pid_file_lines()
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    @cached_property
    def _own_path(self) -> str:
        """The cluster as PostgreSQL is to see it.

        As root we may have the data where the other account can't go, below /root for example, and
        opening those folders to it is not ours to do. So it is started inside the folder and finds it
        without walking there.
        """
        return str(self._directory) if self.account is None else "/proc/self/cwd"

    def _version(self) -> str | None:
        try:
            return (self._directory / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            return None

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self._directory / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _end_orphan(self) -> None:
        lines = self._pid_file_lines()
        if not lines or not lines[0].isdigit():
            return
        pid = int(lines[0])
        left_behind = identify(pid)
        if left_behind is not None and works_in(pid, self._directory):
            end_process(left_behind, gently=signal.SIGINT, seconds=ORPHAN_SECONDS)

    def _clear_locks(self) -> None:
        """Remove lock files whose process is gone and whose number may be another's by now.

        PostgreSQL clears them itself unless the number is taken. Nobody else starts a server here: the
        data directory is locked.
        """
        lines = self._pid_file_lines()
        if lines and lines[0].isdigit() and not works_in(int(lines[0]), self._directory):
            (self._directory / "postmaster.pid").unlink(missing_ok=True)
        for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (self._sockets / name).unlink(missing_ok=True)

    def _create(self) -> None:
        """Make the cluster beside its place and move it there, so that it is whole or not there."""
        parent = self._directory.parent
        parent.mkdir(parents=True, exist_ok=True)
        prefix = f"{self._directory.name}.new-"
        for unfinished in parent.glob(f"{prefix}*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        new = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        try:
            self._fill(new)
            new.rename(self._directory)
        except OSError as error:
            raise CannotStart(f"{self._directory} can't be made: {error.strerror}.") from error
        finally:
            with suppress(OSError):
                shutil.rmtree(new)

    def _fill(self, new: Path) -> None:
        if self.account is not None:
            self.account.take(new)
        options = ["--username=postgres", "--auth=trust", *LOCALE]
        options += [part for setting in SETTINGS for part in ("-c", setting)]
        # Everything is written to disk once, at the end.
        self._run(new, "initdb", *options, "--no-sync")
        alone = ["--single", "-c", "fsync=off", "-c", "log_checkpoints=off"]
        output = self._run(new, "postgres", *alone, last="postgres", typed=ROLE_AND_DATABASE)
        if "ERROR:" in output:
            raise CannotStart(f"PostgreSQL could not be set up:\n{output}")
        if not self._fast:
            self._run(new, "initdb", "--sync-only")

    def _run(self, new: Path, name: str, *options: str, last: str = "", typed: str = "") -> str:
        """Run one of PostgreSQL's programs in a new cluster; what it printed."""
        own_path = str(new) if self.account is None else self._own_path
        command = [str(self._programs / name), options[0], "-D", own_path, *options[1:]]
        program = Program(
            name=name,
            command=tuple([*command, last] if last else command),
            environment=ENVIRONMENT,
            account=self.account,
        )
        done = subprocess.run(  # noqa: S603
            program.leashed(),
            cwd=new,
            env=dict(program.environment),
            input=typed,
            text=True,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if done.returncode != 0:
            raise CannotStart(f"PostgreSQL could not be set up; {name} says:\n{done.stdout}")
        return done.stdout


ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}
"""Nothing of ours: variables like PGDATA and LANG would change what the server does."""


@contextmanager
def running_postgres(directory: Path, *, fast: bool = False, swept: bool = True) -> Iterator[str]:
    """A PostgreSQL with its files in `directory` while the block runs; yields its address.

    The cluster is made if there is none. `fast` and `swept` are those of the server. The log is
    beside the directory, and so is a link to the folder of its socket. The thread that enters must live as long as the block.

    Raises:
        CannotStart: when it doesn't start.
    """
    link = directory.with_name(f"{directory.name}.sockets")
    with linked_socket_folder(link, account_for(directory)) as sockets:
        server = EmbeddedPostgres(directory, sockets, fast=fast, swept=swept)
        server.prepare()
        log = directory.with_name(f"{directory.name}.log")
        with running_program(server.program(), is_ready=server.is_ready, log=log):
            yield server.url
