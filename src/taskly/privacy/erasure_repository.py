"""Every query with which somebody is forgotten."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.platform.events.models import AuditEntry
from taskly.platform.tables import Base
from taskly.privacy.holdings import HOLDINGS, Fate
from taskly.search.models import SavedView
from taskly.users.models import User
from taskly.workspaces.models import Role, Workspace, WorkspaceInvitation, WorkspaceMember


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace that somebody is in, and who else is."""

    workspace_id: UUID
    name: str
    role: Role
    others: int
    other_admins: int

    @property
    def is_alone(self) -> bool:
        """Whether nobody else is there."""
        return self.others == 0

    @property
    def needs_an_admin(self) -> bool:
        """Whether the others would be without an admin."""
        return self.role is Role.ADMIN and self.others > 0 and self.other_admins == 0


async def places_of(session: AsyncSession, user_id: UUID) -> list[Place]:
    """The workspaces that somebody is in, in the order in which they are locked."""
    others = (
        select(
            WorkspaceMember.workspace_id,
            func.count().label("number"),
            func.count().filter(WorkspaceMember.role == Role.ADMIN).label("admins"),
        )
        .join(User, User.id == WorkspaceMember.user_id)
        .where(
            WorkspaceMember.user_id != user_id,
            User.deleted_at.is_(None),
            WorkspaceMember.workspace_id.in_(_inside(user_id)),
        )
        .group_by(WorkspaceMember.workspace_id)
        .subquery()
    )
    query = (
        select(
            Workspace.id,
            Workspace.name,
            WorkspaceMember.role,
            func.coalesce(others.c.number, 0),
            func.coalesce(others.c.admins, 0),
        )
        .join(WorkspaceMember, WorkspaceMember.workspace_id == Workspace.id)
        .outerjoin(others, others.c.workspace_id == Workspace.id)
        .where(WorkspaceMember.user_id == user_id)
        .order_by(Workspace.id)
    )
    return [Place(*row) for row in await session.execute(query)]


async def is_member_anywhere(session: AsyncSession, user_id: UUID) -> bool:
    """Whether somebody is in a workspace."""
    return await session.scalar(_inside(user_id).limit(1)) is not None


async def invitations_to(
    session: AsyncSession, user_id: UUID, addresses: Collection[str]
) -> Sequence[WorkspaceInvitation]:
    """All that were sent to these addresses, in lower case, or that the person accepted."""
    query = select(WorkspaceInvitation).where(_concerns(user_id, addresses))
    return (await session.scalars(query.order_by(WorkspaceInvitation.id))).all()


async def forget_rows(session: AsyncSession, user_id: UUID, addresses: Collection[str]) -> None:
    """Delete what is nobody's work: files that were sent, all that the list of holdings says, private views,
    invitations, and what the audit log says of the person's own sessions and tokens.
    """
    parts, sent = (Base.metadata.tables[name] for name in ("upload_parts", "workspace_imports"))
    theirs = select(sent.c.id).where(sent.c.created_by == user_id)
    await session.execute(delete(parts).where(parts.c.upload_id.in_(theirs)))
    for holding in HOLDINGS:
        if holding.fate is Fate.FORGOTTEN:
            table = Base.metadata.tables[holding.table]
            await session.execute(delete(table).where(table.c[holding.by] == user_id))
    doomed: tuple[tuple[type[Base], ColumnElement[bool]], ...] = (
        (SavedView, (SavedView.owner_id == user_id) & SavedView.shared.is_(False)),
        (WorkspaceInvitation, _concerns(user_id, addresses)),
        (AuditEntry, (AuditEntry.actor_id == user_id) & AuditEntry.workspace_id.is_(None)),
    )
    for model, condition in doomed:
        await session.execute(
            delete(model).where(condition).execution_options(synchronize_session=False)
        )


async def forget_whereabouts(session: AsyncSession, user_id: UUID) -> None:
    """Let the audit log say who did what, and no longer from where."""
    await session.execute(
        update(AuditEntry)
        .where(AuditEntry.actor_id == user_id)
        .values(address=None, user_agent=None)
    )


async def become_nobody(session: AsyncSession, user_id: UUID, **values: Any) -> None:
    """Overwrite what the person's row says; whoever is about to refer to it is waited for."""
    await session.execute(update(User).where(User.id == user_id).values(**values))


def _inside(user_id: UUID) -> Any:
    return select(WorkspaceMember.workspace_id).where(WorkspaceMember.user_id == user_id)


def _concerns(user_id: UUID, addresses: Collection[str]) -> ColumnElement[bool]:
    return or_(
        WorkspaceInvitation.accepted_by == user_id,
        func.lower(WorkspaceInvitation.email).in_(addresses),
    )
