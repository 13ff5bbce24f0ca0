"""Bring the database to the schema of this version: `python -m taskly.platform.db.migrate`."""

import asyncio
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from taskly.platform.db.session import Database
from taskly.platform.settings import Settings, SettingsError, load_settings

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def alembic_config(database_url: str) -> Config:
    """Alembic's configuration for a database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["database_url"] = database_url
    return config


def upgrade(settings: Settings, revision: str = "head") -> None:
    """Apply what is missing. Safe to run twice at once: the second waits for the first."""
    command.upgrade(alembic_config(settings.required_database_url()), revision)


async def pending_migrations(database: Database) -> list[str]:
    """The revisions that this version brings and the database does not have yet, oldest first."""
    async with database.reading() as session:
        exists = await session.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
        applied = None
        if exists:
            applied = await session.scalar(text("SELECT version_num FROM alembic_version"))
    return await asyncio.to_thread(_after, applied)


def _after(applied: str | None) -> list[str]:
    script = ScriptDirectory(str(MIGRATIONS))
    known = [revision.revision for revision in script.walk_revisions()][::-1]
    if applied in known:
        return known[known.index(applied) + 1 :]
    # An unknown revision is a newer version's: that one keeps the schema compatible with ours.
    return known if applied is None else []


def main() -> int:
    """Upgrade the database that the environment names."""
    try:
        upgrade(load_settings())
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 78
    return 0


if __name__ == "__main__":
    sys.exit(main())
