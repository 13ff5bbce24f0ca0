"""`taskly demo` as people run it, and a look at what it leaves behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from taskly.embedded.processes import Identity, identify
from tests.embedded.running import clean_environment
from tests.embedded.watching import eventually, kill_all

LONGEST_SECONDS = 180


class Demo:
    """One `taskly demo` with a data directory in `home`, on ports that nobody else has."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.directory = home / "the demo"
        self.variables = {"COLUMNS": "120"}
        self._log = home / "printed.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        """Start it."""
        words = ["--data-dir", str(self.directory), "--port", "0", "--github-port", "0", *options]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "taskly", "demo", *words],
                cwd=self.home,
                env=clean_environment(**self.variables),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def tell(self, *options: str) -> int:
        """Run it to its end; the exit code."""
        self.start("--once", *options)
        return self.wait()

    def wait(self) -> int:
        """The exit code, when it has ended."""
        assert self._process is not None
        return self._process.wait(LONGEST_SECONDS)

    def wait_for(self, words: str) -> None:
        """Wait until it prints this."""
        eventually(lambda: words in self.printed() or self.has_ended(), words)
        assert words in self.printed(), self.printed()

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    def has_ended(self) -> bool:
        """Whether it has ended."""
        assert self._process is not None
        return self._process.poll() is not None

    def printed(self) -> str:
        """What it has printed."""
        return self._log.read_text()

    def processes(self) -> list[Identity]:
        """The processes that work for it, itself included."""
        return processes_of(self.directory)

    def modules(self) -> set[str]:
        """The modules that its processes run with `python -m`."""
        words = [
            Path(f"/proc/{process.pid}/cmdline").read_bytes().decode().split("\0")
            for process in self.processes()
        ]
        return {each[each.index("-m") + 1] for each in words if "-m" in each}

    def clear_away(self) -> None:
        """End whatever a failed test left."""
        if self._process is not None and not self.has_ended():
            self._process.kill()
            self._process.wait()
        kill_all(self.processes())


@contextmanager
def demo_in(home: Path) -> Iterator[Demo]:
    """A demonstration that is not started yet, and does not outlive the block."""
    demo = Demo(home)
    try:
        yield demo
    finally:
        demo.clear_away()


def processes_of(directory: Path) -> list[Identity]:
    """The processes that name a directory in their command or environment, or work in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        identity = identify(int(process.name))
        if identity is not None and identity.pid != os.getpid() and _names(process, directory):
            found.append(identity)
    return found


def _names(process: Path, directory: Path) -> bool:
    wanted = os.fsencode(directory)
    try:
        return (
            wanted in (process / "environ").read_bytes()
            or wanted in (process / "cmdline").read_bytes()
            or (process / "cwd").resolve().is_relative_to(directory)
        )
    except OSError:
        return False
