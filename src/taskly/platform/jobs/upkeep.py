"""What the job machinery does for itself: a sign of life, and forgetting old jobs."""

from datetime import timedelta

from taskly.platform.events.jobs import JobSpec, Queue, handles
from taskly.platform.events.models import JobState
from taskly.platform.jobs import ledger
from taskly.platform.jobs.periodic import every, periodic_jobs
from taskly.platform.jobs.work import Work

HEARTBEAT_SECONDS = 30
OFTEN_SECONDS = 60
KEEP_FREQUENT = timedelta(hours=1)
"""What comes every minute or more often leaves too many rows to keep, and is looked at while it is fresh."""
KEEP_DONE = timedelta(days=14)
"""Longer than the longest slot of a periodic job, whose row is what keeps the slot taken."""
KEEP_DEAD = timedelta(days=90)
PURGE_BATCH = 1000


class Heartbeat(
    JobSpec, kind="worker.heartbeat", queue=Queue.INTERACTIVE, time_limit=10, routine=True
):
    """A worker lives if it did this lately; that its process is up says little."""


class PurgeJobs(JobSpec, kind="worker.purge_jobs", queue=Queue.BULK, routine=True):
    """Forget jobs that ended long ago."""


@handles(Heartbeat)
async def beat(_work: Work, _job: Heartbeat) -> None:
    """Do nothing: that it was done is the message."""


@handles(PurgeJobs)
async def purge_jobs(work: Work, _job: PurgeJobs) -> dict[str, int]:
    """Delete in small transactions; how many of each."""
    return {
        "frequent": await _purge_frequent(work),
        "done": await _purge(work, JobState.DONE, None, KEEP_DONE),
        "dead": await _purge(work, JobState.DEAD, None, KEEP_DEAD),
    }


async def _purge_frequent(work: Work) -> int:
    kinds = [job.spec.kind for job in periodic_jobs() if job.seconds <= OFTEN_SECONDS]
    return sum([await _purge(work, JobState.DONE, kind, KEEP_FREQUENT) for kind in kinds])


async def _purge(work: Work, state: JobState, kind: str | None, age: timedelta) -> int:
    return await work.in_batches(
        lambda tx: ledger.purge(
            tx.session, state=state, kind=kind, finished_before=age, limit=PURGE_BATCH
        ),
        size=PURGE_BATCH,
    )


every(HEARTBEAT_SECONDS, Heartbeat())
every(3600, PurgeJobs())
