"""The jobs that mail what people were told, run as workers run them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from taskly.notifications.jobs import SendDigest
from taskly.platform.context import SYSTEM
from taskly.platform.events.models import Job, JobState
from taskly.platform.jobs.execution import execute
from tests.support.actors import Actor
from tests.support.world import World


def with_mail(world: World, **settings: Any) -> World:
    """The same application with an SMTP server."""
    changed = world.runtime.settings.model_copy(update=settings)
    world.runtime = replace(world.runtime, settings=changed)
    world.runtime.database.mails = changed.has_mail
    world.app.state.runtime = world.runtime
    return world


async def address(
    world: World, person: Actor, email: str | None = None, *, verified: Sequence[str] = ()
) -> None:
    """Give somebody a primary address, and further ones, that GitHub has verified."""
    primary = email or f"{person.login}@example.com"
    addresses = [primary.lower(), *verified]
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(
            text("UPDATE users SET email = :email, verified_emails = :verified WHERE id = :id"),
            {"email": primary, "verified": addresses, "id": person.user_id},
        )


async def digests(world: World) -> list[Job]:
    """All promises to mail, oldest first."""
    async with world.runtime.database.reading() as session:
        query = select(Job).where(Job.kind == SendDigest.kind).order_by(Job.created_at, Job.id)
        return list(await session.scalars(query))


async def run(world: World, job_id: UUID) -> Job:
    """Try a job once, as a worker does when it is due; how it stands then."""
    async with world.runtime.database.transaction(SYSTEM) as tx:
        due = "UPDATE jobs SET next_attempt_at = now() WHERE state = 'pending' AND id = :id"
        await tx.session.execute(text(due), {"id": job_id})
    await execute(world.runtime, job_id)
    async with world.runtime.database.reading() as session:
        return await session.get_one(Job, job_id)


async def run_all(world: World) -> list[Job]:
    """Try all that are open once; how they stand then."""
    waiting = [job for job in await digests(world) if job.state is JobState.PENDING]
    return [await run(world, job.id) for job in waiting]
