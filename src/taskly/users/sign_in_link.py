"""`taskly sign-in-link [--login NAME]`: print a one-time sign-in link.

The link works once, within ten minutes, and only where settings allow it (see `local_sign_in`).
"""

import argparse
import asyncio
import os
import sys

from sqlalchemy.exc import SQLAlchemyError

from taskly.kit.clock import SystemClock
from taskly.kit.options import looking_parser
from taskly.platform.db.engine import make_writer
from taskly.platform.db.session import Database
from taskly.platform.events.announce import SilentAnnouncer
from taskly.platform.http.problems import Problem
from taskly.platform.jobs.failures import describe
from taskly.platform.logging import configure_logging
from taskly.platform.settings import Settings, SettingsError, load_settings
from taskly.users.local_sign_in import DEFAULT_LOGIN, make_link
from taskly.users.rules import LOCAL_LOGIN


async def new_link(settings: Settings, login: str) -> str:
    """A new link, made with a connection of its own."""
    engine = make_writer(settings, application="taskly sign-in link")
    try:
        database = Database(engine, engine, clock=SystemClock(), announcer=SilentAnnouncer())
        return await make_link(database, settings, login)
    finally:
        await engine.dispose()


def main(arguments: list[str] | None = None) -> int:
    """Print one address on standard output; complaints go to standard error."""
    parser = looking_parser("sign-in-link", "Print a link that signs one person in, once.")
    parser.add_argument(
        "--login", type=_login, default=DEFAULT_LOGIN, help="whom it signs in (made if need be)"
    )
    chosen = parser.parse_args(arguments)
    try:
        settings = load_settings()
        configure_logging(settings, process="sign-in link", stream=sys.stderr)
        link = asyncio.run(new_link(settings, chosen.login))
    except (SettingsError, Problem) as error:
        sys.stderr.write(f"{error}\n")
        return os.EX_CONFIG
    except (SQLAlchemyError, OSError) as error:
        sys.stderr.write(f"PostgreSQL does not answer as it should: {describe(error)}\n")
        return os.EX_UNAVAILABLE
    sys.stdout.write(f"{link}\n")
    return 0


def _login(value: str) -> str:
    if not LOCAL_LOGIN.fullmatch(value):
        raise argparse.ArgumentTypeError("use 1 to 39 letters, digits, dots and hyphens")
    return value


if __name__ == "__main__":
    sys.exit(main())
