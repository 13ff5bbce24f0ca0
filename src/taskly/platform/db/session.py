"""One request or task is one transaction, and this is where it commits.

`Database.transaction()` gives a `Transaction`: a session, the changes recorded in it and the work
promised in it. Leaving the block writes the log and the outbox, commits, and only then lets the
announcer tell the world. `Database.reading()` gives a session whose transaction is read-only in
PostgreSQL too.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from taskly.kit.clock import Clock
from taskly.kit.ids import new_id
from taskly.platform.context import Actor, request_id
from taskly.platform.db.hot import DriverReader
from taskly.platform.db.turns import Turns
from taskly.platform.driver import Row, RowReader
from taskly.platform.events.change import Change
from taskly.platform.events.jobs import JobSpec
from taskly.platform.events.log import Condition, LogWriter, Recorded, Stream, lock_stream
from taskly.platform.events.outbox import Outbox, Promise
from taskly.platform.events.reactions import has_reactions, react


class Announcer(Protocol):
    """Tells the world, after the commit, what was recorded and promised. Must not block or fail."""

    def announce(self, recorded: Sequence[Recorded], promised: Sequence[Promise]) -> None:
        """Take note of both and return at once."""


class Transaction:
    """What a service works in. Repositories read and write through `session`; nobody commits."""

    def __init__(
        self,
        session: AsyncSession,
        *,
        actor: Actor,
        clock: Clock,
        turns: Turns,
        until_it_ends: AsyncExitStack,
        mails: bool = False,
        operation_id: UUID | None = None,
    ) -> None:
        self.session = session
        self.mails = mails
        """Whether this installation sends mail, so that it makes sense to promise some."""
        self._turns = turns
        self._until_it_ends = until_it_ends
        self.actor = actor
        self.clock = clock
        self.now = clock.now()
        self.operation_id = operation_id or new_id()
        self.log = LogWriter(actor=actor, operation_id=self.operation_id, at=self.now)
        self.outbox = Outbox(at=self.now)
        self.ended: list[object] = []
        self.last_steps: list[Callable[[], Awaitable[None]]] = []

    async def wait_for_turn(self, thing_id: UUID) -> None:
        """Wait until nobody else in this process changes the same thing; for one thing, and first of all.

        Whoever waits here holds no connection yet, so that others go on while one thing is locked.

        Raises:
            Unavailable: it takes too long.
        """
        await self._until_it_ends.enter_async_context(self._turns.take(thing_id))

    async def lock(self, stream: Stream) -> int:
        """Lock a stream's head until the end of the transaction; its present version.

        Raises:
            LookupError: the board or workspace is gone.
        """
        if not self.log.holds(stream.id):
            version = await lock_stream(self.session, stream.kind, stream.id)
            if version is None:
                raise LookupError(f"{stream.kind.value} {stream.id} is gone")
            self.log.hold(stream, version)
        return self.log.version(stream.id)

    def record(self, stream_id: UUID, change: Change) -> int:
        """Record a change in a locked stream; the version that it makes."""
        return self.log.record(stream_id, change)

    async def store_log(self, stream_id: UUID) -> None:
        """Store what was recorded in a stream now, before something is locked that others wait for."""
        await self.session.flush()
        await self.log.write_one(self.session, stream_id, request_id.get())

    def promise(
        self,
        spec: JobSpec,
        *,
        workspace_id: UUID | None = None,
        key: str | None = None,
        delay: timedelta = timedelta(0),
        again: bool = False,
    ) -> UUID:
        """Promise work for after the commit; the job's id. See `Outbox.promise`."""
        return self.outbox.promise(
            spec, workspace_id=workspace_id, key=key, delay=delay, again=again
        )

    def end(self, head: object) -> None:
        """Delete the row of a board, after the last change of its stream is stored."""
        self.ended.append(head)

    def do_last(self, step: Callable[[], Awaitable[None]]) -> None:
        """Do this after everything else is stored and before the commit; if it raises, nothing happened.

        What may wait for another transaction that does the same belongs here: whoever waits for nothing
        afterwards is in nobody's circle.
        """
        self.last_steps.append(step)


