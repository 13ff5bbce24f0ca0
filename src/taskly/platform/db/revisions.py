"""Which migrations there are, and which of them a database lacks.

Known from the names of the files, so that a serving process need not load the migration tool.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import text

from taskly.platform.db.session import Database

MIGRATIONS = Path(__file__).parents[2] / "migrations"


@cache
def known_revisions() -> tuple[str, ...]:
    """The revisions that this version brings, oldest first: files are named after them, in order."""
    files = (MIGRATIONS / "versions").glob("[0-9]*_*.py")
    return tuple(sorted(file.stem.partition("_")[0] for file in files))


async def pending_migrations(database: Database) -> tuple[str, ...]:
    """The revisions that this version brings and the database does not have yet, oldest first."""
    async with database.reading() as session:
        exists = await session.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
        applied = None
        if exists:
            applied = await session.scalar(text("SELECT version_num FROM alembic_version"))
    known = known_revisions()
    if applied in known:
        return known[known.index(applied) + 1 :]
    # An unknown revision is a newer version's: that one keeps the schema compatible with ours.
    return known if applied is None else ()
