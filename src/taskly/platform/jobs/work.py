"""What a job's handler is given, and how it may end other than by returning or failing."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.platform.context import SYSTEM, Actor
from taskly.platform.db.session import Transaction
from taskly.platform.events.change import JsonObject
from taskly.platform.jobs import ledger
from taskly.platform.runtime import Runtime


class Retry(Exception):
    """Not now: try again after so many seconds, as a `Retry-After` asks.

    The attempt does not count, but a job that is put off for longer than a day dies.
    """

    def __init__(self, reason: str, *, after: float | timedelta) -> None:
        super().__init__(reason)
        self.after = after.total_seconds() if isinstance(after, timedelta) else after


class GiveUp(Exception):
    """Trying again would not help: the job is dead at once, with this reason."""


class Forget(Protocol):
    """Deletes some of what is from before a time."""

    async def __call__(self, session: AsyncSession, before: datetime, *, limit: int) -> int:
        """How much went."""
        ...


class TakenOver(Exception):
    """The lease ran out and another worker has the job now; what this one did is rolled back."""


class Work:
    """One attempt at a job. Handlers may be run again after any of their steps, so each must be repeatable."""

    def __init__(self, runtime: Runtime, claim: ledger.Claim, *, last_attempt: bool) -> None:
        self.runtime = runtime
        self.job_id = claim.id
        self.workspace_id: UUID | None = claim.workspace_id
        self.attempt = claim.attempt
        """1 for the first."""
        self.last_attempt = last_attempt
        """Whether the job will be dead if this attempt fails."""
        self.completed = False
        """Whether `last_transaction` has committed."""
        self._claim = claim

    @asynccontextmanager
    async def transaction(self, actor: Actor = SYSTEM) -> AsyncIterator[Transaction]:
        """A transaction that commits only if this job is still ours.

        Raises:
            TakenOver: another worker has the job; nothing was written.
        """
        async with self.runtime.database.transaction(actor) as transaction:
            yield transaction
            if not await ledger.still_held(transaction.session, self._claim):
                raise TakenOver

    async def in_batches(self, step: Callable[[Transaction], Awaitable[int]], *, size: int) -> int:
        """Repeat a step, each time in a transaction of its own, until it does less than `size`; how much it did.

        Raises:
            TakenOver: another worker has the job; what was done before stays.
        """
        total = 0
        while True:
            async with self.transaction() as tx:
                done = await step(tx)
            total += done
            if done < size:
                return total

    async def forget(self, what: Forget, keep: timedelta, *, size: int) -> int:
        """Delete what is older than `keep`, so much in each transaction; how much went.

        Raises:
            TakenOver: another worker has the job; what was done before stays.
        """
        return await self.in_batches(
            lambda tx: what(tx.session, tx.now - keep, limit=size), size=size
        )

    @asynccontextmanager
    async def last_transaction(
        self,
        actor: Actor = SYSTEM,
        *,
        result: JsonObject | None = None,
        operation_id: UUID | None = None,
    ) -> AsyncIterator[Transaction]:
        """As `transaction`, and the job is done with it: what it writes happens exactly once.

        The handler returns after it; what it returns is then not stored.
        """
        async with self.runtime.database.transaction(
            actor, operation_id=operation_id
        ) as transaction:
            yield transaction
            # After the log is written: whoever has the job's row keeps its lease from being renewed.
            transaction.do_last(partial(self._complete, transaction, result))
        self.completed = True

    async def _complete(self, transaction: Transaction, result: JsonObject | None) -> None:
        if not await ledger.complete(transaction.session, self._claim, result):
            raise TakenOver

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A read-only session."""
        async with self.runtime.database.reading() as session:
            yield session

    async def progress(self, done: int, total: int | None = None) -> None:
        """Show how far the job has come. Each call is a short transaction: call it per step, not per row.

        Raises:
            TakenOver: another worker has the job.
        """
        async with self.runtime.database.transaction(SYSTEM) as transaction:
            held = await ledger.report_progress(
                transaction.session,
                self._claim,
                done=done,
                total=total,
                lease_seconds=self.runtime.settings.job_lease_seconds,
            )
        if not held:
            raise TakenOver
