"""A program that is run as our child: what it is called, how it starts, how it stops."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from taskly.embedded.account import Account
from taskly.embedded.errors import CannotStart
from taskly.embedded.processes import kill_group

LEASH = Path(__file__).with_name("leash.py")
START_SECONDS = 60
POLL_SECONDS = 0.02


def _nothing() -> None:
    """What most programs need before a start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What a child runs. Its first argument is the path of an executable."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    """All of its environment, not an addition to ours."""
    directory: Path | None = None
    """The working directory; by default ours."""
    account: Account | None = None
    """Who runs it; by default ourselves."""
    stop_signal: signal.Signals = signal.SIGTERM
    """Asks it to end, also when we die."""
    stop_seconds: float = 10
    """So long it may take to end."""
    hurry_signal: signal.Signals = signal.SIGKILL
    """Ends it at once."""
    before_start: Callable[[], None] = _nothing
    """Tidies up after an earlier run; called before each start."""

    def leashed(self) -> list[str]:
        """The command line that starts it so that it ends with us."""
        account = f"{self.account.uid}:{self.account.gid}" if self.account else "-"
        leash = [sys.executable, "-I", "-S", str(LEASH)]
        return [*leash, str(os.getpid()), str(int(self.stop_signal)), account, *self.command]


@contextmanager
def running_program(
    program: Program, *, is_ready: Callable[[int], bool], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program while the block runs, without supervision and without an event loop.

    `is_ready` gets its process id. What it prints goes to `log`. The thread that enters must live as
    long as the block: on Linux the program ends with it.

    Raises:
        CannotStart: when it ends, or isn't ready in time; with the last lines of its log.
    """
    program.before_start()
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            program.leashed(),
            cwd=program.directory,
            env=dict(program.environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_ready(program, process, is_ready, log)
        yield process
    finally:
        _stop(program, process)


def _wait_until_ready(
    program: Program,
    process: subprocess.Popen[bytes],
    is_ready: Callable[[int], bool],
    log: Path,
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_ready(process.pid):
        if process.poll() is not None or time.monotonic() > deadline:
            last_lines = log.read_text(errors="replace")[-2000:]
            raise CannotStart(f"{program.name} did not start:\n{last_lines}")
        time.sleep(POLL_SECONDS)


def _stop(program: Program, process: subprocess.Popen[bytes]) -> None:
    process.send_signal(program.stop_signal)
    try:
        process.wait(program.stop_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    kill_group(process.pid)
