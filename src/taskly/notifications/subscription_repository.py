"""Every query about who gets the reports of a board by mail."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, exists, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import Board
from taskly.notifications.models import ReportSubscription
from taskly.users.models import User
from taskly.workspaces.models import Workspace

_SUBSCRIBE = text(
    """
    INSERT INTO report_subscriptions (user_id, board_id, workspace_id, told_monday, created_at)
    SELECT member.user_id, board.id, board.workspace_id, :told_monday, :at
    FROM boards AS board JOIN workspace_members AS member ON member.workspace_id = board.workspace_id
    WHERE board.id = :board_id AND member.user_id = :user_id
    FOR KEY SHARE
    ON CONFLICT DO NOTHING
    """
)
_TAKE_UP = text(
    """
    UPDATE report_subscriptions AS subscription SET told_monday = :monday
    FROM (
        SELECT user_id, board_id FROM report_subscriptions
        WHERE workspace_id = (SELECT workspace_id FROM boards WHERE id = :board_id)
            AND board_id = :board_id AND told_monday < :monday
        ORDER BY user_id
        LIMIT :limit
        FOR UPDATE
    ) AS due
    WHERE subscription.user_id = due.user_id AND subscription.board_id = due.board_id
    RETURNING subscription.user_id
    """
)


async def standing_of(session: AsyncSession, user_id: UUID, board_id: UUID) -> tuple[bool, bool]:
    """Whether somebody gets the reports of a board by mail, and whether they have an address to get them at."""
    wanted = exists().where(
        ReportSubscription.user_id == User.id, ReportSubscription.board_id == board_id
    )
    query = select(wanted, User.email.is_not(None)).where(User.id == user_id)
    is_subscribed, has_address = (await session.execute(query)).one()
    return is_subscribed, has_address


async def subscribe(
    session: AsyncSession, user_id: UUID, board_id: UUID, *, told_monday: date, at: datetime
) -> None:
    """Mail somebody, if they are in its workspace, the reports of a board: of weeks, those after one."""
    values = {"user_id": user_id, "board_id": board_id, "told_monday": told_monday, "at": at}
    await session.execute(_SUBSCRIBE, values)


async def unsubscribe(session: AsyncSession, user_id: UUID, board_id: UUID) -> None:
    """Mail somebody no more reports of a board."""
    await session.execute(
        delete(ReportSubscription).where(
            ReportSubscription.user_id == user_id, ReportSubscription.board_id == board_id
        )
    )


async def time_zones(session: AsyncSession) -> list[str]:
    """The time zones of the workspaces in which somebody gets reports."""
    query = (
        select(Workspace.time_zone)
        .join(ReportSubscription, ReportSubscription.workspace_id == Workspace.id)
        .distinct()
        .order_by(Workspace.time_zone)
    )
    return list(await session.scalars(query))


async def boards_to_tell(
    session: AsyncSession, time_zone: str, monday: date, *, after: UUID | None, limit: int
) -> Sequence[tuple[UUID, UUID]]:
    """Boards of a time zone with somebody who was not told of a week yet, by their ids, each with its workspace's."""
    query = (
        select(ReportSubscription.board_id, ReportSubscription.workspace_id)
        .join(Workspace, Workspace.id == ReportSubscription.workspace_id)
        .where(Workspace.time_zone == time_zone, ReportSubscription.told_monday < monday)
        .distinct()
        .order_by(ReportSubscription.board_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(ReportSubscription.board_id > after)
    return [(board_id, workspace_id) for board_id, workspace_id in await session.execute(query)]


async def take_up(
    session: AsyncSession, board_id: UUID, monday: date, *, limit: int
) -> Sequence[UUID]:
    """Some of those who are to be told of a week of a board; nobody is named for the same week again."""
    values = {"board_id": board_id, "monday": monday, "limit": limit}
    return list(await session.scalars(_TAKE_UP, values))


async def subscribers(
    session: AsyncSession, board_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[UUID]:
    """Some of those who get the reports of a board, by their ids."""
    query = (
        select(ReportSubscription.user_id)
        .join(Board, Board.workspace_id == ReportSubscription.workspace_id)
        .where(Board.id == board_id, ReportSubscription.board_id == board_id)
        .order_by(ReportSubscription.user_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(ReportSubscription.user_id > after)
    return list(await session.scalars(query))


async def address_of(session: AsyncSession, user_id: UUID, board_id: UUID) -> str | None:
    """Where somebody reads the reports of a board; None if they do not want to any more, or can't."""
    query = (
        select(User.email)
        .join(ReportSubscription, ReportSubscription.user_id == User.id)
        .where(
            User.id == user_id, User.deleted_at.is_(None), ReportSubscription.board_id == board_id
        )
    )
    return await session.scalar(query)
