"""What people read while an instance runs: whole lines, each with the name of who says it."""

import asyncio
import os
import sys
from contextlib import suppress
from typing import Self, TextIO

SUPERVISOR = "taskly"
"""The name of what we say ourselves."""
WIDTH = len("scheduler")
LONGEST_LINE = 64 * 1024
"""Bytes; longer lines are broken."""

COLOURS = {
    SUPERVISOR: "1",
    "api": "36",
    "worker": "32",
    "scheduler": "35",
    "postgres": "34",
    "redis": "31",
}
OTHER_COLOUR = "33"


class Output:
    """Prefixed lines on a stream, never two in one.

    A stream that is gone (a closed terminal, `| head`) is forgotten: stopping in order matters more.
    """

    def __init__(self, stream: TextIO, *, colours: bool) -> None:
        self._stream = stream
        self._colours = colours

    @classmethod
    def standard(cls) -> Self:
        """On standard output, in colours if that is a terminal and NO_COLOR is not set."""
        return cls(sys.stdout, colours=sys.stdout.isatty() and not os.environ.get("NO_COLOR"))

    def say(self, text: str) -> None:
        """A line of our own."""
        self.line(SUPERVISOR, text)

    def line(self, name: str, text: str) -> None:
        """A line of the process `name`."""
        prefix = f"{name:<{WIDTH}} |"
        if self._colours:
            prefix = f"\033[{COLOURS.get(name, OTHER_COLOUR)}m{prefix}\033[0m"
        self.write(f"{prefix} {text}\n")

    def write(self, text: str) -> None:
        """Text as it is."""
        with suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()


class PrefixedLines(asyncio.Protocol):
    """Reads a pipe and passes each line on as one of `name`."""

    def __init__(self, output: Output, name: str) -> None:
        self._output = output
        self._name = name
        self._rest = b""
        self.closed = asyncio.Event()
        """Set when everybody who could write has closed the pipe."""

    def data_received(self, data: bytes) -> None:
        """Pass on the lines that are complete."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._pass_on(line)
        if len(self._rest) > LONGEST_LINE:
            self._pass_on(self._rest)
            self._rest = b""

    def connection_lost(self, _error: Exception | None) -> None:
        """Pass on what is left."""
        if self._rest:
            self._pass_on(self._rest)
        self.closed.set()

    def _pass_on(self, line: bytes) -> None:
        self._output.line(self._name, line.decode(errors="replace").rstrip("\r"))
