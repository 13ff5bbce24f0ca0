"""Modules and functions are small."""

from tests.lint.samples import lines
from tools.lint import small

PATH = "src/taskly/cards/moving.py"


def function_of(length: int, docstring: str = "") -> str:
    body = "\n".join("    step()" for _ in range(length - 1))
    return f"@decorated\ndef move():\n{docstring}{body}\n"


def test_a_function_of_forty_lines_is_fine_and_one_more_is_found() -> None:
    assert lines(small.check, PATH, function_of(40)) == []
    assert lines(small.check, PATH, function_of(41)) == [2]


def test_a_docstring_costs_no_lines() -> None:
    docstring = '    """Move.\n\n    At length.\n    """\n'
    assert lines(small.check, PATH, function_of(40, docstring)) == []
    assert lines(small.check, PATH, function_of(41, docstring)) == [2]


def test_a_module_of_400_lines_is_fine_and_one_more_is_found() -> None:
    assert lines(small.check, "tests/unit/test_ranks.py", "x = 1\n" * 400) == []
    assert lines(small.check, "tests/unit/test_ranks.py", "x = 1\n" * 401) == [401]


def test_a_migration_is_as_long_as_it_was() -> None:
    path = "src/taskly/migrations/versions/0001_first.py"
    assert lines(small.check, path, function_of(41) + "x = 1\n" * 400) == []
