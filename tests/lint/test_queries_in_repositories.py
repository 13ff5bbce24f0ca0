"""Statements stand in repositories."""

import pytest

from tests.lint.samples import lines
from tools.lint import queries_in_repositories

CODE = """\
import sqlalchemy as sa
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

async def cards(session):
    await session.execute(select(1))
    await session.execute(text("SELECT 1"))
    await session.execute(insert(2))
    await session.execute(sa.update(3))
"""


@pytest.mark.parametrize("module", ["service", "moving", "access", "tasks", "endpoints"])
def test_statements_outside_a_repository_are_found(module: str) -> None:
    path = f"src/taskly/cards/{module}.py"
    assert lines(queries_in_repositories.check, path, CODE) == [6, 7, 8, 9]


@pytest.mark.parametrize(
    "path",
    [
        "src/taskly/cards/repository.py",
        "src/taskly/cards/comment_repository.py",
        "src/taskly/cards/models.py",
        "src/taskly/platform/events/log.py",
        "tests/cards/test_moving.py",
    ],
)
def test_repositories_tables_and_the_platform_may_hold_statements(path: str) -> None:
    assert lines(queries_in_repositories.check, path, CODE) == []


def test_words_that_only_look_like_statements_are_fine() -> None:
    code = """\
    from taskly.kit.text import text
    async def read(session, seen):
        seen.update({1})
        await session.delete(text("card"))
    """
    assert lines(queries_in_repositories.check, "src/taskly/cards/service.py", code) == []
