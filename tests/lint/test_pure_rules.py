"""Rules are pure."""

from tests.lint.samples import lines
from tools.lint import pure_rules


def test_rules_may_use_the_standard_library_the_kit_and_other_rules() -> None:
    code = """\
    import re
    from dataclasses import dataclass
    from taskly.boards.rules import Category
    from taskly.cards import progress_rules
    from taskly.kit.clock import Clock
    from taskly.kit import ranks
    """
    assert lines(pure_rules.check, "src/taskly/cards/rules.py", code) == []


def test_tables_infrastructure_and_libraries_in_rules_are_found() -> None:
    code = """\
    from taskly.boards.models import Category
    from taskly.platform.db.session import Transaction
    from sqlalchemy import select
    import pydantic
    """
    assert sorted(lines(pure_rules.check, "src/taskly/cards/rules/moves.py", code)) == [1, 2, 3, 4]


def test_other_modules_may_import_what_they_need() -> None:
    code = "from sqlalchemy import select\n"
    assert lines(pure_rules.check, "src/taskly/cards/repository.py", code) == []
    assert lines(pure_rules.check, "tests/unit/cards/rules.py", code) == []
