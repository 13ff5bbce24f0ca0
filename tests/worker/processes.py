"""Real processes for these tests: a Redis that can be hurt, workers and schedulers that can be killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from taskly.embedded.binaries import redis_program

REPOSITORY = Path(__file__).parents[2]
START_SECONDS = 10


def free_port() -> int:
    """A TCP port on loopback that was free a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class RedisServer:
    """A Redis of our own, on a TCP port and a unix socket, without persistence."""

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self.socket = directory / "redis.sock"
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._directory = directory
        self.start()

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        self._process = subprocess.Popen(
            [
                *(redis_program(), "--port", str(self.port), "--bind", "127.0.0.1"),
                *("--unixsocket", str(self.socket), "--dir", str(self._directory)),
                *("--save", "", "--appendonly", "no"),
            ],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, "redis-server did not start"
            time.sleep(0.02)

    def kill(self) -> None:
        """End it without a word; what it held is lost."""
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        """Let it accept connections and answer nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it answer again."""
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it, in whatever state it is."""
        self._process.send_signal(signal.SIGCONT)
        self.kill()

    def client(self) -> Redis:
        """A plain client to look into it."""
        return Redis(port=self.port, socket_timeout=2, decode_responses=True)

    def _answers(self) -> bool:
        with self.client() as client:
            try:
                return bool(client.ping())
            except RedisError:
                return False


class TasklyProcess:
    """A worker or scheduler started as an operator would."""

    def __init__(
        self, module: str, options: Sequence[str], environment: dict[str, str], log: Path
    ) -> None:
        self._command = [sys.executable, "-m", module, "--module", "tests.worker.sample_jobs"]
        self._command += options
        self._environment = os.environ | environment
        self.log = log
        self.start()

    def start(self) -> None:
        """Start it, or start it again."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=REPOSITORY,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def keep_running(self) -> None:
        """Start it again if it has ended, as a supervisor does."""
        if self._process.poll() is not None:
            self.start()

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self._process.kill()
        self._process.wait()

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def wait(self, seconds: float) -> int:
        """Its exit code, when it ends within so many seconds."""
        return self._process.wait(seconds)

    def stop(self) -> None:
        """End it if it still runs."""
        if self._process.poll() is None:
            self.kill()

    def output(self) -> str:
        """All that it has written so far."""
        return self.log.read_text()
