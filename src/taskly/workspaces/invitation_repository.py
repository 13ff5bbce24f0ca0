"""Every query about invitations."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Text, cast, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.users.models import User
from taskly.workspaces.models import Workspace, WorkspaceInvitation, WorkspaceMember


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation, and who invites."""

    invitation: WorkspaceInvitation
    inviter: str | None
    """The inviter's name; None if they are gone."""


@dataclass(frozen=True, slots=True)
class OfferedInvitation:
    """An invitation, as whoever holds its link may see it."""

    invitation: WorkspaceInvitation
    inviter: str | None
    workspace_name: str


def _is_open() -> ColumnElement[bool]:
    return WorkspaceInvitation.accepted_at.is_(None) & WorkspaceInvitation.revoked_at.is_(None)


async def invitations_of(
    session: AsyncSession, workspace_id: UUID, *, after: UUID | None, limit: int
) -> list[InvitationRow]:
    """The invitations of a workspace that were neither accepted nor revoked, oldest first."""
    query = _with_inviter(workspace_id).where(_is_open()).limit(limit)
    if after is not None:
        query = query.where(WorkspaceInvitation.id > after)
    return [InvitationRow(*row) for row in await session.execute(query)]


async def invitation_of(
    session: AsyncSession, workspace_id: UUID, invitation_id: UUID
) -> InvitationRow | None:
    """One of them."""
    query = _with_inviter(workspace_id).where(_is_open(), WorkspaceInvitation.id == invitation_id)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else InvitationRow(*row)


async def open_invitations_for(
    session: AsyncSession, workspace_id: UUID, addresses: Collection[str]
) -> list[InvitationRow]:
    """Those of them for these addresses, which are in lower case; expired ones are among them."""
    query = _with_inviter(workspace_id).where(
        func.lower(WorkspaceInvitation.email).in_(addresses), _is_open()
    )
    return [InvitationRow(*row) for row in await session.execute(query)]


async def open_invitations_by(
    session: AsyncSession, workspace_id: UUID, user_id: UUID
) -> Sequence[WorkspaceInvitation]:
    """Those of them for which somebody answers."""
    query = select(WorkspaceInvitation).where(
        WorkspaceInvitation.workspace_id == workspace_id,
        WorkspaceInvitation.invited_by == user_id,
        _is_open(),
    )
    return (await session.scalars(query.order_by(WorkspaceInvitation.id))).all()


async def mark_revoked(session: AsyncSession, ids: Sequence[UUID], at: datetime) -> None:
    """Take some back, with one statement."""
    found = WorkspaceInvitation.id.in_(ids)
    await session.execute(update(WorkspaceInvitation).where(found).values(revoked_at=at))


async def count_pending(session: AsyncSession, workspace_id: UUID, now: datetime) -> int:
    """How many can still be accepted. Exact while the workspace is locked."""
    query = (
        select(func.count())
        .select_from(WorkspaceInvitation)
        .where(
            WorkspaceInvitation.workspace_id == workspace_id,
            WorkspaceInvitation.expires_at > now,
            _is_open(),
        )
    )
    return await session.scalar(query) or 0


async def members_with_address(
    session: AsyncSession, workspace_id: UUID, addresses: Collection[str]
) -> set[str]:
    """Those of these addresses, in lower case, that GitHub has verified for people of the workspace."""
    query = (
        select(func.lower(User.email), User.verified_emails)
        .join(WorkspaceMember, WorkspaceMember.user_id == User.id)
        .where(
            WorkspaceMember.workspace_id == workspace_id,
            or_(
                func.lower(User.email).in_(addresses),
                User.verified_emails.bool_op("&&")(cast(list(addresses), ARRAY(Text))),
            ),
        )
    )
    found: set[str] = set()
    for email, verified in await session.execute(query):
        found |= {email, *verified}
    return found & set(addresses)


async def offered(session: AsyncSession, token_hash: bytes) -> OfferedInvitation | None:
    """The invitation whose link has this token, as it is now."""
    return await _offer(session, WorkspaceInvitation.token_hash == token_hash)


async def offer(session: AsyncSession, invitation_id: UUID) -> OfferedInvitation | None:
    """The invitation with this id, whatever has become of it."""
    return await _offer(session, WorkspaceInvitation.id == invitation_id)


async def _offer(session: AsyncSession, is_wanted: ColumnElement[bool]) -> OfferedInvitation | None:
    query = (
        select(WorkspaceInvitation, User.name, Workspace.name)
        .join(Workspace, Workspace.id == WorkspaceInvitation.workspace_id)
        .outerjoin(User, User.id == WorkspaceInvitation.invited_by)
        .where(is_wanted)
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else OfferedInvitation(*row)


def _with_inviter(workspace_id: UUID) -> Select[WorkspaceInvitation, str]:
    return (
        select(WorkspaceInvitation, User.name)
        .outerjoin(User, User.id == WorkspaceInvitation.invited_by)
        .where(WorkspaceInvitation.workspace_id == workspace_id)
        .order_by(WorkspaceInvitation.id)
    )
