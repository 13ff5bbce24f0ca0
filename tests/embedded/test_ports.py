"""Which port the api gets."""

import socket
import sys
from contextlib import ExitStack

import pytest

from taskly.embedded.errors import CannotStart
from taskly.embedded.ports import reserved_port

HOST = "127.0.0.1"


def listening() -> socket.socket:
    """Another program that listens on a port below the last ones."""
    listener = socket.socket()
    listener.bind((HOST, 0))
    listener.listen()
    return listener


def test_the_next_free_one_is_taken() -> None:
    with listening() as other:
        taken: int = other.getsockname()[1]
        with reserved_port(HOST, taken, fixed=False) as port:
            assert taken < port <= taken + 100


def test_a_fixed_one_that_is_taken_is_refused() -> None:
    with listening() as other:
        taken = other.getsockname()[1]
        with pytest.raises(CannotStart) as refused, reserved_port(HOST, taken, fixed=True):
            pass
    assert str(refused.value) == (
        f"Port {taken} on {HOST} is taken by another program. Stop that program, or choose another "
        "port with --port."
    )


def test_zero_is_any() -> None:
    with reserved_port(HOST, 0, fixed=True) as port, socket.socket() as listener:
        listener.bind((HOST, port))


@pytest.mark.skipif(sys.platform != "linux", reason="the mark is Linux's")
def test_instances_that_start_at_once_get_different_ones() -> None:
    with reserved_port(HOST, 0, fixed=True) as base, ExitStack() as stack:
        ports = [stack.enter_context(reserved_port(HOST, base, fixed=False)) for _ in range(3)]
    assert len({base, *ports}) == 4


def test_a_host_that_is_not_ours_is_said() -> None:
    theirs = reserved_port("192.0.2.1", 8000, fixed=False)
    complaint = r"can't listen on 192\.0\.2\.1, port 8000"
    with pytest.raises(CannotStart, match=complaint), theirs:
        pass
