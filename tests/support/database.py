"""Databases for the tests: a migrated template, cloned for each test process, rolled back per test."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import asyncpg
from alembic import command
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine

from taskly.kit.clock import Clock
from taskly.platform.db.engine import make_reader, make_writer
from taskly.platform.db.migrate import alembic_config
from taskly.platform.db.session import Database
from taskly.platform.events.log import Recorded
from taskly.platform.events.outbox import Promise
from taskly.platform.settings import Settings

PATIENT_SECONDS = 60.0
PATIENCE: dict[str, Any] = {
    "database_wait_seconds": PATIENT_SECONDS,
    "statement_timeout_seconds": PATIENT_SECONDS,
    "lock_timeout_seconds": PATIENT_SECONDS,
}
"""For tests: they wait as long as a busy machine needs."""

TABLES = """
    SELECT quote_ident(relname) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
        AND relname <> 'alembic_version'
"""
CATALOGS = """
    SELECT
        (SELECT (count(*), max(xmin::text::bigint), sum(reltuples)) FROM pg_class),
        (SELECT (count(*), max(xmin::text::bigint)) FROM pg_attribute),
        (SELECT (count(*), max(xmin::text::bigint)) FROM pg_constraint),
        (SELECT (count(*), max(xmin::text::bigint)) FROM pg_trigger),
        (SELECT (count(*), max(xmin::text::bigint)) FROM pg_proc),
        (SELECT (count(*), max(xmin::text::bigint)) FROM pg_type),
        (SELECT count(*) FROM alembic_version)
"""
"""What changes when somebody makes or alters anything, or when PostgreSQL counts rows."""
END_SESSIONS = (
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
    "WHERE datname = $1 AND usename = current_user AND pid <> pg_backend_pid()"
)
"""All but the one that asks."""
LENT_AT_MOST = 50
"""Times: nobody sweeps up what deleted rows leave behind, see `servers`."""


@dataclass(slots=True)
class RecordingAnnouncer:
    """Keeps what would have been told to the world."""

    recorded: list[Recorded] = field(default_factory=list)
    promised: list[Promise] = field(default_factory=list)

    def announce(self, recorded: Sequence[Recorded], promised: Sequence[Promise]) -> None:
        """Keep both."""
        self.recorded.extend(recorded)
        self.promised.extend(promised)


async def make_template(server_url: str) -> str:
    """A database with the newest schema, to be cloned; its name."""
    name = f"template_{uuid4().hex}"
    await _execute(server_url, f'CREATE DATABASE "{name}"')
    url = database_url(server_url, name)
    await asyncio.to_thread(command.upgrade, alembic_config(url), "head")
    return name


@asynccontextmanager
async def clone(server_url: str, template: str) -> AsyncIterator[str]:
    """The address of a fresh copy of the template, dropped afterwards."""
    name = f"test_{uuid4().hex}"
    await _execute(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield database_url(server_url, name)
    finally:
        await _drop(server_url, name)


class Databases:
    """Databases with the newest schema and no rows, lent to one test after the other.

    To empty one takes a fortieth of what it takes to copy and drop one, if one connection to it stays open: a new
    one has to learn all tables first. Whoever changes more than rows leaves traces in the catalogs; such a database
    is dropped, and so is one that PostgreSQL has come to know better.
    """

    def __init__(self, server_url: str, template: str) -> None:
        self._server_url = server_url
        self._template = template
        self._empty: list[_Lent] = []

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[str]:
        """The address of an empty database; nobody else has it meanwhile."""
        lent = self._empty.pop() if self._empty else await self._copy()
        try:
            yield database_url(self._server_url, lent.name)
        finally:
            await self._take_back(lent)

    async def aclose(self) -> None:
        """Drop them all."""
        while self._empty:
            await self._drop(self._empty.pop())

    async def _copy(self) -> "_Lent":
        name = f"test_{uuid4().hex}"
        await _execute(self._server_url, f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        connection = await _connect(database_url(self._server_url, name))
        tables = [row[0] for row in await connection.fetch(TABLES)]
        return _Lent(name, connection, _deletion(tables), await connection.fetchrow(CATALOGS))

    async def _take_back(self, lent: "_Lent") -> None:
        lent.times += 1
        if await lent.is_as_it_was() and lent.times < LENT_AT_MOST:
            await lent.connection.execute(lent.deletion)
            self._empty.append(lent)
        else:
            await self._drop(lent)

    async def _drop(self, lent: "_Lent") -> None:
        await lent.connection.close()
        await _drop(self._server_url, lent.name)


@dataclass(slots=True)
class _Lent:
    """A database, the statement that empties it, and what its catalogs say while it is as it was made."""

    name: str
    connection: Any
    deletion: str
    catalogs: Any
    times: int = 0

    async def is_as_it_was(self) -> bool:
        """Whether nothing but rows has changed; nobody else is in it any more then."""
        if self.connection.is_closed():  # A test has ended all sessions.
            return False
        await self.connection.execute(END_SESSIONS, self.name)
        return bool(await self.connection.fetchrow(CATALOGS) == self.catalogs)


def _deletion(tables: Sequence[str]) -> str:
    """One statement for all tables: what refers to each other goes at once, in whichever order."""
    steps = [f"gone_{number} AS (DELETE FROM {table})" for number, table in enumerate(tables)]  # noqa: S608  # our own tables
    return f"WITH {', '.join(steps)} SELECT"


def database_url(server_url: str, name: str) -> str:
    """The address of another database of the same server, with the same way in."""
    url = make_url(server_url).set(drivername="postgresql", database=name)
    return url.render_as_string(hide_password=False)


@asynccontextmanager
async def rolled_back(
    engine: AsyncEngine, *, clock: Clock, announcer: RecordingAnnouncer
) -> AsyncIterator[Database]:
    """A database in which every commit is a savepoint, and nothing stays."""
    async with engine.connect() as connection:
        transaction = await connection.begin()
        # The test is one long transaction, and may think between two requests.
        await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        try:
            yield Database(
                connection,
                connection,
                clock=clock,
                announcer=announcer,
                wait_seconds=PATIENT_SECONDS,
            )
        finally:
            await transaction.rollback()


@asynccontextmanager
async def engines(settings: Settings) -> AsyncIterator[tuple[AsyncEngine, AsyncEngine]]:
    """A writer and a reader on a database in which commits are real."""
    writer = make_writer(settings, application="taskly tests")
    reader = make_reader(settings, application="taskly tests")
    try:
        yield writer, reader
    finally:
        await writer.dispose()
        await reader.dispose()


async def _drop(server_url: str, name: str) -> None:
    """Drop a database, whoever is still in it.

    `WITH (FORCE)` would fail when autovacuum is there, which only a superuser may end; without it
    PostgreSQL ends that by itself.
    """
    await _execute(server_url, END_SESSIONS, name)
    await _execute(server_url, f'DROP DATABASE "{name}"')


async def _execute(server_url: str, statement: str, *values: str) -> None:
    async with _connected(server_url) as connection:
        await connection.execute(statement, *values)


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Any]:
    connection = await _connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def _connect(url: str) -> Any:
    plain = make_url(url).set(drivername="postgresql")
    return await asyncpg.connect(plain.render_as_string(hide_password=False))
