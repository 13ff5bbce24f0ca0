"""Boards with what goes on there."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import Board
from taskly.cards.models import Card, CardAssignee

_SHOWN = (Card.board_id == Board.id, Card.archived_at.is_(None))
_COUNT = select(func.count()).where(*_SHOWN).correlate(Board).scalar_subquery()
_OPEN = (
    select(func.count())
    .where(*_SHOWN, Card.completed_at.is_(None))
    .correlate(Board)
    .scalar_subquery()
)
_PEOPLE = (
    select(CardAssignee.user_id)
    .join(Card, Card.id == CardAssignee.card_id)
    .where(*_SHOWN)
    .distinct()
    .order_by(CardAssignee.user_id)
    .correlate(Board)
)
_MEMBERS = _PEOPLE.scalar_subquery()
_ASSIGNEES = _PEOPLE.where(Card.completed_at.is_(None)).scalar_subquery()


async def boards_of(
    session: AsyncSession, workspace_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The boards of a workspace as `ListedBoard` shows them, oldest first, archived ones included."""
    query = (
        select(
            Board.id,
            Board.workspace_id,
            Board.name,
            Board.key,
            Board.version,
            Board.wip_policy,
            Board.archived_at,
            Board.created_at,
            Board.updated_at,
            _COUNT.label("card_count"),
            _OPEN.label("open_count"),
            func.array(_MEMBERS).label("member_ids"),
            func.array(_ASSIGNEES).label("assignee_ids"),
        )
        .where(Board.workspace_id == workspace_id)
        .order_by(Board.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(Board.id > after)
    return (await session.execute(query)).all()
