"""`taskly jobs`: show the jobs that are dead, and let them be tried again.

`dead` lists them, `retry` gives all their attempts back to those that are named. The sweep of a running
scheduler hands them to workers within seconds.
"""

import asyncio
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from taskly.kit.options import looking_parser
from taskly.platform.context import SYSTEM
from taskly.platform.db.commands import open_database
from taskly.platform.db.session import Database
from taskly.platform.events.models import Job
from taskly.platform.jobs import ledger
from taskly.platform.jobs.failures import describe
from taskly.platform.logging import configure_logging
from taskly.platform.settings import Settings, SettingsError, load_settings

MOST_SHOWN = 200
HEADINGS = ("ID", "KIND", "ATTEMPTS", "DEAD SINCE (UTC)", "ERROR")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command as a program; its exit code."""
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings()
        configure_logging(settings, process="jobs", stream=sys.stderr)
        return asyncio.run(_run(settings, options))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return os.EX_CONFIG
    except (SQLAlchemyError, OSError) as error:
        sys.stderr.write(f"PostgreSQL does not answer as it should: {describe(error)}\n")
        return os.EX_UNAVAILABLE


def table(jobs: Sequence[Job]) -> str:
    """Dead jobs as lines, one each, under a line of headings."""
    rows = [HEADINGS, *(_row(job) for job in jobs)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join(lines) + "\n"


async def show(database: Database) -> str:
    """What `taskly jobs dead` prints."""
    async with database.reading() as session:
        jobs = await ledger.dead_jobs(session, limit=MOST_SHOWN + 1)
    if not jobs:
        return "No job is dead.\n"
    more = f"Only the latest {MOST_SHOWN} are shown.\n" if len(jobs) > MOST_SHOWN else ""
    return table(jobs[:MOST_SHOWN]) + more


async def retry_named(database: Database, job_ids: Sequence[UUID]) -> list[UUID]:
    """Revive these; those that were not dead, or not there."""
    async with database.transaction(SYSTEM) as transaction:
        return [
            job_id for job_id in job_ids if not await ledger.revive(transaction.session, job_id)
        ]


async def retry_all(database: Database, kind: str | None) -> int:
    """Revive all dead jobs, or all of one kind; how many."""
    async with database.transaction(SYSTEM) as transaction:
        return await ledger.revive_all(transaction.session, kind=kind)


async def _run(settings: Settings, options: Namespace) -> int:
    async with open_database(settings, application="taskly jobs") as database:
        if options.command == "dead":
            sys.stdout.write(await show(database))
            return 0
        if options.ids:
            return await _retry_named(database, list(dict.fromkeys(options.ids)))
        count = await retry_all(database, options.kind)
    sys.stdout.write(f"{count} job(s) will be tried again.\n")
    return 0


async def _retry_named(database: Database, job_ids: list[UUID]) -> int:
    missed = await retry_named(database, job_ids)
    sys.stdout.write(f"{len(job_ids) - len(missed)} job(s) will be tried again.\n")
    for job_id in missed:
        sys.stderr.write(f"There is no dead job {job_id}.\n")
    return 1 if missed else 0


def _parser() -> ArgumentParser:
    parser = looking_parser("jobs", "List dead background jobs, or try them again.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("dead", help="list them, the latest first")
    retry = commands.add_parser("retry", help="give them all their attempts again")
    which = retry.add_mutually_exclusive_group(required=True)
    which.add_argument("ids", nargs="*", type=UUID, default=[], metavar="ID", help="only these")
    which.add_argument("--kind", help="only those of this kind")
    which.add_argument("--all", action="store_true", help="every one")
    return parser


def _row(job: Job) -> tuple[str, ...]:
    error = " ".join((job.last_error or "").split())
    since = f"{job.finished_at:%Y-%m-%d %H:%M}" if job.finished_at else ""
    return (str(job.id), job.kind, str(job.attempts), since, error)


if __name__ == "__main__":
    sys.exit(main())
