"""How the queues are doing, for `taskly doctor`."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.platform.db.session import Database
from taskly.platform.events.models import Job, JobState
from taskly.platform.findings import Finding, Severity
from taskly.platform.jobs.ledger import IS_OPEN
from taskly.platform.jobs.liveness import worker_heartbeat_age

OVERDUE = timedelta(minutes=5)
SILENT_SECONDS = 120


async def queue_findings(database: Database) -> list[Finding]:
    """Dead jobs, jobs that wait for too long, workers that are silent."""
    silence = _silence(await worker_heartbeat_age(database))
    async with database.reading() as session:
        return [*silence, *await _overdue_jobs(session), *await _dead_jobs(session)]


def _silence(age: float | None) -> list[Finding]:
    if age is not None and age <= SILENT_SECONDS:
        return []
    what = (
        "No worker has given a sign of life for an hour, or ever."
        if age is None
        else f"No worker has given a sign of life for {age:.0f} seconds."
    )
    advice = "Start `taskly worker` and `taskly scheduler`, or look at their logs."
    return [Finding(Severity.ERROR, what, advice)]


async def _overdue_jobs(session: AsyncSession) -> list[Finding]:
    rows = await session.execute(
        select(Job.queue, func.count())
        .where(IS_OPEN, Job.next_attempt_at < func.now() - OVERDUE)
        .group_by(Job.queue)
        .order_by(Job.queue)
    )
    return [
        Finding(
            Severity.ERROR,
            f"{count} job(s) of the queue {queue} have been due for more than five minutes.",
            f"See that a worker serves the queue: `taskly worker --queues {queue}`.",
        )
        for queue, count in rows
    ]


async def _dead_jobs(session: AsyncSession) -> list[Finding]:
    rows = await session.execute(
        select(Job.kind, func.count(), func.max(Job.finished_at))
        .where(Job.state == JobState.DEAD)
        .group_by(Job.kind)
        .order_by(Job.kind)
    )
    return [
        Finding(
            Severity.WARNING,
            f"{count} job(s) {kind} are dead, the latest since {latest:%Y-%m-%d %H:%M} UTC.",
            f"`taskly jobs dead` says why; when the cause is gone: `taskly jobs retry --kind {kind}`.",
        )
        for kind, count, latest in rows
    ]
