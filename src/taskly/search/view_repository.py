"""Every query about saved views."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import Board
from taskly.search.models import SavedView, ViewAccess
from taskly.workspaces.models import Workspace, WorkspaceAccess, WorkspaceMember


async def view_access(session: AsyncSession, view_id: UUID, user_id: UUID) -> ViewAccess | None:
    """The view with its workspace and the person's role; None for whoever may not see it."""
    row = (
        await session.execute(
            select(SavedView, Workspace, WorkspaceMember.role)
            .join(Workspace, Workspace.id == SavedView.workspace_id)
            .join(WorkspaceMember, WorkspaceMember.workspace_id == Workspace.id)
            .where(
                SavedView.id == view_id,
                WorkspaceMember.user_id == user_id,
                or_(SavedView.shared, SavedView.owner_id == user_id),
            )
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    return None if row is None else ViewAccess(row[0], WorkspaceAccess(row[1], row[2]))


async def workspace_of(session: AsyncSession, view_id: UUID) -> UUID | None:
    """The workspace of a view, to be locked before the view is read."""
    return await session.scalar(select(SavedView.workspace_id).where(SavedView.id == view_id))


async def views_of(
    session: AsyncSession,
    workspace_id: UUID,
    user_id: UUID,
    *,
    board_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> Sequence[SavedView]:
    """The views of a workspace, or of one of its boards, that the person may see, oldest first."""
    query = (
        select(SavedView)
        .where(
            SavedView.workspace_id == workspace_id,
            or_(SavedView.shared, SavedView.owner_id == user_id),
        )
        .order_by(SavedView.id)
        .limit(limit)
    )
    if board_id is not None:
        query = query.where(SavedView.board_id == board_id)
    if after is not None:
        query = query.where(SavedView.id > after)
    return (await session.scalars(query)).all()


async def count_views(session: AsyncSession, workspace_id: UUID, user_id: UUID) -> int:
    """How many views of a workspace are the person's own."""
    count = await session.scalar(
        select(func.count())
        .select_from(SavedView)
        .where(SavedView.owner_id == user_id, SavedView.workspace_id == workspace_id)
    )
    return count or 0


async def has_board(session: AsyncSession, workspace_id: UUID, board_id: UUID) -> bool:
    """Whether the board is one of the workspace."""
    found = await session.scalar(
        select(Board.id).where(Board.id == board_id, Board.workspace_id == workspace_id)
    )
    return found is not None
