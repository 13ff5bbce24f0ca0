"""Every query about who gets the reports of a board by mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

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
        SELECT own.user_id, own.board_id
        FROM report_subscriptions AS own JOIN workspaces AS workspace ON workspace.id = own.workspace_id
        WHERE workspace.time_zone = :time_zone AND own.told_monday < :monday
        ORDER BY own.user_id, own.board_id
        LIMIT :limit
        FOR UPDATE OF own SKIP LOCKED
    ) AS due
    WHERE subscription.user_id = due.user_id AND subscription.board_id = due.board_id
    RETURNING subscription.user_id, subscription.board_id, subscription.workspace_id
    """
)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who is to be told of a week of a board."""

    user_id: UUID
    board_id: UUID
    workspace_id: UUID


async def is_subscribed(session: AsyncSession, user_id: UUID, board_id: UUID) -> bool:
    """Whether somebody gets a mail about each week of a board."""
    return await session.get(ReportSubscription, (user_id, board_id)) is not None


async def subscribe(
    session: AsyncSession, user_id: UUID, board_id: UUID, *, told_monday: date, at: datetime
) -> None:
    """Have somebody, if they are in its workspace, told of the weeks of a board after one."""
    values = {"user_id": user_id, "board_id": board_id, "told_monday": told_monday, "at": at}
    await session.execute(_SUBSCRIBE, values)


async def unsubscribe(session: AsyncSession, user_id: UUID, board_id: UUID) -> None:
    """Have somebody told of no more weeks of a board."""
    await session.execute(
        delete(ReportSubscription).where(
            ReportSubscription.user_id == user_id, ReportSubscription.board_id == board_id
        )
    )


async def time_zones(session: AsyncSession) -> list[str]:
    """The time zones of the workspaces in which somebody is told of weeks."""
    query = (
        select(Workspace.time_zone)
        .join(ReportSubscription, ReportSubscription.workspace_id == Workspace.id)
        .distinct()
        .order_by(Workspace.time_zone)
    )
    return list(await session.scalars(query))


async def take_up(
    session: AsyncSession, time_zone: str, monday: date, *, limit: int
) -> Sequence[Subscriber]:
    """Some of those who are to be told of a week by now; nobody is named for the same week again."""
    values = {"time_zone": time_zone, "monday": monday, "limit": limit}
    return [Subscriber(*row) for row in await session.execute(_TAKE_UP, values)]


async def address_of(session: AsyncSession, user_id: UUID, board_id: UUID) -> str | None:
    """Where somebody reads of the weeks of a board; None if they do not want to any more, or can't."""
    query = (
        select(User.email)
        .join(ReportSubscription, ReportSubscription.user_id == User.id)
        .where(
            User.id == user_id, User.deleted_at.is_(None), ReportSubscription.board_id == board_id
        )
    )
    return await session.scalar(query)
