"""Which Python an environment is made with, and what is said when there is none."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """The only folder that is searched for programs; its name has a blank."""
    folder = tmp_path / "some programs"
    folder.mkdir()
    return folder


def add_python(folder: Path, name: str, *, old: bool = False, bare: bool = False) -> Path:
    """A Python that is too old, or that lacks what makes environments, or that has everything."""
    program = folder / name
    program.write_text(f"""\
#!/bin/sh
case "$2" in
*ensurepip*) exit {int(bare)} ;;
*print*) echo python3.11 ;;
*) exit {int(old)} ;;
esac
""")
    program.chmod(0o755)
    return program


def choose(programs: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "tools/environment.sh", "python"],
        cwd=ROOT,
        env={"PATH": str(programs), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_pythons_for_which_all_wheels_are_made_come_first(programs: Path) -> None:
    for name in ("python3", "python3.13", "python3.11"):
        add_python(programs, name)
    assert choose(programs).stdout == "python3.11\n"


def test_old_and_bare_pythons_are_passed_over(programs: Path) -> None:
    add_python(programs, "python3.12", bare=True)
    add_python(programs, "python3", old=True)
    add_python(programs, "python3.14")
    assert choose(programs).stdout == "python3.14\n"


def test_a_bare_python_will_do_where_uv_is(programs: Path) -> None:
    add_python(programs, "python3", bare=True)
    add_python(programs, "uv")
    assert choose(programs).stdout == "python3\n"


def test_the_python_that_was_asked_for_is_taken_and_no_other(programs: Path) -> None:
    add_python(programs, "python3.12")
    chosen = add_python(programs, "my python")
    assert choose(programs, PYTHON=str(chosen)).stdout == f"{chosen}\n"

    refused = choose(programs, PYTHON="python9")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("taskly: no Python 3.11 or newer behind PYTHON=python9.\n")


def test_without_a_python_it_says_what_to_install(programs: Path) -> None:
    refused = choose(programs)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.splitlines() == [
        "taskly: no Python 3.11 or newer.",
        "        Install one (Debian, Ubuntu: apt install python3 python3-venv),",
        "        or name it: make PYTHON=/path/to/python3.12",
    ]


def test_without_venv_it_says_what_to_install(programs: Path) -> None:
    add_python(programs, "python3", bare=True)
    refused = choose(programs)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.splitlines() == [
        "taskly: python3 can't make virtual environments: it lacks the modules venv and ensurepip.",
        "        On Debian and Ubuntu: apt install python3.11-venv. Then run make again.",
    ]
