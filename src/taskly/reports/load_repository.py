"""What people have in several sprints of a board, and what they can take."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import BoardAccess
from taskly.cards.models import Card, CardAssignee
from taskly.platform.db.arrays import is_among
from taskly.sprints.capacity_repository import ASSIGNEES, NAME
from taskly.sprints.models import SprintAbsence, SprintCapacity
from taskly.sprints.rules.capacity import AssignedCard
from taskly.users.models import User
from taskly.workspaces.models import WorkspaceMember


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a workspace, and the points that they can take in a sprint."""

    user_id: UUID
    name: str
    capacity: int


async def assigned_cards(
    session: AsyncSession, board: BoardAccess, sprint_ids: Collection[UUID]
) -> dict[UUID, list[AssignedCard]]:
    """The cards that count to some sprints, by sprint, as far as somebody is on them."""
    query = (
        select(Card.sprint_id, Card.id, Card.number, Card.story_points, func.array(ASSIGNEES))
        .where(
            Card.board_id == board.id,
            Card.deleted_at.is_(None),
            is_among(Card.sprint_id, sprint_ids),
            or_(Card.archived_at.is_(None), Card.completed_at.is_not(None)),
            select(CardAssignee).where(CardAssignee.card_id == Card.id).exists(),
        )
        .order_by(Card.number)
    )
    found: dict[UUID, list[AssignedCard]] = {sprint_id: [] for sprint_id in sprint_ids}
    for sprint_id, *card in await session.execute(query):
        if sprint_id is not None:
            found[sprint_id].append(AssignedCard(*card))
    return found


async def members(
    session: AsyncSession, board: BoardAccess, user_ids: Collection[UUID]
) -> list[Member]:
    """Some people, if they are in the board's workspace, by name."""
    query = (
        select(User.id, NAME, WorkspaceMember.capacity)
        .join(WorkspaceMember, WorkspaceMember.user_id == User.id)
        .where(WorkspaceMember.workspace_id == board.workspace_id, is_among(User.id, user_ids))
        .order_by(NAME, User.id)
    )
    return [Member(*row) for row in await session.execute(query)]


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of somebody in one sprint."""

    days_off: float
    own: int | None
    """The points that they can take in it, if that was set; else what members can take, less days off."""


async def said_of(
    session: AsyncSession, sprint_ids: Collection[UUID]
) -> dict[tuple[UUID, UUID], Said]:
    """What is said of people in some sprints, by sprint and person."""
    query = (
        select(
            func.coalesce(SprintAbsence.sprint_id, SprintCapacity.sprint_id),
            func.coalesce(SprintAbsence.user_id, SprintCapacity.user_id),
            func.coalesce(SprintAbsence.days_off, 0),
            SprintCapacity.points,
        )
        .select_from(SprintAbsence)
        .join(
            SprintCapacity,
            (SprintCapacity.sprint_id == SprintAbsence.sprint_id)
            & (SprintCapacity.user_id == SprintAbsence.user_id),
            full=True,
        )
        .where(
            or_(
                is_among(SprintAbsence.sprint_id, sprint_ids),
                is_among(SprintCapacity.sprint_id, sprint_ids),
            )
        )
    )
    rows = await session.execute(query)
    return {(sprint_id, user_id): Said(days, own) for sprint_id, user_id, days, own in rows}
