"""Types are true in the package."""

from tests.lint.samples import lines
from tools.lint import no_type_ignore

SILENCED = "first = 1  # type: " + "ignore[assignment]\nsecond = 2\n#type:" + "ignore\n"


def test_a_silenced_line_in_the_package_is_found() -> None:
    assert lines(no_type_ignore.check, "src/taskly/cards/moving.py", SILENCED) == [1, 3]


def test_a_silenced_file_in_the_package_is_found() -> None:
    code = "# mypy: " + "ignore-errors\n"
    assert lines(no_type_ignore.check, "src/taskly/cards/moving.py", code) == [1]


def test_lines_without_a_silencer_and_files_outside_the_package_are_fine() -> None:
    assert lines(no_type_ignore.check, "src/taskly/cards/moving.py", "kind: type = int\n") == []
    assert lines(no_type_ignore.check, "tests/unit/test_moving.py", SILENCED) == []