WAIT_SECONDS = 3.0
Bind = AsyncEngine | AsyncConnection
_SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class Database:
    """The way to PostgreSQL of one process: to write, to read, and to read what is hot."""

    def __init__(
        self,
        writer: Bind,
        reader: Bind,
        *,
        clock: Clock,
        announcer: Announcer,
        hot: RowReader | None = None,
        mails: bool = False,
        patient: AsyncEngine | None = None,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self.writer = writer
        self.reader = reader
        self.patient = patient or writer
        """For what may take minutes."""
        self.hot = hot or DriverReader(reader)
        self.wait_seconds = wait_seconds
        """How long one waits for one's turn."""
        self.turns = Turns(wait_seconds)
        self.clock = clock
        self.announcer = announcer
        self.mails = mails
        """Whether there is an SMTP server for what transactions promise to send."""

    @asynccontextmanager
    async def transaction(
        self, actor: Actor, *, operation_id: UUID | None = None
    ) -> AsyncIterator[Transaction]:
        """A transaction that commits when the block ends and rolls back when it raises.

        What it records is an operation of its own, or goes on with one that is named.
        """
        async with AsyncExitStack() as until_it_ends, _session(self.writer) as session:
            transaction = Transaction(
                session,
                actor=actor,
                clock=self.clock,
                turns=self.turns,
                until_it_ends=until_it_ends,
                mails=self.mails,
                operation_id=operation_id,
            )
            yield transaction
            await self._commit(transaction)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that can't write: PostgreSQL refuses, not only we.

        Each statement is a transaction of its own, so that a read costs one round trip; what has to
        be consistent is read in one statement.
        """
        async with _session(self.reader) as session:
            yield session

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """A session that can't write, in which everything is as it was at its first statement.

        It is one transaction: read all of it without waiting for anybody. It may take minutes.
        """
        async with _snapshot(self.patient) as session:
            yield session

    @asynccontextmanager
    async def view(self) -> AsyncIterator[AsyncSession]:
        """As `snapshot`, for what takes a moment, and on the connections of those who read."""
        async with _snapshot(self.reader) as session:
            yield session

    async def store(self, sql: str, *arguments: Any, promised: Sequence[Promise]) -> Row | None:
        """Run one statement that stores something together with the jobs that it needs; its first row.

        One statement is one transaction: it commits as a whole or not at all, in a single round trip.
        For what outsiders wait for and no board shows. Without a row nothing is announced.
        """
        rows = await DriverReader(self.writer).fetch_rows(sql, *arguments)
        if not rows:
            return None
        self.announcer.announce((), promised)
        return rows[0]

    async def store_if_current(self, log: LogWriter, *, provided: Condition) -> bool:
        """Store the changes of one stream if it still stands at the version that they were made for.

        For the hottest changes: they are decided while nobody is locked out, and stored by one statement
        that is a transaction of its own. False if somebody was faster, or what was `provided` does not
        hold any more; then nothing has happened.

        Raises:
            LookupError: somebody reacts to such a change, which takes a transaction.
        """
        if any(has_reactions(recorded.type) for recorded in log.recorded):
            raise LookupError("a change that others react to needs a transaction")
        if not await log.write_if_current(DriverReader(self.writer), request_id.get(), provided):
            return False
        self.announcer.announce(log.recorded, ())
        return True

    async def _commit(self, transaction: Transaction) -> None:
        current = request_id.get()
        await react(transaction, transaction.log)
        await transaction.session.flush()
        await transaction.log.write(transaction.session, current)
        await transaction.outbox.write(transaction.session, current)
        for head in transaction.ended:
            await transaction.session.delete(head)
        for step in transaction.last_steps:
            await step()
        await transaction.session.commit()
        self.announcer.announce(transaction.log.recorded, transaction.outbox.due)


@asynccontextmanager
async def _snapshot(bind: Bind) -> AsyncIterator[AsyncSession]:
    async with _session(bind) as session:
        if isinstance(bind, AsyncEngine):
            await session.connection(execution_options=_SNAPSHOT)
        yield session


@asynccontextmanager
async def _session(bind: Bind) -> AsyncIterator[AsyncSession]:
    session = AsyncSession(
        bind, expire_on_commit=False, autoflush=False, join_transaction_mode="create_savepoint"
    )
    try:
        yield session
    finally:
        # A client that hangs up cancels the request; an interrupted close would hand a connection
        # in the middle of a result back to the pool.
        await asyncio.shield(session.close())
