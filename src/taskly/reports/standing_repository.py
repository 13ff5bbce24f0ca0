"""The open cards of a board, with what may keep them from being done."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from taskly.boards.models import BoardColumn
from taskly.boards.rules import Category
from taskly.cards.models import Card, CardAssignee, CardDependency
from taskly.platform.db.arrays import is_among
from taskly.reports.rules.risks import OpenCard

_blocker = aliased(Card)
_ASSIGNEES = (
    select(CardAssignee.user_id)
    .where(CardAssignee.card_id == Card.id)
    .order_by(CardAssignee.user_id)
    .correlate(Card)
    .scalar_subquery()
)
_BLOCKERS = (
    select(_blocker.number)
    .join(CardDependency, CardDependency.blocker_id == _blocker.id)
    .where(
        CardDependency.board_id == Card.board_id,
        CardDependency.blocked_id == Card.id,
        _blocker.deleted_at.is_(None),
        _blocker.archived_at.is_(None),
        _blocker.completed_at.is_(None),
    )
    .order_by(_blocker.number)
    .correlate(Card)
    .scalar_subquery()
)


async def open_cards(
    session: AsyncSession,
    board_id: UUID,
    sprint_ids: Collection[UUID],
    overdue_on: date | None = None,
) -> list[OpenCard]:
    """The cards of some sprints that are not done, by number.

    With a day also those of the board that are in progress, or were due before it.
    """
    beside: ColumnElement[bool] = false()
    if overdue_on is not None:
        beside = or_(BoardColumn.category == Category.IN_PROGRESS, Card.due_date < overdue_on)
    query = (
        select(
            Card.id,
            Card.number,
            Card.title,
            Card.story_points,
            Card.due_date,
            Card.sprint_id,
            func.array(_ASSIGNEES),
            func.array(_BLOCKERS),
        )
        .join(BoardColumn, BoardColumn.id == Card.column_id)
        .where(
            Card.board_id == board_id,
            Card.deleted_at.is_(None),
            Card.archived_at.is_(None),
            Card.completed_at.is_(None),
            or_(and_(Card.sprint_id.is_not(None), is_among(Card.sprint_id, sprint_ids)), beside),
        )
        .order_by(Card.number)
    )
    return [OpenCard(*row) for row in await session.execute(query)]
