"""Queries about who can take how much."""

from collections.abc import Collection, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.cards.models import Card, CardAssignee
from taskly.platform.db.arrays import is_among
from taskly.sprints.models import Sprint, SprintAbsence, SprintCapacity
from taskly.sprints.rules.capacity import AssignedCard, Person, person
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


_COUNTS = Card.archived_at.is_(None) | Card.completed_at.is_not(None)


async def assigned_cards(
    session: AsyncSession, board_id: UUID, sprint_ids: Collection[UUID]
) -> dict[UUID, list[AssignedCard]]:
    """The cards that count to some sprints, by sprint and in the order of their numbers."""
    query = (
        select(Card.sprint_id, *_ASSIGNED)
        .where(*_on(board_id), is_among(Card.sprint_id, sprint_ids), _COUNTS)
        .order_by(Card.number)
    )
    found: dict[UUID, list[AssignedCard]] = {sprint_id: [] for sprint_id in sprint_ids}
    for sprint_id, *card in await session.execute(query):
        if sprint_id is not None:
            found[sprint_id].append(AssignedCard(*card))
    return found


async def cards_among(
    session: AsyncSession, board_id: UUID, card_ids: Collection[UUID]
) -> list[AssignedCard]:
    """Those of some cards that are on a board or in its archive."""
    query = select(*_ASSIGNED).where(*_on(board_id), is_among(Card.id, card_ids))
    return [AssignedCard(*row) for row in await session.execute(query)]


_ASSIGNED = (Card.id, Card.number, Card.story_points, func.array(ASSIGNEES))


def _on(board_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return Card.board_id == board_id, Card.deleted_at.is_(None)


async def people(
    session: AsyncSession,
    sprints: Collection[Sprint],
    *,
    also: Collection[UUID] = (),
    asked: Sequence[UUID] = (),
) -> dict[UUID, list[Person]]:
    """Who can take how much in each of some sprints of a workspace, by sprint and then by name.

    These are the members and admins, and those of the viewers who are on cards of the sprint, on some other cards, or
    asked for.
    """
    query = (
        select(
            Sprint.id,
            User.id,
            NAME,
            WorkspaceMember.capacity,
            SprintAbsence.days_off,
            SprintCapacity.points,
        )
        .join(WorkspaceMember, WorkspaceMember.workspace_id == Sprint.workspace_id)
        .join(User, User.id == WorkspaceMember.user_id)
        .outerjoin(SprintAbsence, _is_said_of(SprintAbsence))
        .outerjoin(SprintCapacity, _is_said_of(SprintCapacity))
        .where(
            is_among(Sprint.id, [sprint.id for sprint in sprints]),
            or_(WorkspaceMember.role != Role.VIEWER, _is_on_cards(also), is_among(User.id, asked)),
        )
        .order_by(NAME, User.id)
    )
    working = {sprint.id: working_days(sprint.starts_on, sprint.ends_on) for sprint in sprints}
    found: dict[UUID, list[Person]] = {sprint.id: [] for sprint in sprints}
    for sprint_id, user_id, name, usual, days_off, own in await session.execute(query):
        found[sprint_id].append(
            person(user_id, name, usual, working[sprint_id], days_off=days_off, own=own)
        )
    return found


def _is_on_cards(also: Collection[UUID]) -> ColumnElement[bool]:
    on_cards = (
        select(CardAssignee.user_id)
        .join(Card, Card.id == CardAssignee.card_id)
        .where(or_(Card.sprint_id == Sprint.id, is_among(Card.id, also)))
        .correlate(Sprint)
    )
    return User.id.in_(on_cards)


def _is_said_of(table: type[SprintAbsence | SprintCapacity]) -> ColumnElement[bool]:
    return and_(table.user_id == User.id, table.sprint_id == Sprint.id)


SaidT = TypeVar("SaidT", bound=SprintAbsence | SprintCapacity)


async def said_of(
    session: AsyncSession, table: type[SaidT], sprint_id: UUID, user_id: UUID
) -> SaidT | None:
    """What is said of somebody in a sprint; None if nothing is."""
    query = select(table).where(table.sprint_id == sprint_id, table.user_id == user_id)
    return (await session.scalars(query)).one_or_none()


async def anything_said_in(session: AsyncSession, sprint_id: UUID) -> bool:
    """Whether days off or a capacity are said of anybody in a sprint."""
    said = (
        exists().where(table.sprint_id == sprint_id) for table in (SprintAbsence, SprintCapacity)
    )
    return bool(await session.scalar(select(or_(*said))))
