"""The cards of a sprint as its plan is handed out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from taskly.boards.models import BoardColumn, Label
from taskly.cards.models import Card, CardAssignee, CardDependency, CardLabel, Priority
from taskly.sprints.capacity_repository import NAME
from taskly.users.models import User

_blocker = aliased(Card)


@dataclass(frozen=True, slots=True)
class PlannedCard:
    """A card of a sprint, in words."""

    id: UUID
    number: int
    title: str
    column: str
    priority: Priority
    story_points: int | None
    due_date: date | None
    is_done: bool
    updated_at: datetime
    people: Sequence[str]
    labels: Sequence[str]
    blockers: Sequence[int]
    """The numbers of the cards that it waits for, or waited for."""


def _array(query: Select[*tuple[Any, ...]]) -> ColumnElement[Any]:
    return func.array(query.correlate(Card).scalar_subquery())


_PEOPLE = (
    select(NAME)
    .join(CardAssignee, CardAssignee.user_id == User.id)
    .where(CardAssignee.card_id == Card.id)
    .order_by(NAME, User.id)
)
_LABELS = (
    select(Label.name)
    .join(CardLabel, CardLabel.label_id == Label.id)
    .where(CardLabel.card_id == Card.id)
    .order_by(Label.name)
)
_BLOCKERS = (
    select(_blocker.number)
    .join(CardDependency, CardDependency.blocker_id == _blocker.id)
    .where(CardDependency.blocked_id == Card.id, _blocker.deleted_at.is_(None))
    .order_by(_blocker.number)
)


async def planned_cards(session: AsyncSession, sprint_id: UUID) -> list[PlannedCard]:
    """The cards that count to a sprint, the most urgent first, then as they stand on the board."""
    query = (
        select(
            Card.id,
            Card.number,
            Card.title,
            BoardColumn.name,
            Card.priority,
            Card.story_points,
            Card.due_date,
            Card.completed_at.is_not(None),
            Card.updated_at,
            _array(_PEOPLE),
            _array(_LABELS),
            _array(_BLOCKERS),
        )
        .join(BoardColumn, BoardColumn.id == Card.column_id)
        .where(
            Card.sprint_id == sprint_id,
            Card.deleted_at.is_(None),
            Card.archived_at.is_(None) | Card.completed_at.is_not(None),
        )
        .order_by(Card.priority.desc(), BoardColumn.rank, Card.rank, Card.number)
    )
    return [PlannedCard(*row) for row in await session.execute(query)]
