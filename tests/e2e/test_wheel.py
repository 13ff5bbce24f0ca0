"""The wheel brings everything that Taskly is made of."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.e2e.running import Demo
from tests.embedded.running import REPOSITORY, clean_environment

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("everything")]


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """What an installer would unpack."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)
    [wheel] = tmp_path.glob("*.whl")
    folder = tmp_path / "site packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_demonstration_runs_from_nothing_but_the_wheel(demo: Demo, unpacked: Path) -> None:
    demo.variables["PYTHONPATH"] = str(unpacked)
    where = subprocess.run(
        [sys.executable, "-P", "-c", "import taskly; print(taskly.__file__)"],
        env=clean_environment(**demo.variables),
        check=True,
        capture_output=True,
        text=True,
    )
    assert Path(where.stdout.strip()) == unpacked / "taskly" / "__init__.py"
    explained = unpacked / "taskly" / "api" / "problems.md"
    assert explained.read_text() == (REPOSITORY / "docs" / "problems.md").read_text()
    assert demo.tell() == 0, demo.printed()
    assert demo.processes() == []
