"""`taskly up`, run as a command."""

import os
import shutil
import signal
import socket
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx2
import pydantic
import pytest

from taskly.embedded.processes import identify, runs
from tests.embedded.running import PYTHONPATH, Up, refusal
from tests.embedded.watching import all_gone, eventually

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc"),
]

NOBODY = 65534

MIGRATED = "migrating postgresql://taskly@/taskly?host="
SIGNS_OF_LIFE = {
    "worker": "working",
    "redis": "Server initialized",
    "postgres": "ready to accept connections",
}


@contextmanager
def listening(port: int = 0) -> Iterator[int]:
    """Another program that listens on a port."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen()
        yield listener.getsockname()[1]


@contextmanager
def folder_of(user: int) -> Iterator[Path]:
    """An empty folder that belongs to another account."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    try:
        os.chown(folder, user, user)
        yield folder
    finally:
        shutil.rmtree(folder)


def become(up: Up, user: int) -> None:
    """Let another account run it, with a Python and packages within that account's reach."""
    up.user = user
    packages = Path(pydantic.__file__).parents[1]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/python{version}"):
        up.python = python
        up.variables["PYTHONPATH"] = os.pathsep.join([PYTHONPATH, str(packages)])
        with suppress(OSError):
            up.start("--help")
            if up.wait() == 0:
                return
    pytest.skip("no Python and packages that every account can run")


def environment_of_api(up: Up) -> dict[str, str]:
    """The environment in which the api runs."""
    environment: dict[str, str] = httpx2.get(up.address()).json()
    return environment


def test_it_starts_everything_and_says_where(up: Up) -> None:
    up.start_and_wait("--port", "0")
    address = up.address()
    assert address.startswith("http://127.0.0.1:")
    assert f"  Data        {up.data}\n" in up.output()
    assert f"  Sign in     {address}/sign-in/once  (works once)\n" in up.output()
    assert up.lines("migrate")[0].startswith(MIGRATED)
    # api, worker, PostgreSQL and Redis.
    assert len(up.recorded_pids()) == 4


def test_ctrl_c_stops_in_order_and_leaves_nothing(up: Up) -> None:
    up.start_and_wait("--port", "0")
    sockets = (up.data / "sockets").readlink()
    processes = up.processes()

    assert up.stop() == 0

    assert up.lines("worker") == ["working", "ending; postgres runs: True, redis runs: True"]
    output = up.output()
    assert output.index("Redis is now ready to exit") < output.index("fast shutdown request")
    assert output.endswith("stopped\n")
    assert not [process for process in processes if runs(process)]
    assert not sockets.exists()
    kept = ["lock", "metrics", "postgres", "redis", "secrets.env"]
    assert sorted(path.name for path in up.data.iterdir()) == kept


def test_sigterm_is_an_orderly_stop_too(up: Up) -> None:
    up.start_and_wait("--port", "0")
    up.send(signal.SIGTERM)
    assert up.wait() == 0
    assert up.output().endswith("stopped\n")


def test_a_second_ctrl_c_does_not_wait_for_a_process_that_hangs(up: Up) -> None:
    up.start_and_wait("--port", "0")
    processes = up.processes()
    for pid in up.recorded_pids():
        os.kill(pid, signal.SIGSTOP)
    up.send(signal.SIGINT)
    eventually(lambda: "stopping" in up.output(), "the stop")
    up.send(signal.SIGINT)
    assert up.wait() == 0
    all_gone(processes)


def test_after_kill_9_of_everything_it_starts_again_with_what_it_had(up: Up) -> None:
    up.start_and_wait("--port", "0")
    secrets = (up.data / "secrets.env").read_text()
    stale_sockets = (up.data / "sockets").readlink()
    up.kill_tree()
    assert stale_sockets.exists()

    up.start_and_wait("--port", "0")

    assert "database system was not properly shut down" in up.output()
    assert "initdb" not in up.output()
    assert not stale_sockets.exists()
    assert (up.data / "secrets.env").read_text() == secrets
    assert up.stop() == 0


