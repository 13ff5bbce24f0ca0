"""Doing what deletions promise."""

from sqlalchemy import select

from taskly.platform.events.models import Job
from taskly.platform.jobs.execution import execute
from taskly.worker.registry import load_tasks
from taskly.workspaces.jobs import PurgeWorkspace
from tests.support.world import World


async def purge(world: World) -> None:
    """Delete what the workspaces held that were ended."""
    load_tasks()
    async with world.runtime.database.reading() as session:
        promised = await session.scalars(select(Job.id).where(Job.kind == PurgeWorkspace.kind))
        job_ids = list(promised)
    for job_id in job_ids:
        await execute(world.runtime, job_id)
