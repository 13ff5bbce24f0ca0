"""The port of the api: the wanted one, or the next that is free."""

import errno
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from taskly.embedded.errors import CannotStart

TRIES = 100


@contextmanager
def reserved_port(host: str, wanted: int, *, fixed: bool) -> Iterator[int]:
    """A port of `host` that nobody uses: `wanted`, or unless it is `fixed` the next free one; 0 is any.

    While the block runs, other instances of Taskly leave it to us, so that of two that start at once
    each has its own before its api listens.

    Raises:
        CannotStart: when the fixed port is taken, all are, or the host is not this machine.
    """
    last = wanted if fixed else min(wanted + TRIES, 65535)
    for port in range(wanted, last + 1):
        free = _free_port(host, port)
        reservation = _reserve(free) if free else None
        if free and reservation:
            with reservation:
                yield free
            return
    if fixed:
        raise CannotStart(
            f"Port {wanted} on {host} is taken by another program. Stop that program, or choose another "
            "port with --port."
        )
    raise CannotStart(f"The ports {wanted} to {last} on {host} are taken. Choose one with --port.")


def _free_port(host: str, port: int) -> int | None:
    """The port if it can be listened on (for 0, one that can); None if it is taken."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            # As servers do: connections that are fading away don't count.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            found: int = listener.getsockname()[1]
            return found
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return None
        raise CannotStart(
            f"Taskly can't listen on {host}, port {port}: {error.strerror}. Choose others with --host "
            "and --port."
        ) from error


def _reserve(port: int) -> socket.socket | None:
    """A mark that the other instances on this machine see and that ends with us; None if it is theirs.

    Linux has names for sockets that are not files. Elsewhere the mark is only ours to see.
    """
    mark = socket.socket(socket.AF_UNIX)
    if sys.platform == "linux":
        try:
            mark.bind(f"\0taskly/port/{port}")
        except OSError:
            mark.close()
            return None
    return mark
