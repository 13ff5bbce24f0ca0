"""Notes for the audit log on what is in no stream: what people do with their sessions and tokens, that somebody
took a copy of a workspace, that they started an import, which a job carries out, and that they had deliveries of
GitHub worked out again.

What happens in a workspace's stream gets its entry with the event, see `platform.events.log`.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.kit.ids import new_id
from taskly.platform.context import NOWHERE, ActorKind, Origin, origin, request_id
from taskly.platform.events.models import AuditEntry


def note(
    session: AsyncSession,
    kind: str,
    *,
    user_id: UUID,
    subject_id: UUID,
    at: datetime,
    workspace_id: UUID | None = None,
) -> None:
    """Note what somebody did that is in no stream, from where they did it: with one of their sessions or
    tokens, with a workspace or a file.
    """
    came = origin.get()
    entry = AuditEntry(
        id=new_id(),
        workspace_id=workspace_id,
        type=kind,
        actor_kind=ActorKind.USER,
        actor_id=user_id,
        subject_id=subject_id,
        address=came.address,
        user_agent=came.user_agent,
        request_id=request_id.get(),
        created_at=at,
    )
    session.add(entry)


@asynccontextmanager
async def as_noted(
    reading: Callable[[], AbstractAsyncContextManager[AsyncSession]],
    user_id: UUID,
    subject_id: UUID,
) -> AsyncIterator[None]:
    """Do what somebody started, as coming from where they did: a job knows that by the last note about it, which
    says nothing any more if they have gone since.
    """
    query = (
        select(AuditEntry.address, AuditEntry.user_agent)
        .where(AuditEntry.actor_id == user_id, AuditEntry.subject_id == subject_id)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    async with reading() as session:
        noted = (await session.execute(query)).one_or_none()
    token = origin.set(NOWHERE if noted is None else Origin.known(*noted))
    try:
        yield
    finally:
        origin.reset(token)
