"""The states of jobs. After the promise nobody else writes them.

A worker claims a job before it works: the claim counts the attempt and takes a lease. While the lease
runs nobody else can claim the job, whatever the broker delivers how often; when it has run out, the
worker is taken for dead. All times are the database's, so that machines may disagree about theirs.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Update, bindparam, case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from taskly.platform.events.models import Job, JobState
from taskly.platform.events.outbox import TAKEN_UP

# Written into the statement, not bound, so that the planner sees that the partial index applies.
IS_OPEN = Job.state.in_(
    bindparam(
        "open_states", [JobState.PENDING, JobState.RUNNING], expanding=True, literal_execute=True
    )
)
FRESH_SECONDS = 3
"""So long the sweep leaves a new job to the hand-over that follows its commit."""
HAND_OVER_AGAIN_SECONDS = 30
"""So long the sweep waits for a worker to claim what it handed over."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on a job, until its lease runs out. `number` tells one claim from the next."""

    id: UUID
    kind: str
    payload: dict[str, Any]
    attempt: int
    number: int
    workspace_id: UUID | None
    request_id: str | None
    put_off_for: timedelta
    """How long it has been put off already, without a break."""


@dataclass(frozen=True, slots=True)
class Due:
    """A job that somebody should be woken up for."""

    id: UUID
    queue: str
    kind: str


async def claim(session: AsyncSession, job_id: UUID, *, lease_seconds: float) -> Claim | None:
    """Take a due job, counting the attempt; None if it is not due, taken, finished or unknown."""
    row = (
        await session.execute(
            update(Job)
            .where(Job.id == job_id, IS_OPEN, Job.next_attempt_at <= func.now())
            .values(
                state=JobState.RUNNING,
                attempts=Job.attempts + 1,
                claims=Job.claims + 1,
                next_attempt_at=_from_now(lease_seconds),
                handed_over_at=None,
            )
            .returning(
                Job.id,
                Job.kind,
                Job.payload,
                Job.attempts,
                Job.claims,
                Job.workspace_id,
                Job.request_id,
                (func.now() - func.coalesce(Job.put_off_since, func.now())).label("put_off_for"),
            )
        )
    ).one_or_none()
    return None if row is None else Claim(*row)


async def renew(session: AsyncSession, claim: Claim, *, lease_seconds: float) -> bool:
    """Start the lease anew; whether the claim still holds."""
    return await _write(session, _held(claim).values(next_attempt_at=_from_now(lease_seconds)))


async def report_progress(
    session: AsyncSession, claim: Claim, *, done: int, total: int | None, lease_seconds: float
) -> bool:
    """Note how far the job has come and start the lease anew; whether the claim still holds."""
    return await _write(
        session,
        _held(claim).values(
            progress={"done": done, "total": total}, next_attempt_at=_from_now(lease_seconds)
        ),
    )


async def still_held(session: AsyncSession, claim: Claim) -> bool:
    """Whether the claim holds, and keeps holding until this transaction ends."""
    held = await session.scalar(
        select(Job.id).where(*_is_held(claim)).with_for_update(read=True, key_share=False)
    )
    return held is not None


async def complete(session: AsyncSession, claim: Claim, result: dict[str, Any] | None) -> bool:
    """The job is done, with all that its progress counted; whether the claim still held."""
    whole = func.jsonb_build_object("done", Job.progress["total"], "total", Job.progress["total"])
    is_counted = func.jsonb_typeof(Job.progress["total"]) == "number"
    return await _write(
        session,
        _held(claim).values(
            state=JobState.DONE,
            progress=case((is_counted, whole), else_=Job.progress),
            result=result,
            last_error=None,
            put_off_since=None,
            # The transaction may have begun minutes ago.
            finished_at=func.clock_timestamp(),
        ),
    )


async def fail(session: AsyncSession, claim: Claim, error: str, *, retry_after: float) -> bool:
    """The attempt failed; the next one is due after so many seconds. Whether the claim still held."""
    return await _write(
        session,
        _held(claim).values(
            state=JobState.PENDING,
            last_error=error,
            put_off_since=None,
            next_attempt_at=_from_now(retry_after),
            handed_over_at=None,
        ),
    )


