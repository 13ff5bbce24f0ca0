"""One process that is ours: started, kept running, stopped."""

import asyncio
import os
import signal
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable
from contextlib import suppress

from taskly.embedded.output import Output, PrefixedLines
from taskly.embedded.processes import Identity, identify, kill_group
from taskly.embedded.program import Program

LONGEST_DELAY_SECONDS = 30
STEADY_SECONDS = 60
"""Who ran this long is given another chance at once."""
LAST_LINES_SECONDS = 1
KILLED_SECONDS = 5


def delay_before_restart(failures: int) -> int:
    """Seconds to wait after so many failures in a row: 1, 2, 4 … 30."""
    delay: int = 2 ** (failures - 1)
    return min(delay, LONGEST_DELAY_SECONDS)


def failures_in_a_row(before: int, ran_seconds: float) -> int:
    """How many failures in a row this one makes; who ran for a minute begins anew."""
    return 1 if ran_seconds >= STEADY_SECONDS else before + 1


def how_it_ended(code: int) -> str:
    """An exit code in words."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


class Run:
    """One run of a program, from its start to the end of what it printed."""

    def __init__(self, process: Process, lines: PrefixedLines, pipe: asyncio.BaseTransport) -> None:
        self._process = process
        self._lines = lines
        self._pipe = pipe

    @classmethod
    async def start(cls, program: Program, output: Output) -> "Run":
        """Start it, in a process group of its own: a terminal's Ctrl-C is ours alone.

        Raises:
            OSError: when it can't be started.
        """
        program.before_start()
        read_end, write_end = os.pipe()
        try:
            pipe, lines = await asyncio.get_running_loop().connect_read_pipe(
                lambda: PrefixedLines(output, program.name), os.fdopen(read_end, "rb", buffering=0)
            )
            process = await asyncio.create_subprocess_exec(
                *program.leashed(),
                cwd=program.directory,
                env=dict(program.environment),
                stdin=DEVNULL,
                stdout=write_end,
                stderr=write_end,
                start_new_session=True,
            )
        finally:
            os.close(write_end)
        return cls(process, lines, pipe)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def send(self, number: signal.Signals) -> None:
        """Send it a signal; SIGKILL goes to its whole process group."""
        with suppress(ProcessLookupError):
            self._process.send_signal(number)
        if number is signal.SIGKILL:
            kill_group(self.pid)

    async def wait(self) -> int:
        """Wait for its end, and end the processes that it left behind; its exit code."""
        code = await self._process.wait()
        kill_group(self.pid)
        with suppress(TimeoutError):
            # A process outside its group may keep the pipe open for ever.
            await asyncio.wait_for(self._lines.closed.wait(), LAST_LINES_SECONDS)
        self._pipe.close()
        return code


async def run_to_end(program: Program, output: Output) -> int:
    """Run a program once; its exit code. Whoever cancels this ends the program."""
    run = await Run.start(program, output)
    try:
        return await run.wait()
    except asyncio.CancelledError:
        run.send(signal.SIGKILL)
        await run.wait()
        raise


class Child:
    """A program that is kept running: when it ends by itself, it is started again after a while.

    `on_start` is called after each start.
    """

    def __init__(self, program: Program, output: Output, on_start: Callable[[], None]) -> None:
        self.program = program
        self.failures = 0
        """How often it has ended by itself."""
        self.identity: Identity | None = None
        self._output = output
        self._on_start = on_start
        self._run: Run | None = None
        self._stopping = asyncio.Event()
        self._keeping = asyncio.create_task(self._keep_running())

    @property
    def pid(self) -> int | None:
        """The process id, while it runs."""
        return self._run.pid if self._run else None

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        if self._run:
            self._run.send(number)

    async def stop(self, hurry: asyncio.Event) -> None:
        """Stop it and leave no process of its group: ask, wait, insist.

        When `hurry` is set, it is not given more time.
        """
        self._stopping.set()
        self.send(self.program.stop_signal)
        if not await self._ends_within(self.program.stop_seconds, hurry):
            if not hurry.is_set():
                seconds = self.program.stop_seconds
                self._output.say(f"{self.program.name} did not end within {seconds:g} s; ending it")
            self.send(self.program.hurry_signal)
            await asyncio.wait({self._keeping}, timeout=KILLED_SECONDS)
            self.send(signal.SIGKILL)
        await self._keeping

    async def _ends_within(self, seconds: float, hurry: asyncio.Event) -> bool:
        hurrying = asyncio.create_task(hurry.wait())
        either = {self._keeping, hurrying}
        await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        hurrying.cancel()
        return self._keeping.done()

    async def _keep_running(self) -> None:
        in_a_row = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            end = await self._run_once()
            if self._stopping.is_set():
                return
            self.failures += 1
            in_a_row = failures_in_a_row(in_a_row, time.monotonic() - began)
            delay = delay_before_restart(in_a_row)
            self._output.say(f"{self.program.name} {end}; starting it again in {delay} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay)

    async def _run_once(self) -> str:
        """Run it until it ends; how it ended, in words."""
        try:
            self._run = await Run.start(self.program, self._output)
        except OSError as error:
            return f"can't be started: {error}"
        self.identity = identify(self._run.pid)
        self._on_start()
        if self._stopping.is_set():
            self.send(self.program.stop_signal)
        try:
            return how_it_ended(await self._run.wait())
        finally:
            self._run = None
            self.identity = None
