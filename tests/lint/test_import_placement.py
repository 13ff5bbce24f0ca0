"""Imports stand at the top and say full names."""

from tests.lint.samples import lines
from tools.lint import import_placement


def test_an_import_at_the_top_is_fine() -> None:
    code = """\
    import asyncio
    from typing import TYPE_CHECKING

    if TYPE_CHECKING:
        from taskly.kit.clock import Clock
    """
    assert lines(import_placement.check, "src/taskly/cards/moving.py", code) == []


def test_an_import_inside_a_function_is_found() -> None:
    code = """\
    def move() -> None:
        import asyncio
        from taskly.kit import ranks

    class Mover:
        async def move(self) -> None:
            import json
    """
    assert lines(import_placement.check, "tests/cards/test_moving.py", code) == [3, 2, 7]


def test_a_relative_import_is_found() -> None:
    code = """\
    from . import rules
    from ..boards import models
    from taskly.boards import events
    """
    assert lines(import_placement.check, "src/taskly/cards/moving.py", code) == [1, 2]
