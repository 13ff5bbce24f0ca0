"""Migrations wait for each other and for whoever is at work, and fail for neither."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from taskly.migrations.waiting import ADVISORY_LOCK, TIME_OUTS, concurrently, set_time_outs
from taskly.platform.db.engine import engine_at
from taskly.platform.db.migrate import alembic_config
from tests.support.database import clone
from tests.support.servers import Servers
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

WITHOUT_INDEXES = "0023"
"""What comes after it builds indexes concurrently."""
WAITING_FOR_A_TURN = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND (wait_event = 'advisory' OR state = 'idle' AND query = 'COMMIT;')"
)
WAITING_FOR_AN_OLD_TRANSACTION = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND wait_event = 'virtualxid'"
)
END_WHAT_WAITS = text(
    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
    "AND wait_event = 'virtualxid'"
)
INVALID_INDEXES = text("SELECT count(*) FROM pg_index WHERE NOT indisvalid")


@asynccontextmanager
async def connected(url: str, isolation_level: str) -> AsyncIterator[AsyncConnection]:
    """A connection without time-outs."""
    engine = engine_at(url, server_settings={}, isolation_level=isolation_level)
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


async def migrate(url: str) -> tuple[int | None, str]:
    """Run `taskly migrate` as a process: how it ended, and what it complained about."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "taskly.platform.db.migrate"),
        env={**os.environ, "DATABASE_URL": url},
        stderr=asyncio.subprocess.PIPE,
    )
    _, complaint = await process.communicate()
    return process.returncode, complaint.decode()


async def test_two_that_migrate_at_once_wait_for_each_other(
    servers: Servers, template: str
) -> None:
    async with clone(servers.database_url, template) as url:
        await asyncio.to_thread(command.downgrade, alembic_config(url), WITHOUT_INDEXES)
        async with connected(url, "AUTOCOMMIT") as holder, asyncio.TaskGroup() as group:

            async def both_wait() -> bool:
                return bool(await holder.scalar(WAITING_FOR_A_TURN) == 2)

            await holder.execute(text(f"SELECT pg_advisory_lock({ADVISORY_LOCK})"))
            runs = [group.create_task(migrate(url)) for _ in range(2)]
            await until(both_wait, "both wait for their turn")
            await holder.execute(text(f"SELECT pg_advisory_unlock({ADVISORY_LOCK})"))
            assert [await run for run in runs] == [(0, ""), (0, "")]
            assert await holder.scalar(INVALID_INDEXES) == 0


@pytest.mark.parametrize("before", ["0018", WITHOUT_INDEXES])
async def test_an_index_waits_for_older_transactions_however_long_they_take(
    before: str, servers: Servers, template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with clone(servers.database_url, template) as url:
        await asyncio.to_thread(command.downgrade, alembic_config(url), before)
        monkeypatch.setitem(TIME_OUTS, "lock_timeout", "1ms")
        following = f"{int(before) + 1:04}"
        async with (
            connected(url, "AUTOCOMMIT") as asking,
            connected(url, "REPEATABLE READ") as older,
            asyncio.TaskGroup() as group,
        ):

            async def waits() -> bool:
                return upgrade.done() or bool(await asking.scalar(WAITING_FOR_AN_OLD_TRANSACTION))

            await older.execute(text("SELECT 1"))
            upgrade = group.create_task(
                asyncio.to_thread(command.upgrade, alembic_config(url), following)
            )
            await until(waits, "the index waits for the older transaction")
            assert not upgrade.done()
            await older.rollback()
            await upgrade
            assert await asking.scalar(INVALID_INDEXES) == 0


@pytest.mark.parametrize("revision", ["0025", "0030", "0039"])
async def test_a_step_back_that_was_ended_before_its_index_was_gone_is_taken_again(
    revision: str, servers: Servers, template: str
) -> None:
    async with clone(servers.database_url, template) as url:
        await asyncio.to_thread(command.downgrade, alembic_config(url), revision)
        async with (
            connected(url, "AUTOCOMMIT") as asking,
            connected(url, "REPEATABLE READ") as older,
        ):

            async def waits() -> bool:
                return step.done() or bool(await asking.scalar(WAITING_FOR_AN_OLD_TRANSACTION))

            await older.execute(text("SELECT count(*) FROM events, webhook_deliveries"))
            step = asyncio.create_task(
                asyncio.to_thread(command.downgrade, alembic_config(url), "-1")
            )
            await until(waits, "the index waits for who reads the table")
            assert await asking.scalar(END_WHAT_WAITS)
            with pytest.raises(DBAPIError, match="canceling statement"):
                await step
            await older.rollback()
        await asyncio.to_thread(command.downgrade, alembic_config(url), "-1")
        await asyncio.to_thread(command.upgrade, alembic_config(url), "head")


async def test_time_outs_are_off_only_while_indexes_are_built(
    servers: Servers, template: str
) -> None:
    def time_outs(connection: Connection) -> list[str]:
        return [connection.scalar(text(f"SHOW {name}")) or "" for name in TIME_OUTS]

    def build(connection: Connection) -> tuple[list[str], list[str]]:
        set_time_outs(connection)
        connection.commit()
        context = MigrationContext.configure(connection)
        with Operations.context(context), context.begin_transaction():
            with concurrently():
                inside = time_outs(connection)
            return inside, time_outs(connection)

    async with (
        clone(servers.database_url, template) as url,
        connected(url, "READ COMMITTED") as connection,
    ):
        assert await connection.run_sync(build) == (["0", "0"], ["5s", "10min"])