def test_after_kill_9_of_the_supervisor_its_processes_end_by_themselves(up: Up) -> None:
    up.start_and_wait("--port", "0")
    recorded = [identify(pid) for pid in up.recorded_pids()]
    up.send(signal.SIGKILL)
    up.wait()
    all_gone(process for process in recorded if process is not None)


def test_a_process_that_outlived_its_supervisor_is_ended_at_the_next_start(up: Up) -> None:
    up.start_and_wait("--port", "0")
    recorded = [identity for pid in up.recorded_pids() if (identity := identify(pid))]
    for process in recorded:
        os.kill(process.pid, signal.SIGSTOP)
    up.send(signal.SIGKILL)
    up.wait()
    assert all(runs(process) for process in recorded)

    up.start_and_wait("--port", "0")

    assert not [process for process in recorded if runs(process)]
    assert up.stop() == 0


def test_two_on_one_data_directory_are_refused(up: Up) -> None:
    up.start_and_wait("--port", "0")
    code, complaint = refusal(up.home, ["--port", "0"])
    assert code == 1
    assert complaint == (
        f"Taskly runs on {up.data} already (process {up.pid}). "
        "Stop it first, or choose another folder with --data-dir.\n"
    )
    assert up.stop() == 0


def test_two_in_different_folders_start_at_once_on_ports_of_their_own(
    up: Up, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = Up(tmp_path / "other")
    try:
        up.start()
        other.start_and_wait()
        eventually(lambda: "Taskly is ready at" in up.output(), "the first one's banner")
        assert up.address() != other.address()
        assert up.stop() == 0
        assert other.stop() == 0
    finally:
        other.clear_away()


def test_it_moves_on_when_the_default_port_is_taken(up: Up) -> None:
    with ExitStack() as stack:
        while True:
            with suppress(OSError):  # somebody else has taken it
                stack.enter_context(listening(8000))
            up.start_and_wait()
            if not up.address().endswith(":8000"):
                break
            up.stop()  # They let go of it in between.
    moved = up.address()
    port = int(moved.rpartition(":")[2])
    assert port > 8000
    assert f"port 8000 is taken, so Taskly uses {port}" in up.lines("taskly")
    assert environment_of_api(up)["TASKLY_PUBLIC_URL"] == moved


def test_a_port_that_was_asked_for_and_is_taken_is_an_error(home: Path) -> None:
    with listening() as port:
        complaint = (
            f"Port {port} on 127.0.0.1 is taken by another program. Stop that program, or choose "
            "another port with --port.\n"
        )
        assert refusal(home, ["--port", str(port)]) == (1, complaint)
        assert refusal(home, TASKLY_PORT=str(port)) == (1, complaint)


def test_a_wrong_setting_is_a_sentence_and_exit_code_78(home: Path) -> None:
    code, complaint = refusal(home, TASKLY_PUBLIC_URL="nowhere")
    assert code == 78
    assert complaint == "TASKLY_PUBLIC_URL: must be an http:// or https:// address\n"
    assert list(home.iterdir()) == []


def test_keys_are_made_once_and_explicit_ones_win(up: Up) -> None:
    up.variables["TASKLY_JWT_KEYS"] = "mine:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    up.start_and_wait("--port", "0")
    secrets = up.data / "secrets.env"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    environment = environment_of_api(up)
    kept = dict(line.split("=", 1) for line in secrets.read_text().splitlines())
    assert environment["TASKLY_JWT_KEYS"] == up.variables["TASKLY_JWT_KEYS"]
    assert environment["TASKLY_ENCRYPTION_KEYS"] == kept["TASKLY_ENCRYPTION_KEYS"]


def test_a_public_address_that_was_set_stays(up: Up) -> None:
    up.variables["TASKLY_PUBLIC_URL"] = "https://board.example"
    up.start_and_wait("--port", "0")
    assert up.address() == "https://board.example"
    assert "  Listens on  http://127.0.0.1:" in up.output()


def test_there_is_no_link_where_local_sign_in_is_off(up: Up) -> None:
    up.variables["TASKLY_LOCAL_SIGN_IN"] = "false"
    up.start_and_wait("--port", "0")
    assert "Sign in" not in up.output()


def test_a_data_directory_may_have_a_very_long_name(up: Up) -> None:
    folder = up.home.joinpath(*("long" * 20,) * 3)
    up.start_and_wait("--port", "0", "--data-dir", str(folder))
    assert (folder / "postgres" / "PG_VERSION").exists()
    assert up.stop() == 0


@pytest.mark.parametrize("name", ["worker", "redis", "postgres"])
def test_a_process_that_dies_is_started_again_where_it_was(up: Up, name: str) -> None:
    up.start_and_wait("--port", "0")
    before = environment_of_api(up)
    pids = up.recorded_pids()
    # In the order in which they are started.
    position = ["postgres", "redis", "api", "worker"].index(name)
    os.kill(pids[position], signal.SIGKILL)
    eventually(lambda: up.recorded_pids()[position:] != pids[position:], "another process")
    sign = SIGNS_OF_LIFE[name]
    eventually(lambda: sum(sign in line for line in up.lines(name)) == 2, "two starts")
    assert len(up.recorded_pids()) == 4
    assert f"{name} was ended by SIGKILL; starting it again in 1 s" in up.lines("taskly")
    assert environment_of_api(up) == before
    up.stop()
    assert up.lines("worker")[-1] == "ending; postgres runs: True, redis runs: True"


def test_migrations_that_fail_stop_the_start(home: Path) -> None:
    code, complaint = refusal(home, ["--port", "0"], STAND_IN_MIGRATIONS="fail")
    assert code == 1
    assert complaint == "The database could not be migrated; the lines above say why.\n"
    assert not (home / ".taskly" / "sockets").is_symlink()


def test_an_api_that_does_not_stay_up_stops_the_start(home: Path) -> None:
    code, complaint = refusal(home, ["--port", "0"], STAND_IN_API="fail")
    assert code == 1
    assert complaint == "api does not stay up; its last lines say why.\n"
    assert not (home / ".taskly" / "sockets").is_symlink()


def test_a_folder_that_can_not_be_written_to_is_a_sentence(home: Path) -> None:
    (home / ".taskly").mkdir()
    (home / ".taskly" / "secrets.env").mkdir()
    code, said = refusal(home, ["--port", "0"])
    assert code == 1
    assert said.startswith(f"{home / '.taskly'} can't be used: [Errno 21] Is a directory")


def test_servers_that_are_set_are_not_brought_along(up: Up) -> None:
    up.variables["REDIS_URL"] = "redis://127.0.0.1:1/0"
    up.start_and_wait("--port", "0")
    assert not (up.data / "redis").exists()
    assert environment_of_api(up)["REDIS_URL"] == "redis://127.0.0.1:1/0"
    assert "REDIS_URL=redis://127.0.0.1:1/0\n" in (up.data / "instance.env").read_text()
    assert len(up.recorded_pids()) == 3


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_needs_nothing_special() -> None:
    with folder_of(NOBODY) as home:
        up = Up(home)
        become(up, NOBODY)
        try:
            up.start_and_wait("--port", "0")
            postgres = up.data / "postgres" / "PG_VERSION"
            assert postgres.stat().st_uid == NOBODY
            assert up.stop() == 0
            up.start_and_wait("--port", "0")
            up.kill_tree()
            up.start_and_wait("--port", "0")
            assert up.stop() == 0
        finally:
            up.clear_away()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_root_keeps_its_folders_closed(up: Up) -> None:
    up.home.chmod(0o700)
    up.start_and_wait("--port", "0")
    assert (up.data / "postgres" / "PG_VERSION").stat().st_uid not in {0, os.getuid()}
    for folder in (up.data, up.home):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.stat().st_uid == 0
    assert up.stop() == 0
