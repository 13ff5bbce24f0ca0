"""Queries about who can take how much."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.cards.models import Card, CardAssignee
from taskly.platform.db.arrays import is_among
from taskly.sprints.models import Sprint, SprintAbsence, SprintCapacity
from taskly.sprints.rules.capacity import AssignedCard, Person, capacity_in
from taskly.sprints.rules.days import working_days
from taskly.users.models import User
from taskly.workspaces.models import Role, WorkspaceMember

ASSIGNEES = (
    select(CardAssignee.user_id)
    .where(CardAssignee.card_id == Card.id)
    .order_by(CardAssignee.user_id)
    .correlate(Card)
    .scalar_subquery()
)
"""The people on a card, in a query about cards."""

NAME: ColumnElement[str] = func.coalesce(func.nullif(User.name, ""), User.login)
"""How somebody is called."""


async def assigned_cards(
    session: AsyncSession, board_id: UUID, sprint_id: UUID, *, also: Collection[UUID] = ()
) -> list[AssignedCard]:
    """The cards that count to a sprint, and some others of its board, in the order of their numbers."""
    counts = (Card.sprint_id == sprint_id) & (
        Card.archived_at.is_(None) | Card.completed_at.is_not(None)
    )
    query = (
        select(Card.id, Card.number, Card.story_points, func.array(ASSIGNEES))
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
    sprint: Sprint,
    *,
    also: Collection[UUID] = (),
    asked: Sequence[UUID] = (),
) -> list[Person]:
    """The members and admins of the workspace of a sprint, and those of its viewers who are on cards of it, on some
    other cards, or asked for; by name.
    """
    on_cards = (
        select(CardAssignee.user_id)
        .join(Card, Card.id == CardAssignee.card_id)
        .where(or_(Card.sprint_id == sprint.id, is_among(Card.id, also)))
    )
    query = (
        select(
            User.id, NAME, WorkspaceMember.capacity, SprintAbsence.days_off, SprintCapacity.points
        )
        .join(WorkspaceMember, WorkspaceMember.user_id == User.id)
        .outerjoin(
            SprintAbsence,
            and_(SprintAbsence.user_id == User.id, SprintAbsence.sprint_id == sprint.id),
        )
        .outerjoin(
            SprintCapacity,
            and_(SprintCapacity.user_id == User.id, SprintCapacity.sprint_id == sprint.id),
        )
        .where(
            WorkspaceMember.workspace_id == sprint.workspace_id,
            or_(
                WorkspaceMember.role != Role.VIEWER,
                User.id.in_(on_cards),
                is_among(User.id, asked),
            ),
        )
        .order_by(NAME, User.id)
    )
    working = working_days(sprint.starts_on, sprint.ends_on)
    return [
        Person(id_, name, capacity_in(usual, days_off or 0, working, own), is_set=own is not None)
        for id_, name, usual, days_off, own in await session.execute(query)
    ]


async def own_capacity_of(
    session: AsyncSession, sprint_id: UUID, user_id: UUID
) -> SprintCapacity | None:
    """What was set for somebody in a sprint; None if nothing was."""
    query = select(SprintCapacity).where(
        SprintCapacity.sprint_id == sprint_id, SprintCapacity.user_id == user_id
    )
    return (await session.scalars(query)).one_or_none()


async def absence_of(session: AsyncSession, sprint_id: UUID, user_id: UUID) -> SprintAbsence | None:
    """How long somebody is away in a sprint; None if they are not."""
    query = select(SprintAbsence).where(
        SprintAbsence.sprint_id == sprint_id, SprintAbsence.user_id == user_id
    )
    return (await session.scalars(query)).one_or_none()
