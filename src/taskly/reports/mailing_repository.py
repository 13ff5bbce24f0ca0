"""Every query about reports that are mailed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import Board, BoardAccess
from taskly.kit.ids import new_id
from taskly.reports.models import Mailing
from taskly.sprints.models import Sprint


async def board_to_tell_of(session: AsyncSession, board_id: UUID) -> BoardAccess | None:
    """A board, as viewers see it; None if it is archived or gone."""
    query = select(Board).where(Board.id == board_id, Board.archived_at.is_(None))
    board = await session.scalar(query)
    return None if board is None else BoardAccess.of_viewer(board)


async def completed_at(
    session: AsyncSession, board_id: UUID, sprint_id: UUID, version: int
) -> datetime | None:
    """When a sprint was completed; None if it is not any more, or by another completion."""
    query = select(Sprint.completed_at).where(
        Sprint.board_id == board_id,
        Sprint.id == sprint_id,
        Sprint.completed_version == version,
        Sprint.deleted_at.is_(None),
    )
    return await session.scalar(query)


async def mailing_about(session: AsyncSession, board_id: UUID, occasion: str) -> UUID | None:
    """The mailing of what is told of a board, if it was worked out."""
    return await session.scalar(_about(board_id, occasion))


async def store_mailing(
    session: AsyncSession, board: BoardAccess, occasion: str, letter: dict[str, Any], at: datetime
) -> UUID:
    """Keep a letter, unless there is one about the same; the mailing that there is then."""
    values = {
        "id": new_id(),
        "workspace_id": board.workspace_id,
        "board_id": board.id,
        "occasion": occasion,
        "letter": letter,
        "created_at": at,
    }
    await session.execute(insert(Mailing).values(values).on_conflict_do_nothing())
    return (await session.scalars(_about(board.id, occasion))).one()


async def mailing(session: AsyncSession, mailing_id: UUID) -> Mailing | None:
    """A mailing, as long as it is kept."""
    return await session.get(Mailing, mailing_id)


async def forget_mailings(session: AsyncSession, before: datetime, *, limit: int) -> int:
    """Delete some of those that were made before a time; how many."""
    old = (
        select(Mailing.id)
        .where(Mailing.created_at < before)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    deleted = await session.scalars(
        delete(Mailing).where(Mailing.id.in_(old)).returning(Mailing.id)
    )
    return len(deleted.all())


def _about(board_id: UUID, occasion: str) -> Select[UUID]:
    return select(Mailing.id).where(Mailing.board_id == board_id, Mailing.occasion == occasion)
