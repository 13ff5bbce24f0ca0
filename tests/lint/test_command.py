"""`python -m tools.lint` tells every rule's findings, and fails when there are any."""

import shutil
import subprocess
from importlib import import_module
from pathlib import Path

import pytest

from tools.lint import rules
from tools.lint.__main__ import main

ROOT = Path(__file__).parents[2]
NOT_RULES = {"__init__", "__main__", "finding", "sources", "texts", "rules"}


def test_every_module_with_a_rule_is_run() -> None:
    names = {path.stem for path in (ROOT / "tools/lint").glob("*.py")} - NOT_RULES
    written = {import_module(f"tools.lint.{name}").check for name in names}
    assert written == {*rules.SOURCE_RULES, *rules.TEXT_RULES}


def test_every_rule_has_a_test_of_its_own() -> None:
    names = {path.stem for path in (ROOT / "tools/lint").glob("*.py")} - NOT_RULES
    tests = {path.stem for path in (ROOT / "tests/lint").glob("test_*.py")}
    assert {f"test_{name}" for name in names} - tests == set()


def test_a_finding_names_place_rule_and_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module = tmp_path / "src" / "taskly" / "cards" / "moving.py"
    module.parent.mkdir(parents=True)
    module.write_text("async def move(session):\n    await session.commit()\n")
    assert main([str(tmp_path)]) == 1
    remedy = "let Database.transaction() commit, so that the log and the outbox go along"
    assert capsys.readouterr().out.splitlines() == [
        f"src/taskly/cards/moving.py:2: one-commit {remedy}",
        "House rules broken: 1.",
    ]


def test_a_clean_tree_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "README.md").write_text("# Taskly\n")
    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out == "House rules: all kept.\n"


def test_a_file_that_is_not_python_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "broken.py").write_text("def (:\n")
    assert main([str(tmp_path)]) == 1
    assert capsys.readouterr().out.startswith("src/broken.py:1: syntax ")


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_files_that_git_ignores_are_not_read(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("local.txt\n")
    for name in ("local.txt", "new.txt"):
        (tmp_path / name).write_text("/" + "root/notes\n")
    assert [str(finding.path) for finding in rules.check_repository(tmp_path)] == ["new.txt"]