async def put_off(session: AsyncSession, claim: Claim, reason: str, *, seconds: float) -> bool:
    """Not before so many seconds; the attempt does not count. Whether the claim still held."""
    return await _write(
        session,
        _held(claim).values(
            state=JobState.PENDING,
            attempts=Job.attempts - 1,
            last_error=reason,
            put_off_since=func.coalesce(Job.put_off_since, func.now()),
            next_attempt_at=_from_now(seconds),
            handed_over_at=None,
        ),
    )


async def give_back(session: AsyncSession, claim: Claim, reason: str) -> bool:
    """Whoever comes first may claim it; the attempt does not count. Whether the claim still held."""
    return await _write(
        session,
        _held(claim).values(
            state=JobState.PENDING,
            attempts=Job.attempts - 1,
            last_error=reason,
            next_attempt_at=func.now(),
            handed_over_at=None,
        ),
    )


async def bury(session: AsyncSession, claim: Claim, error: str) -> bool:
    """The job is dead: no further attempt unless somebody revives it. Whether the claim still held."""
    return await _write(
        session,
        _held(claim).values(
            state=JobState.DEAD, last_error=error, put_off_since=None, finished_at=func.now()
        ),
    )


async def revive(session: AsyncSession, job_id: UUID) -> bool:
    """Give a dead job all its attempts again; whether it was dead. The sweep hands it over."""
    return await _write(session, _revived().where(Job.id == job_id))


async def revive_all(session: AsyncSession, *, kind: str | None) -> int:
    """As `revive`, for all dead jobs or those of one kind; how many."""
    statement = _revived() if kind is None else _revived().where(Job.kind == kind)
    revived = await session.scalars(statement.returning(Job.id))
    return len(revived.all())


async def dead_jobs(session: AsyncSession, *, limit: int) -> list[Job]:
    """The dead jobs, the latest first."""
    jobs = await session.scalars(
        select(Job)
        .where(Job.state == JobState.DEAD)
        .order_by(Job.finished_at.desc(), Job.id)
        .limit(limit)
    )
    return list(jobs)


async def take_due(session: AsyncSession, *, queue: str, limit: int) -> list[Due]:
    """Mark jobs of a queue that are due, or whose worker died, as handed over, longest due first."""
    due = (
        select(Job.id)
        .where(
            Job.queue == queue,
            IS_OPEN,
            Job.next_attempt_at <= func.now(),
            (Job.attempts > 0) | (Job.created_at <= _from_now(-FRESH_SECONDS)),
            Job.handed_over_at.is_(None)
            | (Job.handed_over_at <= _from_now(-HAND_OVER_AGAIN_SECONDS)),
        )
        .order_by(Job.next_attempt_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    rows = await session.execute(
        update(Job)
        .where(Job.id == due.c.id)
        .values(handed_over_at=func.now())
        .returning(Job.id, Job.queue, Job.kind)
    )
    return [Due(*row) for row in rows]


async def return_due(session: AsyncSession, job_ids: list[UUID]) -> None:
    """Take back `take_due` for jobs that did not reach the broker."""
    await session.execute(
        update(Job).where(Job.id.in_(job_ids), IS_OPEN).values(handed_over_at=None)
    )


async def purge(
    session: AsyncSession,
    *,
    state: JobState,
    kind: str | None,
    finished_before: timedelta,
    limit: int,
) -> int:
    """Delete jobs that ended in `state` longer ago than `finished_before`; how many."""
    conditions: list[ColumnElement[bool]] = [
        Job.state == state,
        Job.finished_at < func.now() - finished_before,
    ]
    if kind is not None:
        conditions.append(Job.kind == kind)
    old = select(Job.id).where(*conditions).limit(limit).with_for_update(skip_locked=True)
    deleted = await session.scalars(delete(Job).where(Job.id.in_(old)).returning(Job.id))
    return len(deleted.all())


def _is_held(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        Job.id == claim.id,
        Job.state == JobState.RUNNING,
        Job.claims == claim.number,
    )


def _held(claim: Claim) -> Update:
    return update(Job).where(*_is_held(claim))


def _revived() -> Update:
    return update(Job).where(Job.state == JobState.DEAD).values(TAKEN_UP)


async def _write(session: AsyncSession, statement: Update) -> bool:
    row = await session.scalar(statement.returning(Job.id))
    return row is not None


def _from_now(seconds: float) -> ColumnElement[datetime]:
    return func.now() + timedelta(seconds=seconds)
