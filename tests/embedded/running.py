"""`taskly up` as people run it, but with stand-ins for api, worker and migrations."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from taskly.embedded.processes import Identity
from tests.embedded.watching import all_gone, descendants, eventually, kill_all, known

REPOSITORY = Path(__file__).parents[2]
PYTHONPATH = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "src")])
STAND_INS = "tests.embedded.stand_ins"


def clean_environment(**variables: str) -> dict[str, str]:
    """Our environment without settings of Taskly, and with some."""
    foreign = ("TASKLY_", "GITHUB_", "DATABASE_URL", "REDIS_URL", "SENTRY_DSN", "PG")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return ours | {"PYTHONPATH": PYTHONPATH} | variables


class Up:
    """One `taskly up`, in a folder of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.log = home / "up.log"
        self.variables = {"STAND_IN_CHILD": "strays"}
        self.python = sys.executable
        self.user: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._seen: set[Identity] = set()

    @property
    def data(self) -> Path:
        """Its data directory."""
        return self.home / ".taskly"

    @property
    def pid(self) -> int:
        """The supervisor's process id."""
        assert self._process is not None
        return self._process.pid

    def start(self, *options: str) -> None:
        """Start it."""
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [self.python, "-m", f"{STAND_INS}.up", *options],
                cwd=self.home,
                env=clean_environment(**self.variables),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
            )

    def start_and_wait(self, *options: str) -> None:
        """Start it and wait until it says that it is ready."""
        self.start(*options)
        eventually(lambda: "Taskly is ready at" in self.output() or self.has_ended(), "the banner")
        assert "Taskly is ready at" in self.output(), self.output()
        eventually(lambda: self.lines("worker") == ["working"], "work")
        self._seen.update(self.processes())

    def output(self) -> str:
        """What it has printed."""
        return self.log.read_text()

    def lines(self, name: str) -> list[str]:
        """What one of its processes has printed."""
        lines = (line.partition(" | ") for line in self.output().splitlines())
        return [text for prefix, _, text in lines if prefix.strip() == name]

    def address(self) -> str:
        """The address in the banner."""
        return self.output().partition("Taskly is ready at ")[2].split()[0]

    def processes(self) -> list[Identity]:
        """It and all processes below it."""
        return [known(self.pid), *descendants(self.pid)]

    def recorded_pids(self) -> list[int]:
        """The processes that it says it runs."""
        return [pid for pid, _, _ in json.loads((self.data / "processes.json").read_text())]

    def send(self, number: signal.Signals) -> None:
        """Send the supervisor a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    def wait(self) -> int:
        """Its exit code, when it has ended."""
        assert self._process is not None
        return self._process.wait(60)

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        self.send(signal.SIGINT)
        return self.wait()

    def kill_tree(self) -> None:
        """kill -9 of everything, the supervisor first."""
        processes = self.processes()
        kill_all(processes)
        self.wait()
        all_gone(processes)

    def has_ended(self) -> bool:
        """Whether the supervisor has ended."""
        assert self._process is not None
        return self._process.poll() is not None

    def clear_away(self) -> None:
        """Stop it if it runs, and end whatever a failed test left."""
        if self._process is not None and not self.has_ended():
            self._seen.update(self.processes())
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(20)
            self._process.kill()
            self._process.wait()
        kill_all(self._seen)
        with suppress(OSError):
            shutil.rmtree((self.data / "sockets").readlink())


def refusal(home: Path, options: Sequence[str] = (), **variables: str) -> tuple[int, str]:
    """Start `taskly up` where it can't start; exit code and what it says."""
    done = subprocess.run(
        [sys.executable, "-m", f"{STAND_INS}.up", *options],
        check=False,
        cwd=home,
        env=clean_environment(**variables),
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stderr
