"""Promising jobs and looking at what became of them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from taskly.platform.context import SYSTEM, request_id
from taskly.platform.events.jobs import JobSpec
from taskly.platform.events.models import Job, JobState
from taskly.platform.jobs.execution import execute
from taskly.platform.runtime import Runtime

PATIENCE_SECONDS = 120
ENDED = {JobState.DONE, JobState.DEAD}


@dataclass(frozen=True, slots=True)
class Bench:
    """Promises jobs and looks at what became of them."""

    runtime: Runtime

    async def promise(self, spec: JobSpec, *, key: str | None = None, again: bool = False) -> UUID:
        """Promise a job, as a service does; it is handed to the broker at once."""
        token = request_id.set("req-of-the-promise")
        async with self.runtime.database.transaction(SYSTEM) as transaction:
            job_id = transaction.promise(spec, key=key, again=again)
        request_id.reset(token)
        return job_id

    async def execute(self, job_id: UUID) -> None:
        """Make one attempt in this process."""
        await execute(self.runtime, job_id)

    async def job(self, job_id: UUID) -> Job:
        """The job's row."""
        async with self.runtime.database.reading() as session:
            return await session.get_one(Job, job_id)

    async def effects(self, job_id: UUID) -> list[str]:
        """What the job has written, in order."""
        async with self.runtime.database.reading() as session:
            notes = await session.scalars(
                text("SELECT note FROM effects WHERE job_id = :job ORDER BY at"), {"job": job_id}
            )
            return list(notes)

    async def job_ids(self, condition: str) -> list[UUID]:
        """The jobs that satisfy a condition in SQL."""
        async with self.runtime.database.reading() as session:
            return list(await session.scalars(text(f"SELECT id FROM jobs WHERE {condition}")))  # noqa: S608

    async def count(self, condition: str) -> int:
        """How many jobs satisfy a condition in SQL."""
        async with self.runtime.database.reading() as session:
            counted = await session.scalar(text(f"SELECT count(*) FROM jobs WHERE {condition}"))  # noqa: S608
            return int(counted or 0)

    async def write(self, statement: str, **values: Any) -> None:
        """Change the world behind the jobs' backs."""
        async with self.runtime.database.transaction(SYSTEM) as transaction:
            await transaction.session.execute(text(statement), values)

    async def make_due(self, job_id: UUID) -> None:
        """Let the job's wait, or its lease, be over."""
        await self.write("UPDATE jobs SET next_attempt_at = now() WHERE id = :job", job=job_id)

    async def seconds_until_due(self, job_id: UUID) -> float:
        """How long the job was told to wait."""
        async with self.runtime.database.reading() as session:
            seconds = await session.scalar(
                text(
                    "SELECT extract(epoch FROM next_attempt_at - updated_at)"
                    " FROM jobs WHERE id = :job"
                ),
                {"job": job_id},
            )
        return float(seconds)

    async def eventually(self, condition: Callable[[], Awaitable[bool]]) -> None:
        """Wait until something holds; fail when it takes unreasonably long."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await condition():  # noqa: ASYNC110 - it is true in the database, not here
                await asyncio.sleep(0.05)

    async def eventually_ends(self, job_id: UUID) -> Job:
        """Wait until a job is done or dead."""

        async def ended() -> bool:
            return (await self.job(job_id)).state in ENDED

        await self.eventually(ended)
        return await self.job(job_id)
