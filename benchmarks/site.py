"""What is measured: `taskly up` as people run it, a fake GitHub, and the peers, each as processes.

They live in a temporary directory, on ports that nobody else has.
"""

import os
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import BODY_VARIABLE
from taskly.embedded.found import FILE, found_environment
from taskly.embedded.own_processes import python_program
from taskly.embedded.ports import reserved_port
from taskly.embedded.postgres import running_postgres
from taskly.embedded.processes import children_of
from taskly.embedded.program import Program, running_program
from taskly.platform.settings import Settings, load_settings

HOST = "127.0.0.1"
API_PROCESSES = 2
FOREIGN = ("TASKLY_", "GITHUB_", "DATABASE_URL", "REDIS_URL", "SENTRY_DSN")

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Site:
    """A Taskly that runs, beside a fake GitHub."""

    directory: Path
    pid: int
    """Of its supervisor: all its processes descend from it."""
    environment: Mapping[str, str]
    """What its processes run with."""
    github: str
    """The fake GitHub's address."""

    @property
    def url(self) -> str:
        """Taskly's address."""
        return self.environment["TASKLY_PUBLIC_URL"]

    @property
    def address(self) -> Address:
        """The same for sockets."""
        return HOST, int(self.environment["TASKLY_PORT"])

    def settings(self) -> Settings:
        """Its settings, for what is done to it from here."""
        os.environ.update(self.environment)
        return load_settings(_env_file=None)


APPLICATION = {"GITHUB_CLIENT_ID": "benchmark", "GITHUB_CLIENT_SECRET": "not-a-secret"}
ROOM = {
    f"TASKLY_RATE_LIMIT_{name}": "1000000" for name in ("PERSON", "ADDRESS", "SIGN_IN", "COSTLY")
} | {"TASKLY_DIRECT_MEMBERS": "true"}
"""Limits that cost what they always cost and hold nobody up; and people who need no asking."""


@contextmanager
def running_site(
    directory: Path, *, durable: bool, api_processes: int = API_PROCESSES
) -> Iterator[Site]:
    """Run both while the block runs, in a directory that is made.

    Unless `durable`, PostgreSQL waits for no disk: what is measured then is Taskly, and not how long this
    machine's disk takes to keep a commit.
    """
    directory.mkdir(mode=0o755)
    folder = directory / "taskly"
    with ExitStack() as stack:
        port = stack.enter_context(reserved_port(HOST, 0, fixed=False))
        database_url = stack.enter_context(running_postgres(directory / "pg", fast=not durable))
        github = f"http://{HOST}:{port}"
        environment = (
            clean_environment()
            | ROOM
            | {
                "GITHUB_API_URL": f"{github}/api/v3",
                "GITHUB_WEB_URL": github,
                "DATABASE_URL": database_url,
                "TASKLY_API_PROCESSES": str(api_processes),
                **APPLICATION,
            }
        )
        fake = _fake_github(port, environment)
        up = python_program(
            "taskly",
            "taskly.embedded.up",
            *("--data-dir", str(folder), "--port", "0"),
            environment=environment,
            stop_seconds=30,
        )

        github_log, taskly_log = directory / "github.log", directory / "taskly.log"
        stack.enter_context(running_program(fake, is_ready=lambda _: listens(port), log=github_log))
        is_up = (folder / FILE).exists
        process = stack.enter_context(
            running_program(up, is_ready=lambda _: is_up(), log=taskly_log)
        )
        known = found_environment(environment, str(folder))
        yield Site(directory, process.pid, known, github)


def _fake_github(port: int, environment: Mapping[str, str]) -> Program:
    return python_program(
        "github",
        "taskly.fake_github",
        *("--port", str(port), "--client-id", APPLICATION["GITHUB_CLIENT_ID"]),
        *("--client-secret", APPLICATION["GITHUB_CLIENT_SECRET"]),
        environment=environment,
    )


@contextmanager
def running_peer(site: Site, kind: str, body: bytes = b"") -> Iterator[Address]:
    """Serve `bare` or `noop` while the block runs, as Taskly is served."""
    path = site.directory / f"{kind}.body"
    path.write_bytes(body)
    with reserved_port(HOST, 0, fixed=False) as port:
        variables = {"TASKLY_PORT": str(port), BODY_VARIABLE: str(path)}
        program = python_program(
            kind,
            "benchmarks.peers",
            kind,
            environment={
                **site.environment,
                **variables,
                "PYTHONPATH": str(Path(__file__).parents[1]),
            },
            stop_seconds=20,
        )
        log = site.directory / f"{kind}.log"
        with running_program(program, is_ready=lambda _: listens(port), log=log):
            yield HOST, port


@contextmanager
def frozen_worker(site: Site) -> Iterator[None]:
    """Let its worker stand still while the block runs."""
    [worker] = [
        child
        for child in children_of(site.pid)
        if b"taskly.worker" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]
    os.kill(worker, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(worker, signal.SIGCONT)


def clean_environment() -> dict[str, str]:
    """Our environment without settings of Taskly."""
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        socket.create_connection((HOST, port), 1).close()
    except OSError:
        return False
    return True
