"""The supervisor, with small programs."""

import asyncio
import io
import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from taskly.embedded.child import delay_before_restart, failures_in_a_row, how_it_ended
from taskly.embedded.errors import CannotStart
from taskly.embedded.output import Output
from taskly.embedded.processes import identify, runs
from taskly.embedded.program import Program
from taskly.embedded.supervisor import Supervisor, end_recorded
from tests.embedded.watching import PATIENCE_SECONDS, known
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

STEADY = """
import signal
signal.signal(signal.SIGTERM, lambda *_: exit(0))
print("up", flush=True)
while True: signal.pause()
"""
STUBBORN = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
while True: signal.pause()
"""
SLOW = """
import signal, time
signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.3), print("end", flush=True), exit(0)))
print("up", flush=True)
while True: signal.pause()
"""


class Terminal:
    """What people would see."""

    def __init__(self) -> None:
        self._text = io.StringIO()
        self.output = Output(self._text, colours=False)

    def lines(self, name: str) -> list[str]:
        """The lines of one process."""
        lines = (line.partition(" | ") for line in self._text.getvalue().splitlines())
        return [text for prefix, _, text in lines if prefix.strip() == name]

    def names(self) -> list[str]:
        """Who said each line."""
        return [line.partition(" | ")[0].strip() for line in self._text.getvalue().splitlines()]


@pytest.fixture
def terminal() -> Terminal:
    """A terminal for one test."""
    return Terminal()


def python(name: str, text: str, *, stop_seconds: float = 10) -> Program:
    """A small program."""
    return Program(
        name=name,
        command=(sys.executable, "-c", text),
        environment=dict(os.environ),
        stop_seconds=stop_seconds,
    )


async def always_ready(_pid: int) -> bool:
    """Ready at once."""
    return True


async def never_ready(_pid: int) -> bool:
    """Never ready."""
    return False


def test_delays_double_up_to_half_a_minute() -> None:
    assert [delay_before_restart(failures) for failures in range(1, 8)] == [1, 2, 4, 8, 16, 30, 30]


def test_who_ran_for_a_minute_begins_anew() -> None:
    assert failures_in_a_row(5, ran_seconds=59.9) == 6
    assert failures_in_a_row(5, ran_seconds=60) == 1


def test_an_end_is_told_in_words() -> None:
    assert how_it_ended(3) == "ended with exit code 3"
    assert how_it_ended(-9) == "was ended by SIGKILL"
    assert how_it_ended(-64) == "was ended by SIGRTMAX"
    assert how_it_ended(-99) == "was ended by signal 99"


async def test_what_started_last_stops_first(terminal: Terminal) -> None:
    async with Supervisor(terminal.output) as supervisor:
        supervisor.start(python("server", SLOW))
        supervisor.start(python("api", SLOW), python("worker", SLOW))
        await until(lambda: sorted(terminal.names()) == ["api", "server", "worker"])
    ends = terminal.names()[3:]
    assert sorted(ends[:2]) == ["api", "worker"]
    assert ends[2:] == ["server"]


async def test_who_does_not_end_in_time_is_killed(terminal: Terminal) -> None:
    async with Supervisor(terminal.output) as supervisor:
        supervisor.start(python("api", STUBBORN, stop_seconds=0.2))
        await until(lambda: terminal.lines("api") == ["up"])
        process = known(supervisor.child("api").pid or 0)
    assert terminal.lines("taskly") == ["api did not end within 0.2 s; ending it"]
    assert not runs(process)


async def test_a_hurry_gives_nobody_time(terminal: Terminal) -> None:
    hurry = asyncio.Event()
    async with Supervisor(terminal.output, hurry=hurry) as supervisor:
        supervisor.start(python("server", STUBBORN, stop_seconds=1000))
        supervisor.start(python("api", STUBBORN, stop_seconds=1000))
        await until(lambda: sorted(terminal.names()) == ["api", "server"])
        stopping = asyncio.create_task(supervisor.stop())
        await asyncio.sleep(0)
        hurry.set()
        await asyncio.wait_for(stopping, PATIENCE_SECONDS)
    assert terminal.lines("taskly") == []


async def test_processes_that_a_child_leaves_behind_are_ended(terminal: Terminal) -> None:
    parent = "import subprocess; p = subprocess.Popen(['sleep', '1000']); print(p.pid, flush=True)"
    async with Supervisor(terminal.output) as supervisor:
        supervisor.start(python("api", parent))
        await until(lambda: supervisor.child("api").failures == 1)
        left_behind = int(terminal.lines("api")[0])
        await until(lambda: identify(left_behind) is None)


@pytest.mark.slow
async def test_who_ends_is_started_again_after_longer_and_longer(terminal: Terminal) -> None:
    async with Supervisor(terminal.output) as supervisor:
        began = time.monotonic()
        supervisor.start(python("worker", "print('up'); exit(7)"))
        await until(lambda: len(terminal.lines("taskly")) == 3)
        assert time.monotonic() - began >= 3
    assert terminal.lines("taskly") == [
        "worker ended with exit code 7; starting it again in 1 s",
        "worker ended with exit code 7; starting it again in 2 s",
        "worker ended with exit code 7; starting it again in 4 s",
    ]
    assert terminal.lines("worker") == ["up"] * 3


async def test_a_stop_does_not_wait_for_a_delayed_start(terminal: Terminal) -> None:
    supervisor = Supervisor(terminal.output)
    supervisor.start(python("worker", "exit(7)"))
    await until(lambda: bool(terminal.lines("taskly")))
    await asyncio.wait_for(supervisor.stop(), PATIENCE_SECONDS)
    with pytest.raises(KeyError):
        supervisor.child("worker")


async def test_a_program_that_can_not_be_run_is_said_and_tried_again(terminal: Terminal) -> None:
    missing = Program(name="api", command=("/no/such/program",), environment={})
    async with Supervisor(terminal.output) as supervisor:
        supervisor.start(missing)
        await until(lambda: bool(terminal.lines("taskly")))
    assert terminal.lines("api") == ["/no/such/program can't be run: No such file or directory"]
    assert terminal.lines("taskly") == ["api ended with exit code 126; starting it again in 1 s"]


async def test_it_waits_until_a_program_is_ready(terminal: Terminal) -> None:
    async with Supervisor(terminal.output) as supervisor:
        supervisor.start(python("api", STEADY))
        await supervisor.wait_until_ready("api", always_ready, seconds=PATIENCE_SECONDS)
        with pytest.raises(CannotStart, match=r"api was not ready within 0\.1 s\."):
            await supervisor.wait_until_ready("api", never_ready, seconds=0.1)


@pytest.mark.slow
async def test_it_does_not_wait_for_who_does_not_stay_up(terminal: Terminal) -> None:
    async with Supervisor(terminal.output) as supervisor:
        supervisor.start(python("api", "exit(1)"))
        with pytest.raises(CannotStart, match="api does not stay up; its last lines say why"):
            await supervisor.wait_until_ready("api", never_ready, seconds=PATIENCE_SECONDS)


async def test_lines_of_two_who_talk_at_once_stay_whole(terminal: Terminal) -> None:
    chatter = "import sys\nfor n in range(2000):\n    sys.stdout.write(f'{n} ' * 20 + '\\n')"
    async with Supervisor(terminal.output) as supervisor:
        supervisor.start(python("api", chatter), python("worker", chatter))
        await until(lambda: len(terminal.lines("taskly")) == 2)
    expected = [f"{number} " * 20 for number in range(2000)]
    assert terminal.lines("api") == expected
    assert terminal.lines("worker") == expected


async def test_what_runs_is_recorded_and_ended_by_the_next(
    terminal: Terminal, tmp_path: Path
) -> None:
    record = tmp_path / "processes.json"
    async with Supervisor(terminal.output, record=record) as supervisor:
        supervisor.start(python("worker", STEADY))
        await until(lambda: terminal.lines("worker") == ["up"])
        process = known(supervisor.child("worker").pid or 0)
        assert json.loads(record.read_text()) == [
            [process.pid, process.started, signal.SIGTERM.value]
        ]
        await end_recorded(record)
        assert not runs(process)
    assert not record.exists()


async def test_a_record_that_can_not_be_written_is_said_and_keeps_nobody_from_running(
    terminal: Terminal, tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    async with Supervisor(terminal.output, record=gone / "processes.json") as supervisor:
        supervisor.start(python("worker", STEADY))
        await until(lambda: terminal.lines("worker") == ["up"])
        supervisor.child("worker").send(signal.SIGKILL)
        await until(lambda: terminal.lines("worker") == ["up", "up"])
    error = f"[Errno 2] No such file or directory: '{gone / 'processes.new'}'"
    said = f"which processes run can't be written down ({error})"
    assert terminal.lines("taskly").count(said) == 2


async def test_a_later_process_with_a_recorded_number_is_left_alone(
    terminal: Terminal, tmp_path: Path
) -> None:
    record = tmp_path / "processes.json"
    async with Supervisor(terminal.output) as supervisor:
        supervisor.start(python("worker", STEADY))
        await until(lambda: terminal.lines("worker") == ["up"])
        process = known(supervisor.child("worker").pid or 0)
        record.write_text(json.dumps([[process.pid, "another time", signal.SIGKILL.value]]))
        await end_recorded(record)
        assert runs(process)


@pytest.mark.parametrize("text", ["", "[[1", '[["x"]]', "{}"])
async def test_a_record_that_was_not_finished_is_passed_over(tmp_path: Path, text: str) -> None:
    record = tmp_path / "processes.json"
    record.write_text(text)
    await end_recorded(record)
