"""The transaction commits in one place."""

from tests.lint.samples import lines
from tools.lint import one_commit

THE_PLACE = "src/taskly/platform/db/session.py"
COMMITS = """\
async def finish(session):
    await session.commit()
"""


def test_the_one_place_may_commit() -> None:
    assert lines(one_commit.check, THE_PLACE, COMMITS) == []


def test_a_second_commit_in_the_one_place_is_found() -> None:
    assert lines(one_commit.check, THE_PLACE, COMMITS + COMMITS) == [4]


def test_a_commit_elsewhere_is_found() -> None:
    assert lines(one_commit.check, "src/taskly/cards/repository.py", COMMITS) == [2]


def test_a_block_that_commits_by_itself_is_found() -> None:
    code = """\
    async def write(engine):
        async with engine.begin() as connection:
            await connection.execute("…")
        async with session.begin_nested():
            pass
    """
    assert lines(one_commit.check, "src/taskly/platform/jobs/ledger.py", code) == [2]


def test_migrations_and_the_fake_github_have_other_commits() -> None:
    assert lines(one_commit.check, "src/taskly/migrations/env.py", COMMITS) == []
    assert lines(one_commit.check, "src/taskly/fake_github/rest/commits.py", COMMITS) == []
    assert lines(one_commit.check, "tests/support/database.py", COMMITS) == []
