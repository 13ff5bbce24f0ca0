"""Whether anybody works: the last heartbeat that a worker finished."""

from sqlalchemy import extract, func, select

from taskly.platform.db.session import Database
from taskly.platform.events.models import Job, JobState
from taskly.platform.jobs.upkeep import Heartbeat


async def worker_heartbeat_age(database: Database) -> float | None:
    """Seconds since a worker last finished a heartbeat; None if none did, or not for an hour."""
    finished = select(func.max(Job.finished_at)).where(
        Job.kind == Heartbeat.kind, Job.state == JobState.DONE
    )
    async with database.reading() as session:
        age = await session.scalar(
            select(extract("epoch", func.now() - finished.scalar_subquery()))
        )
    return None if age is None else float(age)
