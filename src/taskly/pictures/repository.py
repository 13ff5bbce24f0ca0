"""Every query about links to pictures."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import Board, BoardAccess
from taskly.pictures.models import PictureLink
from taskly.workspaces.models import WorkspaceMember


async def board_shown_by(session: AsyncSession, token_hash: bytes) -> BoardAccess | None:
    """The board of a link, as viewers see it; None if it is archived, or its workspace has ended and nobody is in it."""
    somebody = exists().where(WorkspaceMember.workspace_id == Board.workspace_id)
    board = await session.scalar(
        select(Board)
        .join(PictureLink, PictureLink.board_id == Board.id)
        .where(PictureLink.token_hash == token_hash, Board.archived_at.is_(None), somebody)
    )
    return None if board is None else BoardAccess.of_viewer(board)


async def links_of(
    session: AsyncSession, board: BoardAccess, *, after: UUID | None, limit: int
) -> Sequence[PictureLink]:
    """The links of a board, oldest first."""
    query = _of(board).order_by(PictureLink.id).limit(limit)
    if after is not None:
        query = query.where(PictureLink.id > after)
    return (await session.scalars(query)).all()


async def link_of(session: AsyncSession, board: BoardAccess, link_id: UUID) -> PictureLink | None:
    """One of them."""
    return await session.scalar(_of(board).where(PictureLink.id == link_id))


async def count_links(session: AsyncSession, board: BoardAccess) -> int:
    """How many links a board has. Exact while the board is locked."""
    return await session.scalar(select(func.count()).select_from(_of(board).subquery())) or 0


def _of(board: BoardAccess) -> Select[PictureLink]:
    return select(PictureLink).where(
        PictureLink.workspace_id == board.workspace_id, PictureLink.board_id == board.id
    )
