"""Every query about windows, and about what is mailed at their end."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, delete, exists, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import Board
from taskly.cards.models import Card, CardAssignee, CardComment
from taskly.notifications.models import Notification, NotificationSetting, NotificationWindow
from taskly.notifications.repository import Shown, shown_to, visible_to
from taskly.notifications.rules import NotificationKind
from taskly.users.models import User
from taskly.workspaces.models import Workspace

_OPEN = text(
    """
    WITH held AS MATERIALIZED (
        SELECT user_id FROM notification_windows WHERE user_id = ANY(:user_ids)
        ORDER BY user_id FOR KEY SHARE
    )
    INSERT INTO notification_windows (user_id, opened_at, closes_at)
    SELECT person.id, :opened_at, :closes_at
    FROM unnest(CAST(:user_ids AS uuid[])) AS person (id)
    WHERE person.id NOT IN (SELECT user_id FROM held)
    ORDER BY person.id
    ON CONFLICT DO NOTHING
    RETURNING user_id
    """
)


@dataclass(frozen=True, slots=True)
class Digest:
    """What a mail tells a person."""

    address: str
    name: str
    shown: list[Shown]
    total: int
    """How many there are; of very many not all are shown."""


async def open_windows(
    session: AsyncSession, user_ids: Collection[UUID], opened_at: datetime, closes_at: datetime
) -> list[UUID]:
    """Open windows for those of these people who have none; whose were opened, in the order of their ids.

    No window that is open now is closed before this transaction has ended.
    """
    rows = await session.execute(
        _OPEN, {"user_ids": sorted(user_ids), "opened_at": opened_at, "closes_at": closes_at}
    )
    return sorted(row.user_id for row in rows)


async def closing_time(
    session: AsyncSession, user_id: UUID, opened_at: datetime
) -> datetime | None:
    """When a window closes; None if it is closed."""
    return await session.scalar(
        select(NotificationWindow.closes_at).where(
            NotificationWindow.user_id == user_id, NotificationWindow.opened_at == opened_at
        )
    )


async def delete_window(session: AsyncSession, user_id: UUID, opened_at: datetime) -> None:
    """Close a window, once nobody is adding to it."""
    await session.execute(
        delete(NotificationWindow).where(
            NotificationWindow.user_id == user_id, NotificationWindow.opened_at == opened_at
        )
    )


async def give_to_mail(session: AsyncSession, user_id: UUID, job_id: UUID) -> None:
    """Let a job mail what waits for it and was not read."""
    await session.execute(
        update(Notification)
        .where(
            Notification.user_id == user_id,
            Notification.read_at.is_(None),
            Notification.by_mail,
            Notification.mailed_by.is_(None),
        )
        .values(mailed_by=job_id)
    )


async def digest(
    session: AsyncSession, user_id: UUID, job_id: UUID, *, now: datetime, limit: int
) -> Digest | None:
    """What a job has to tell a person by now, board by board and card by card; None if that is nothing.

    What was taken back within the window is left out: a mail says what is, where the list says what was.
    """
    person = await session.get(User, user_id)
    if person is None or person.email is None or person.deleted_at is not None:
        return None
    waiting = (Notification.mailed_by == job_id) & Notification.read_at.is_(None) & _is_still_so()
    query = (
        shown_to(user_id, now)
        .where(waiting)
        .order_by(Workspace.name, Workspace.id, Board.name, Board.id, Card.number, Notification.id)
        .limit(limit)
    )
    shown = [Shown(*row) for row in await session.execute(query)]
    if not shown:
        return None
    total = len(shown)
    if total == limit:
        all_of_it = visible_to(user_id, now, select(func.count(Notification.id))).where(waiting)
        total = await session.scalar(all_of_it) or 0
    return Digest(person.email, person.name, shown, total)


def _is_still_so() -> ColumnElement[bool]:
    """Whether the person is still on the card and wants mail, the card still due then, the comment not deleted."""
    kind = Notification.kind
    is_assigned = exists().where(
        CardAssignee.card_id == Notification.card_id, CardAssignee.user_id == Notification.user_id
    )
    is_due = Card.completed_at.is_(None) & (
        cast(Card.due_date, Text) == Notification.about["due_date"].astext
    )
    is_unwanted = exists().where(
        NotificationSetting.user_id == Notification.user_id,
        NotificationSetting.kind == kind,
        NotificationSetting.email.is_(False),
    )
    return (
        ~is_unwanted
        & or_(kind != NotificationKind.ASSIGNED, is_assigned)
        & or_(kind != NotificationKind.DUE_SOON, is_due)
        & CardComment.deleted_at.is_(None)
    )
