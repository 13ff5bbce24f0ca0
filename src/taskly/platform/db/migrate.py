"""Bring the database to the schema of this version: `python -m taskly.platform.db.migrate`."""

import os
import sys
from collections.abc import Sequence

from alembic import command
from alembic.config import Config
from sqlalchemy.exc import SQLAlchemyError, StatementError

from taskly.kit.options import looking_parser
from taskly.platform.db.revisions import MIGRATIONS
from taskly.platform.redaction import redact
from taskly.platform.settings import Settings, SettingsError, load_settings


def alembic_config(database_url: str) -> Config:
    """Alembic's configuration for a database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["database_url"] = database_url
    return config


def upgrade(settings: Settings, revision: str = "head") -> None:
    """Apply what is missing. Safe to run twice at once: the second waits for the first."""
    command.upgrade(alembic_config(settings.required_database_url()), revision)


def main(arguments: Sequence[str] | None = None) -> int:
    """Upgrade the database that the environment names."""
    looking_parser("migrate", "Bring the database to the schema of this version.").parse_args(
        arguments
    )
    try:
        upgrade(load_settings())
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return os.EX_CONFIG
    except (SQLAlchemyError, OSError) as error:
        sys.stderr.write(f"PostgreSQL does not answer as it should: {_reason(error)}\n")
        return os.EX_UNAVAILABLE
    return 0


def _reason(error: Exception) -> str:
    """What the server or the system said, without statement and values."""
    said = (isinstance(error, StatementError) and error.orig) or error
    return redact(f"{type(said).__name__}: {str(said).partition(chr(10))[0]}")


if __name__ == "__main__":
    sys.exit(main())
