"""The outbox: work is promised in the transaction that asks for it, and done by workers.

A promise is a row of `jobs`, written with the change. After the commit the job is handed to Celery
beside the request; the sweep hands over whatever a crash left behind (see `taskly.worker`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.kit.ids import new_id
from taskly.platform.events.jobs import JobSpec
from taskly.platform.events.models import Job, JobState

TAKEN_UP: dict[str, Any] = {
    "state": JobState.PENDING,
    "attempts": 0,
    "put_off_since": None,
    "next_attempt_at": func.now(),
    "handed_over_at": None,
    "finished_at": None,
}
"""What makes a job that ended one that is still to be done, with all its attempts."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A job that will exist once the transaction has committed."""

    id: UUID
    spec: JobSpec
    workspace_id: UUID | None
    key: str | None
    delay: timedelta = timedelta(0)
    """How long after the commit it is due."""
    again: bool = False
    """Whether a job of the same key that has ended is taken up again."""


class Outbox:
    """Collects the promises of one transaction. Belongs to a `Transaction`; services use that."""

    def __init__(self, *, at: datetime) -> None:
        self.at = at
        self.promised: list[Promise] = []

    def promise(
        self,
        spec: JobSpec,
        *,
        workspace_id: UUID | None = None,
        key: str | None = None,
        delay: timedelta = timedelta(0),
        again: bool = False,
    ) -> UUID:
        """Promise a job, due at once or after a while; returns its id.

        A second promise of the same kind and `key` changes nothing. That is so as long as the first is
        kept, also when it is done or dead; then no job has the id. With `again` a first one that is done
        or dead gets all its attempts anew, and the sweep hands it over.
        """
        promise = Promise(new_id(), spec, workspace_id, key, delay, again)
        self.promised.append(promise)
        return promise.id

    @property
    def due(self) -> list[Promise]:
        """What may be done as soon as the transaction has committed; the sweep hands over the rest."""
        return [promise for promise in self.promised if not promise.delay]

    async def write(self, session: AsyncSession, request_id: str | None) -> None:
        """Store the promises."""
        for again in (False, True):
            chosen = [promise for promise in self.promised if promise.again is again]
            if chosen:
                await self._write(session, chosen, request_id, again=again)

    async def _write(
        self, session: AsyncSession, chosen: list[Promise], request_id: str | None, *, again: bool
    ) -> None:
        rows = [
            {
                "id": promise.id,
                "workspace_id": promise.workspace_id,
                "kind": promise.spec.kind,
                "queue": promise.spec.queue.value,
                "payload": promise.spec.payload(),
                "idempotency_key": promise.key,
                "request_id": request_id,
                # Due by the database's clock, which claims go by: this machine's may be ahead.
                "next_attempt_at": func.least(
                    literal(self.at, Job.next_attempt_at.type), func.now()
                )
                + promise.delay,
            }
            for promise in chosen
        ]
        statement = insert(Job).values(rows)
        if not again:
            await session.execute(statement.on_conflict_do_nothing())
            return
        has_ended = Job.state.in_([JobState.DONE, JobState.DEAD])
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["kind", "idempotency_key"], set_=TAKEN_UP, where=has_ended
            )
        )
