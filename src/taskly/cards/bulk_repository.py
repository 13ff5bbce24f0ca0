"""Queries of bulk changes."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import Board, BoardColumn, Label
from taskly.cards.models import Card, CardDependency
from taskly.workspaces.models import WorkspaceMember


@dataclass(slots=True)
class Present:
    """What cards of some boards can be about, board by board."""

    things: dict[tuple[UUID, str], set[UUID]] = field(default_factory=lambda: defaultdict(set))
    waiting: dict[UUID, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    """The cards that each card waits for."""

    def of_board(self, board_id: UUID, name: str) -> set[UUID]:
        """The ids that may stand in a field of the board's cards."""
        return self.things[board_id, name]


async def boards_of(session: AsyncSession, card_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The board of each card that is there."""
    rows = await session.execute(
        select(Card.id, Card.board_id).where(Card.id.in_(card_ids), Card.deleted_at.is_(None))
    )
    return {row[0]: row[1] for row in rows}


async def workspace_of(
    session: AsyncSession, card_ids: Collection[UUID], user_id: UUID
) -> UUID | None:
    """The workspace of one of the cards that the person may see."""
    query = (
        select(Card.workspace_id)
        .join(WorkspaceMember, WorkspaceMember.workspace_id == Card.workspace_id)
        .where(Card.id.in_(card_ids), WorkspaceMember.user_id == user_id)
        .limit(1)
    )
    return await session.scalar(query)


async def column(session: AsyncSession, column_id: UUID) -> BoardColumn | None:
    """A column of whatever board."""
    return await session.scalar(
        select(BoardColumn).where(BoardColumn.id == column_id, BoardColumn.deleted_at.is_(None))
    )


async def what_is_there(session: AsyncSession, board_ids: Collection[UUID]) -> Present:
    """The people, labels, sprints and cards that cards of these boards can name."""
    found = Present()
    people = select(Board.id, WorkspaceMember.user_id).join(
        WorkspaceMember, WorkspaceMember.workspace_id == Board.workspace_id
    )
    for board_id, user_id in await session.execute(people.where(Board.id.in_(board_ids))):
        found.things[board_id, "assignee_ids"].add(user_id)
    labels = select(Label.board_id, Label.id).where(Label.board_id.in_(board_ids))
    for board_id, label_id in await session.execute(labels):
        found.things[board_id, "label_ids"].add(label_id)
    cards = select(Card.board_id, Card.id).where(
        Card.board_id.in_(board_ids), Card.deleted_at.is_(None)
    )
    for board_id, card_id in await session.execute(cards):
        found.things[board_id, "blocker_ids"].add(card_id)
    for board_id, sprint_id in await session.execute(_SPRINTS, {"boards": list(board_ids)}):
        found.things[board_id, "sprint_id"].add(sprint_id)
    edges = select(CardDependency).where(CardDependency.board_id.in_(board_ids))
    for edge in await session.scalars(edges):
        found.waiting[edge.blocked_id].append(edge.blocker_id)
    return found


# Sprints are to the right of cards; what a card may point at is asked by name.
_SPRINTS = text(
    "SELECT board_id, id FROM sprints WHERE board_id = ANY(:boards) AND deleted_at IS NULL"
)
