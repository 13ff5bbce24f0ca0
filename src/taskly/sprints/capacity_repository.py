"""Queries about who can take how much."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.cards.models import Card, CardAssignee
from taskly.platform.db.arrays import is_among
from taskly.sprints.rules.capacity import AssignedCard, Person
from taskly.users.models import User
from taskly.workspaces.models import Role, WorkspaceMember

_ASSIGNEES = (
    select(CardAssignee.user_id)
    .where(CardAssignee.card_id == Card.id)
    .order_by(CardAssignee.user_id)
    .correlate(Card)
    .scalar_subquery()
)

_NAME = func.coalesce(func.nullif(User.name, ""), User.login)


async def assigned_cards(
    session: AsyncSession, board_id: UUID, sprint_id: UUID, *, also: Collection[UUID] = ()
) -> list[AssignedCard]:
    """The cards that count to a sprint, and some others of its board, in the order of their numbers."""
    counts = (Card.sprint_id == sprint_id) & (
        Card.archived_at.is_(None) | Card.completed_at.is_not(None)
    )
    query = (
        select(Card.id, Card.number, Card.story_points, func.array(_ASSIGNEES))
        .where(
            Card.board_id == board_id,
            Card.deleted_at.is_(None),
            or_(counts, is_among(Card.id, also)),
        )
        .order_by(Card.number)
    )
    return [AssignedCard(*row) for row in await session.execute(query)]


async def people(
    session: AsyncSession,
    workspace_id: UUID,
    sprint_id: UUID,
    *,
    also: Collection[UUID] = (),
    asked: Sequence[UUID] = (),
) -> list[Person]:
    """The members and admins of a workspace, and those of its viewers who are on cards of a sprint, on some other
    cards, or asked for; by name.
    """
    on_cards = (
        select(CardAssignee.user_id)
        .join(Card, Card.id == CardAssignee.card_id)
        .where(or_(Card.sprint_id == sprint_id, is_among(Card.id, also)))
    )
    query = (
        select(User.id, _NAME, WorkspaceMember.capacity)
        .join(WorkspaceMember, WorkspaceMember.user_id == User.id)
        .where(
            WorkspaceMember.workspace_id == workspace_id,
            or_(
                WorkspaceMember.role != Role.VIEWER,
                User.id.in_(on_cards),
                is_among(User.id, asked),
            ),
        )
        .order_by(_NAME, User.id)
    )
    return [Person(*row) for row in await session.execute(query)]
