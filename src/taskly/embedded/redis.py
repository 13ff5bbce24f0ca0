"""A Redis of our own.

It listens on a Unix socket only (why: see `sockets`). What it holds is on disk within a second, and may be
lost without harm. As root it runs as root, like our own processes, which are the only ones that reach it.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from taskly.embedded.binaries import redis_program
from taskly.embedded.program import Program, running_program
from taskly.embedded.sockets import linked_socket_folder

ANSWER_SECONDS = 0.5
STOP_SECONDS = 10


class EmbeddedRedis:
    """One Redis: its files in `directory`, its socket in `sockets`.

    Raises:
        CannotStart: from the constructor, when there is no Redis on this machine.
    """

    def __init__(self, directory: Path, sockets: Path) -> None:
        self._directory = directory.absolute()
        self._socket = sockets / "redis.sock"
        self._executable = redis_program()

    @property
    def url(self) -> str:
        """Its address, the same after every restart."""
        return f"unix://{self._socket}?db=0"

    def prepare(self) -> None:
        """Make the directory."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def program(self) -> Program:
        """How the server runs."""
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "protected-mode": "yes",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "loglevel": "warning",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        return Program(
            name="redis",
            command=(str(self._executable), *words),
            environment={"LC_ALL": "C", "TZ": "UTC"},
            directory=self._directory,
            stop_seconds=STOP_SECONDS,
        )

    def is_ready(self, _pid: int) -> bool:
        """Whether it answers; while it reads its files it doesn't."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(ANSWER_SECONDS)
            try:
                connection.connect(str(self._socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
            except OSError:
                return False


@contextmanager
def running_redis(directory: Path) -> Iterator[str]:
    """A Redis with its files in `directory` while the block runs; yields its address.

    The log is beside the directory, and so is a link to the folder of its socket. The thread that enters must live as long as the block.

    Raises:
        CannotStart: when it doesn't start.
    """
    link = directory.with_name(f"{directory.name}.sockets")
    with linked_socket_folder(link, None) as sockets:
        server = EmbeddedRedis(directory, sockets)
        server.prepare()
        log = directory.with_name(f"{directory.name}.log")
        with running_program(server.program(), is_ready=server.is_ready, log=log):
            yield server.url
