"""Every query about the audit log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.platform.events.models import AuditEntry, Event
from taskly.users.models import User
from taskly.workspaces.models import WorkspaceInvitation


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """What of the audit log is wanted."""

    actor_id: UUID | None = None
    type: str | None = None
    """A type such as `member.added`, or what types begin with: `member`."""
    after: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An entry, what changed, and who did it."""

    entry: AuditEntry
    change: dict[str, Any] | None
    login: str | None
    name: str | None


async def entries_of(
    session: AsyncSession,
    workspace_id: UUID,
    wanted: AuditFilter,
    *,
    older_than: UUID | None,
    limit: int,
) -> list[AuditRow]:
    """Entries of a workspace, newest first."""
    query = _entries(older_than, limit).where(AuditEntry.workspace_id == workspace_id)
    if wanted.actor_id is not None:
        query = query.where(AuditEntry.actor_id == wanted.actor_id)
    if wanted.type is not None:
        begins = AuditEntry.type.startswith(f"{wanted.type}.", autoescape=True)
        query = query.where((AuditEntry.type == wanted.type) | begins)
    if wanted.after is not None:
        query = query.where(AuditEntry.created_at >= wanted.after)
    if wanted.before is not None:
        query = query.where(AuditEntry.created_at < wanted.before)
    return [AuditRow(*row) for row in await session.execute(query)]


async def entries_about(
    session: AsyncSession, user_id: UUID, *, older_than: UUID | None, limit: int
) -> list[AuditRow]:
    """What somebody did with their own sessions and tokens, newest first."""
    query = _entries(older_than, limit).where(
        AuditEntry.actor_id == user_id, AuditEntry.workspace_id.is_(None)
    )
    return [AuditRow(*row) for row in await session.execute(query)]


async def forget_entries(session: AsyncSession, before: datetime, *, limit: int) -> int:
    """Delete entries from before a time, the oldest first; how many went."""
    old = select(AuditEntry.id).where(AuditEntry.created_at < before)
    chosen = old.order_by(AuditEntry.created_at).limit(limit)
    return await _delete(session, delete(AuditEntry).where(AuditEntry.id.in_(chosen)))


async def forget_invitations(session: AsyncSession, before: datetime, *, limit: int) -> int:
    """Delete invitations, with their addresses, that expired before a time; how many went."""
    old = select(WorkspaceInvitation.id).where(WorkspaceInvitation.expires_at < before)
    chosen = old.order_by(WorkspaceInvitation.expires_at).limit(limit)
    return await _delete(
        session, delete(WorkspaceInvitation).where(WorkspaceInvitation.id.in_(chosen))
    )


def _entries(older_than: UUID | None, limit: int) -> Select[*tuple[Any, ...]]:
    query = (
        select(AuditEntry, Event.data, User.login, User.name)
        .outerjoin(Event, Event.id == AuditEntry.id)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    return query if older_than is None else query.where(AuditEntry.id < older_than)


async def _delete(session: AsyncSession, statement: Any) -> int:
    result = await session.execute(statement.execution_options(synchronize_session=False))
    return result.rowcount if isinstance(result, CursorResult) else 0
