"""Bring the database to the schema of this version: `python -m taskly.platform.db.migrate`."""

import sys

from alembic import command
from alembic.config import Config

from taskly.platform.db.revisions import MIGRATIONS
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
