"""Every query about workspaces and their people."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.users.models import User
from taskly.workspaces.models import (
    Role,
    Workspace,
    WorkspaceAccess,
    WorkspaceInvitation,
    WorkspaceMember,
)


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A person in a workspace, with the profile that others see."""

    user_id: UUID
    login: str
    name: str
    avatar_url: str | None
    role: Role
    capacity: int


async def membership(
    session: AsyncSession, workspace_id: UUID, user_id: UUID, *, lock: bool = False
) -> WorkspaceAccess | None:
    """The workspace and the person's role in it; None for outsiders.

    `lock` holds the stream's head, and keeps the person there in this role.
    """
    query = (
        select(Workspace, WorkspaceMember.role)
        .join(WorkspaceMember, WorkspaceMember.workspace_id == Workspace.id)
        .where(Workspace.id == workspace_id, WorkspaceMember.user_id == user_id)
    )
    if lock:
        query = (
            query.with_for_update(of=Workspace, key_share=True)
            .suffix_with(text("FOR SHARE OF workspace_members"))
            .execution_options(populate_existing=True)
        )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else WorkspaceAccess(row[0], row[1])


async def workspaces_of(
    session: AsyncSession, user_id: UUID, *, after: UUID | None, limit: int
) -> list[WorkspaceAccess]:
    """The workspaces that the person is in, oldest first."""
    query = (
        select(Workspace, WorkspaceMember.role)
        .join(WorkspaceMember, WorkspaceMember.workspace_id == Workspace.id)
        .where(WorkspaceMember.user_id == user_id)
        .order_by(Workspace.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(Workspace.id > after)
    return [WorkspaceAccess(row[0], row[1]) for row in await session.execute(query)]


async def members(
    session: AsyncSession, workspace_id: UUID, *, after: UUID | None, limit: int
) -> list[MemberRow]:
    """The people of a workspace in the order of their ids."""
    query = _members(workspace_id).order_by(User.id).limit(limit)
    if after is not None:
        query = query.where(User.id > after)
    return [MemberRow(*row) for row in await session.execute(query)]


async def member(session: AsyncSession, workspace_id: UUID, user_id: UUID) -> MemberRow | None:
    """One person of a workspace."""
    row = (await session.execute(_members(workspace_id).where(User.id == user_id))).one_or_none()
    return None if row is None else MemberRow(*row)


async def member_row(
    session: AsyncSession, workspace_id: UUID, user_id: UUID
) -> WorkspaceMember | None:
    """The membership itself, to be changed."""
    return await session.get(WorkspaceMember, (workspace_id, user_id))


async def count_admins(session: AsyncSession, workspace_id: UUID) -> int:
    """How many admins the workspace has who can sign in. Exact while the workspace is locked."""
    count = await session.scalar(
        select(func.count())
        .select_from(WorkspaceMember)
        .join(User, User.id == WorkspaceMember.user_id)
        .where(
            WorkspaceMember.workspace_id == workspace_id,
            WorkspaceMember.role == Role.ADMIN,
            User.deleted_at.is_(None),
        )
    )
    return count or 0


async def has_ended(session: AsyncSession, workspace_id: UUID) -> bool:
    """Whether a workspace was deleted: there always is an admin before. Exact while a board of it is locked."""
    anybody = select(WorkspaceMember.user_id).where(WorkspaceMember.workspace_id == workspace_id)
    return await session.scalar(anybody.limit(1)) is None


async def forget_everybody(session: AsyncSession, workspace_id: UUID) -> None:
    """Take all people out of a workspace that is locked with all its boards, and forget who was invited."""
    for model in (WorkspaceMember, WorkspaceInvitation):
        await session.execute(
            delete(model)
            .where(model.workspace_id == workspace_id)
            .execution_options(synchronize_session=False)
        )


async def outsiders_among(
    session: AsyncSession, workspace_id: UUID, user_ids: Sequence[UUID]
) -> set[UUID]:
    """Those of `user_ids` who are not in the workspace. The others stay until the transaction ends."""
    found = await session.scalars(
        select(WorkspaceMember.user_id)
        .where(WorkspaceMember.workspace_id == workspace_id, WorkspaceMember.user_id.in_(user_ids))
        .order_by(WorkspaceMember.user_id)
        .with_for_update(read=True, key_share=True)
    )
    return set(user_ids) - set(found)


async def members_by_login(
    session: AsyncSession, workspace_id: UUID, logins: Collection[str]
) -> list[UUID]:
    """The people of the workspace who have one of these logins, given in small letters; in the order of their ids."""
    query = (
        select(WorkspaceMember.user_id)
        .join(User, User.id == WorkspaceMember.user_id)
        .where(
            WorkspaceMember.workspace_id == workspace_id, func.lower(User.login).in_(list(logins))
        )
        .order_by(WorkspaceMember.user_id)
    )
    return list(await session.scalars(query))


async def user_by_login(session: AsyncSession, login: str) -> User | None:
    """The person with this login, in any case of letters, who stays until the transaction ends."""
    return await session.scalar(
        select(User)
        .where(func.lower(User.login) == login.lower(), User.deleted_at.is_(None))
        .with_for_update(read=True, key_share=True)
    )


def _members(workspace_id: UUID) -> Select[*tuple[Any, ...]]:
    return (
        select(
            User.id,
            User.login,
            User.name,
            User.avatar_url,
            WorkspaceMember.role,
            WorkspaceMember.capacity,
        )
        .join(WorkspaceMember, WorkspaceMember.user_id == User.id)
        .where(WorkspaceMember.workspace_id == workspace_id)
    )
