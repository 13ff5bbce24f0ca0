"""The program itself, as a process on a real port."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest

from taskly.fake_github.driver import FakeGitHub
from tests.support.faithfulness import record_file

pytestmark = pytest.mark.anyio

COMMAND = [sys.executable, "-m", "taskly.fake_github"]
READY = re.compile(r"Fake GitHub is ready at (http://127\.0\.0\.1:\d+)\n")


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    """The program on a free port."""
    with subprocess.Popen(
        [*COMMAND, "--port", "0", "--client-id", "mine"], stdout=subprocess.PIPE, text=True
    ) as running:
        yield running
        running.kill()


@pytest.fixture
async def github(process: subprocess.Popen[str]) -> AsyncIterator[FakeGitHub]:
    """Its driver, over a real connection."""
    assert process.stdout is not None
    line = READY.fullmatch(process.stdout.readline())
    assert line is not None
    async with FakeGitHub(line.group(1)) as driver:
        yield driver


async def test_it_says_where_it_is_and_is_there(github: FakeGitHub) -> None:
    await github.create_user("octo-user")
    state = await github.state()

    assert (state.address, [user.login for user in state.users]) == (github.address, ["octo-user"])


async def test_being_down_cuts_connections_and_leaves_the_control_api_up(
    github: FakeGitHub,
) -> None:
    await github.add_fault("down", path_prefix="/rate_limit")
    async with httpx2.AsyncClient(base_url=github.api_url, trust_env=False) as client:
        with pytest.raises(httpx2.TransportError):
            await client.get("/rate_limit")
        await github.clear_faults()
        answer = await client.get("/rate_limit")

    assert answer.status_code == 200


async def test_it_stops_cleanly_when_told_to(
    process: subprocess.Popen[str], github: FakeGitHub
) -> None:
    await github.state()
    process.send_signal(signal.SIGINT)

    assert process.wait(timeout=10) == 0


def test_a_taken_port_is_said_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [*COMMAND, "--port", str(port)], capture_output=True, text=True, timeout=30, check=False
        )

    assert ended.returncode == 1
    assert ended.stderr == f"Can't listen on 127.0.0.1:{port}: Address already in use\n"


def test_the_driver_imports_nothing_of_the_server() -> None:
    listed = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, taskly.fake_github.driver; print(*sorted(sys.modules), sep='\\n')",
        ],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    ).stdout.split()

    ours = {name for name in listed if name.startswith("taskly")}
    assert {name.split(".")[2] for name in ours if name.count(".") >= 2} == {
        "driver",
        "driving",
        "wire",
    }
    assert not {"fastapi", "starlette", "uvicorn"} & set(listed)


async def test_it_writes_down_what_it_is_asked_and_answers_but_not_its_faults(
    github: FakeGitHub,
) -> None:
    written = record_file()
    assert written is not None
    before = written.read_bytes() if written.exists() else b""
    async with httpx2.AsyncClient(base_url=github.api_url, trust_env=False) as client:
        answer = await client.get("/rate_limit", headers={"User-Agent": "somebody"})
        await github.add_fault("errors", path_prefix="/rate_limit", status=503)
        await client.get("/rate_limit")

    [line] = written.read_bytes().removeprefix(before).splitlines()
    assert json.loads(line) == {
        "method": "GET",
        "path": "/rate_limit",
        "query": {},
        "agent": "somebody",
        "body": None,
        "status": 200,
        "answer": answer.json(),
    }
