"""`taskly demo`, run as a command: everything that Taskly is, as separate processes."""

import re
import signal
import socket
import sys

import pytest

from taskly.demo.story import STEPS
from tests.e2e.running import Demo
from tests.embedded.watching import all_gone

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("everything"),
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc"),
]

ROW = re.compile(r"^(\S+(?: \S+)*?) {2,}(\d+) ms {2,}(.*?) *$", re.MULTILINE)
WALK = [
    ("branch", "In Progress · 1 branch"),
    ("push", "In Progress · 2 branches"),
    ("pull request", "In Review · 2 branches · # open"),
    ("failing check", "In Review · 2 branches · # open, checks failing"),
    ("passing check", "In Review · 2 branches · # open, checks passing"),
    ("review", "In Review · 2 branches · # open, checks passing, approved"),
    ("merge", "Done · 2 branches · # merged, checks passing, approved"),
]


def walked(demo: Demo) -> list[tuple[str, str]]:
    """The rows of the table at the end, without times and numbers."""
    return [(row[0], re.sub(r"#\d+", "#", row[2])) for row in ROW.findall(demo.printed())]


def heading(demo: Demo) -> str:
    """The key of the card that the story is about."""
    found = re.search(r"^(PAY-\d+)  ", demo.printed(), re.MULTILINE)
    assert found is not None, demo.printed()
    return found[1]


def test_the_story_is_told_to_its_end_and_again_with_the_next_card(demo: Demo) -> None:
    assert demo.tell() == 0, demo.printed()
    assert walked(demo) == WALK
    assert (
        "Payments, Mobile app, Platform with 65 cards; 3 boards and, with the archive, 118 cards are new"
        in (demo.printed())
    )
    assert heading(demo) == "PAY-73"
    assert demo.processes() == []

    assert demo.tell() == 0, demo.printed()
    assert walked(demo) == WALK
    assert (
        "Payments, Mobile app, Platform with 65 cards; 0 boards and, with the archive, 0 cards are new"
        in (demo.printed())
    )
    assert heading(demo) == "PAY-74"
    assert demo.processes() == []


def test_the_table_has_every_step() -> None:
    assert [step.name for step in STEPS] == [name for name, _ in WALK]


def test_ctrl_c_leaves_nothing(demo: Demo) -> None:
    demo.start("--only-fill")
    demo.wait_for("Ctrl-C")
    assert demo.modules() >= {"taskly.demo", "taskly.fake_github", "taskly.api", "taskly.worker"}
    demo.send(signal.SIGINT)
    assert demo.wait() == 0
    assert demo.processes() == []


def test_after_kill_9_its_processes_end_by_themselves(demo: Demo) -> None:
    demo.start("--only-fill")
    demo.wait_for("Ctrl-C")
    running = demo.processes()
    demo.send(signal.SIGKILL)
    assert demo.wait() == -signal.SIGKILL
    all_gone(running)


def test_a_port_that_is_taken_is_said_before_anything_starts(demo: Demo) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert demo.tell("--github-port", str(port)) == 1
    assert f"Port {port} on 127.0.0.1 is taken by another program." in demo.printed()
    assert demo.processes() == []
    assert not (demo.directory / "postgres").exists()
