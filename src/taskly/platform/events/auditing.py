"""Notes for the audit log on what is in no stream: what people do with their sessions and tokens, and that
somebody took a copy of a workspace.

What happens in a workspace's stream gets its entry with the event, see `platform.events.log`.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.kit.ids import new_id
from taskly.platform.context import ActorKind, origin, request_id
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
    tokens, or with a workspace.
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
