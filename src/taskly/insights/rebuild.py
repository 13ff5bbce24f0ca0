"""`taskly rebuild-insights`: make what charts read anew from the logs of boards.

Nothing is lost by it: all of it follows from the log. It is needed only if somebody changed it by hand, or a
new version of Taskly folds logs differently and says so. Until a board is through, questions about it are
answered with 503 and how far it is.
"""

import asyncio
import os
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from taskly.insights import rollup_repository as repository
from taskly.insights.rollups import Rollups
from taskly.kit.options import looking_parser
from taskly.platform.context import SYSTEM
from taskly.platform.db.commands import open_database
from taskly.platform.db.session import Database
from taskly.platform.jobs.failures import describe
from taskly.platform.logging import configure_logging
from taskly.platform.settings import Settings, SettingsError, load_settings

PATIENCE_SECONDS = 600.0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command as a program; its exit code."""
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings()
        configure_logging(settings, process="rebuild-insights", stream=sys.stderr)
        return asyncio.run(_run(settings, options))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return os.EX_CONFIG
    except (SQLAlchemyError, OSError) as error:
        sys.stderr.write(f"PostgreSQL does not answer as it should: {describe(error)}\n")
        return os.EX_UNAVAILABLE


async def rebuild(database: Database, board_id: UUID) -> tuple[int, int] | None:
    """Make what charts read of a board anew: how many changes its log has, and how many rows they became.

    None if there is no such board. It may be ended at any time: the job that folds goes on from there.
    """
    async with database.transaction(SYSTEM) as tx:
        await repository.forget(tx.session, board_id)
    async with database.reading() as session:
        version = await repository.version_of(session, board_id)
    if version is None:
        return None
    await Rollups(database).fold(board_id, version)
    async with database.reading() as session:
        return version, await repository.count_rows(session, board_id)


async def _run(settings: Settings, options: Namespace) -> int:
    missed = 0
    patient = settings.model_copy(update={"statement_timeout_seconds": PATIENCE_SECONDS})
    async with open_database(patient, application="taskly rebuild-insights") as database:
        async with database.reading() as session:
            boards = options.boards or await repository.all_boards(session)
        for board_id in dict.fromkeys(boards):
            started = time.monotonic()
            try:
                found = await rebuild(database, board_id)
            except SQLAlchemyError as error:
                sys.stderr.write(f"Board {board_id} failed: {describe(error)}\n")
                missed += 1
                continue
            if found is None:
                sys.stderr.write(f"There is no board {board_id}.\n")
                missed += 1
                continue
            changes, rows = found
            pace = round(rows / max(time.monotonic() - started, 0.001))
            sys.stdout.write(f"{board_id}  {changes} change(s) are {rows} row(s), {pace} rows/s\n")
    return 1 if missed else 0


def _parser() -> ArgumentParser:
    parser = looking_parser(
        "rebuild-insights", "Make what charts read anew from the logs of boards."
    )
    parser.add_argument(
        "boards", nargs="*", type=UUID, metavar="BOARD", help="only these boards, by their ids"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
