"""Keeps processes running, and starts and stops them in order.

What is started together is stopped together, after everything that was started later: who depends on
others ends before them.
"""

import asyncio
import json
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from taskly.embedded.child import Child
from taskly.embedded.errors import CannotStart
from taskly.embedded.output import Output
from taskly.embedded.processes import Identity, end_process
from taskly.embedded.program import Program

FALSE_STARTS = 3
"""Who ends this often before being ready is not worth waiting for."""
POLL_SECONDS = 0.02
ORPHAN_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Recorded:
    """A process that an earlier supervisor started, and the signal that asks it to end."""

    identity: Identity
    stop_signal: signal.Signals


class Supervisor:
    """Runs programs while the block runs, and stops them at its end.

    `record` is a file that says which processes run, for the next start after a `kill -9`. When `hurry`
    is set, stopping gives nobody more time.
    """

    def __init__(
        self, output: Output, *, record: Path | None = None, hurry: asyncio.Event | None = None
    ) -> None:
        self._output = output
        self._record = record
        self._hurry = hurry or asyncio.Event()
        self._tiers: list[list[Child]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def start(self, *programs: Program, joining: bool = False) -> None:
        """Start programs together and keep them running; doesn't wait until they are ready.

        When they are `joining`, they are stopped together with those that were started last.
        """
        started = [Child(program, self._output, self._write_record) for program in programs]
        if joining:
            self._tiers[-1] += started
        else:
            self._tiers.append(started)

    async def wait_until_ready(
        self, name: str, is_ready: Callable[[int], Awaitable[bool]], *, seconds: float
    ) -> None:
        """Wait until `is_ready` says so of the process id of `name`.

        Raises:
            CannotStart: when it ends several times before, or takes too long.
        """
        child = self.child(name)
        deadline = time.monotonic() + seconds
        while child.pid is None or not await is_ready(child.pid):
            if child.failures >= FALSE_STARTS:
                raise CannotStart(f"{name} does not stay up; its last lines say why.")
            if time.monotonic() > deadline:
                raise CannotStart(f"{name} was not ready within {seconds:g} s.")
            await asyncio.sleep(POLL_SECONDS)

    def child(self, name: str) -> Child:
        """The child of this name.

        Raises:
            KeyError: when there is none.
        """
        return {child.program.name: child for child in self._children()}[name]

    async def stop(self) -> None:
        """Stop everything, what was started last first; returns when no process is left."""
        failed: list[BaseException] = []
        while self._tiers:
            stops = [child.stop(self._hurry) for child in self._tiers[-1]]
            ends = await asyncio.gather(*stops, return_exceptions=True)
            failed += [end for end in ends if end is not None]
            self._tiers.pop()
        if self._record:
            self._record.unlink(missing_ok=True)
        if failed:
            raise failed[0]

    def _children(self) -> list[Child]:
        return [child for tier in self._tiers for child in tier]

    def _write_record(self) -> None:
        if self._record is None:
            return
        rows = [
            [child.identity.pid, child.identity.started, int(child.program.stop_signal)]
            for child in self._children()
            if child.identity
        ]
        unfinished = self._record.with_suffix(".new")
        try:
            unfinished.write_text(json.dumps(rows))
            unfinished.replace(self._record)
        except OSError as error:
            # A full disk must not keep us from keeping them running.
            self._output.say(f"which processes run can't be written down ({error})")


async def end_recorded(record: Path) -> None:
    """End what an earlier supervisor left running."""
    left_behind = await asyncio.to_thread(_read_record, record)
    ends = (
        asyncio.to_thread(
            end_process, left.identity, gently=left.stop_signal, seconds=ORPHAN_SECONDS
        )
        for left in left_behind
    )
    await asyncio.gather(*ends)


def _read_record(record: Path) -> Sequence[Recorded]:
    with suppress(OSError, ValueError, TypeError):
        return [
            Recorded(Identity(pid, started), signal.Signals(number))
            for pid, started, number in json.loads(record.read_text())
        ]
    return []
