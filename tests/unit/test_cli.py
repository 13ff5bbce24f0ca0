"""The `taskly` command."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

HEAVY = ("fastapi", "sqlalchemy", "celery", "pydantic", "asyncio", "structlog")

COMMANDS = [
    "up",
    "demo",
    "api",
    "worker",
    "scheduler",
    "migrate",
    "sign-in-link",
    "github-app-link",
    "doctor",
    "jobs",
    "rebuild-insights",
    "fake-github",
]
ASKING = [
    "login",
    "logout",
    "me",
    "workspaces",
    "boards",
    "cards",
    "sprints",
    "insights",
    "reports",
    "search",
]
"""Commands that ask a server, see `tests/client`."""
LOOKING = (
    "migrate",
    "doctor",
    "sign-in-link",
    "github-app-link",
    "jobs dead",
    "rebuild-insights",
)
"""Commands that look into a running instance."""


def taskly(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, without settings of ours."""
    foreign = ("TASKLY_", "DATABASE_URL", "REDIS_URL")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return subprocess.run(
        [sys.executable, "-m", "taskly", *words],
        check=False,
        cwd=folder,
        env=ours | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_it_says_its_version(tmp_path: Path) -> None:
    done = taskly(tmp_path, "--version")
    assert (done.returncode, done.stdout) == (0, f"taskly {version('taskly')}\n")


def test_it_lists_its_commands(tmp_path: Path) -> None:
    commands = taskly(tmp_path, "--help").stdout.partition("Commands:\n")[2]
    assert [line.split()[0] for line in commands.splitlines()] == COMMANDS + ASKING


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_reads_its_own_options(tmp_path: Path, command: str) -> None:
    helped = taskly(tmp_path, command, "--help")
    assert (helped.returncode, helped.stderr) == (0, "")
    assert helped.stdout.startswith(f"usage: taskly {command} ")
    refused = taskly(tmp_path, command, "--dance", DATABASE_URL="postgresql://127.0.0.1:1/nowhere")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"usage: taskly {command} ")


@pytest.mark.parametrize("command", LOOKING)
def test_help_tells_how_to_look_into_another_instance(tmp_path: Path, command: str) -> None:
    name = command.partition(" ")[0]
    told = " ".join(taskly(tmp_path, name, "--help").stdout.split())
    assert f"`taskly {name} --data-dir DIRECTORY`" in told


@pytest.mark.parametrize("command", ["worker", "scheduler"])
def test_a_missing_setting_is_a_sentence_and_exit_code_78(tmp_path: Path, command: str) -> None:
    done = taskly(tmp_path, command)
    assert done.returncode == 78
    assert done.stderr == (
        "DATABASE_URL is not set. Set it, or run `taskly up`, which starts its own servers.\n"
    )


@pytest.mark.parametrize("command", LOOKING)
def test_where_nothing_runs_it_says_so(tmp_path: Path, command: str) -> None:
    missed = "Start one with `taskly up`, or name the data directory of one with --data-dir."
    own = "With servers of your own, set DATABASE_URL."
    here = taskly(tmp_path, *command.split())
    assert (here.returncode, here.stdout) == (78, "")
    assert here.stderr == f"No Taskly runs in {tmp_path}/.taskly. {missed} {own}\n"
    named = taskly(tmp_path, *command.split(), "--data-dir", "nowhere", DATABASE_URL="mysql://x")
    assert (named.returncode, named.stdout) == (78, "")
    assert named.stderr == f"No Taskly runs in {tmp_path}/nowhere. {missed}\n"


@pytest.mark.parametrize("command", LOOKING)
def test_a_database_that_is_set_needs_no_instance(tmp_path: Path, command: str) -> None:
    by_environment = taskly(tmp_path, *command.split(), DATABASE_URL="mysql://here")
    (tmp_path / ".env").write_text("export DATABASE_URL='mysql://here'\n")
    by_file = taskly(tmp_path, *command.split())
    for done in (by_environment, by_file):
        assert (done.returncode, done.stdout) == (78, "")
        assert done.stderr == "DATABASE_URL: must be a postgresql:// address\n"


@pytest.mark.parametrize("command", ["migrate", "sign-in-link", "jobs dead"])
def test_a_server_that_does_not_answer_is_a_sentence_and_exit_code_69(
    tmp_path: Path, command: str
) -> None:
    done = taskly(tmp_path, *command.split(), DATABASE_URL="postgresql://u@127.0.0.1:1/nowhere")
    assert (done.returncode, done.stdout) == (69, "")
    told = "PostgreSQL does not answer as it should: ConnectionRefusedError: "
    assert done.stderr.startswith(told)
    assert done.stderr.count("\n") == 1


def test_the_doctor_s_exit_code_for_settings_that_lack_something_is_78(tmp_path: Path) -> None:
    done = taskly(tmp_path, "doctor", DATABASE_URL="postgresql://127.0.0.1:1/nowhere")
    assert done.returncode == 78
    assert "REDIS_URL is not set." in done.stdout


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_the_doctor_ends_quietly_when_nobody_reads_on(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as nobody:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "taskly.doctor", *options],
            check=False,
            cwd=tmp_path,
            stdout=nobody,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert (done.returncode, done.stderr) == (74, "")


def test_an_unknown_command_is_refused(tmp_path: Path) -> None:
    done = taskly(tmp_path, "dance")
    assert done.returncode == 2
    assert "No such command 'dance'" in done.stderr


def test_what_lies_in_the_current_folder_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('imported')")
    (tmp_path / "taskly.py").write_text("raise SystemExit('imported')")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "taskly", "worker", "--help"],
        check=False,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_it_looks_into_the_instance_that_runs_here(tmp_path: Path) -> None:
    (tmp_path / ".taskly").mkdir()
    (tmp_path / ".taskly" / "instance.env").write_text("DATABASE_URL=mysql://here\n")
    done = taskly(tmp_path, "migrate")
    assert done.returncode == 78
    assert done.stderr == "DATABASE_URL: must be a postgresql:// address\n"


@pytest.mark.parametrize("command", LOOKING)
def test_it_looks_into_the_instance_that_is_named(tmp_path: Path, command: str) -> None:
    elsewhere = tmp_path / "some where"
    elsewhere.mkdir()
    (elsewhere / "instance.env").write_text("DATABASE_URL=mysql://there\n")
    by_option = taskly(tmp_path, *command.split(), "--data-dir", str(elsewhere))
    (tmp_path / ".env").write_text(f"TASKLY_DATA_DIR='{elsewhere}'\n")
    by_file = taskly(tmp_path, *command.split())
    for done in (by_option, by_file):
        assert "DATABASE_URL: must be a postgresql:// address" in done.stdout + done.stderr


def test_it_is_light(tmp_path: Path) -> None:
    question = (
        "import sys, taskly.cli; print([name for name in sys.argv[1:] if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", question, *HEAVY],
        check=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "[]\n"
