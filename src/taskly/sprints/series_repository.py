"""Every query about series whose sprints are made by themselves."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import Board, BoardAccess
from taskly.sprints.models import Sprint, SprintSeries
from taskly.workspaces.models import Workspace

_WANTED = (SprintSeries.ahead > 0, Board.archived_at.is_(None))


async def time_zones(session: AsyncSession) -> list[str]:
    """The time zones of the workspaces with such series."""
    query = (
        select(Workspace.time_zone)
        .join(Board, Board.workspace_id == Workspace.id)
        .join(SprintSeries, SprintSeries.board_id == Board.id)
        .where(*_WANTED)
        .distinct()
        .order_by(Workspace.time_zone)
    )
    return list(await session.scalars(query))


async def boards_that_lack(
    session: AsyncSession, time_zone: str, today: date, *, after: UUID | None, limit: int
) -> Sequence[tuple[UUID, UUID]]:
    """Boards of a time zone with fewer planned sprints than their series says, by their ids, with their workspaces'."""
    planned = (
        select(func.count())
        .where(
            Sprint.workspace_id == SprintSeries.workspace_id,
            Sprint.board_id == SprintSeries.board_id,
            Sprint.deleted_at.is_(None),
            Sprint.series_number.is_not(None),
            Sprint.started_at.is_(None),
            Sprint.starts_on > today,
        )
        .scalar_subquery()
    )
    query = (
        select(Board.id, Board.workspace_id)
        .join(SprintSeries, SprintSeries.board_id == Board.id)
        .join(Workspace, Workspace.id == Board.workspace_id)
        .where(*_WANTED, Workspace.time_zone == time_zone, planned < SprintSeries.ahead)
        .order_by(Board.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(Board.id > after)
    return [(board_id, workspace_id) for board_id, workspace_id in await session.execute(query)]


async def series_to_keep(
    session: AsyncSession, board_id: UUID
) -> tuple[BoardAccess, SprintSeries] | None:
    """A board with such a series; None if it has none any more, or is archived."""
    query = (
        select(Board, SprintSeries)
        .join(SprintSeries, SprintSeries.board_id == Board.id)
        .where(Board.id == board_id, *_WANTED)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (BoardAccess.of_viewer(row[0]), row[1])
