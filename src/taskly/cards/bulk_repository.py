"""Queries of bulk changes."""

from collections import defaultdict
from collections.abc import Collection, Sequence
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


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a card is."""

    workspace_id: UUID
    board_id: UUID


async def whereabouts(
    session: AsyncSession, card_ids: Sequence[UUID], user_id: UUID
) -> dict[UUID, Whereabouts]:
    """Where those cards are that the person may see and that are in the workspace of the first of them."""
    query = (
        select(Card.id, Card.workspace_id, Card.board_id)
        .join(WorkspaceMember, WorkspaceMember.workspace_id == Card.workspace_id)
        .where(Card.id.in_(card_ids), Card.deleted_at.is_(None), WorkspaceMember.user_id == user_id)
    )
    rows = await session.execute(query)
    seen = {row[0]: Whereabouts(row[1], row[2]) for row in rows}
    first = next((seen[each] for each in card_ids if each in seen), None)
    return {
        card_id: place
        for card_id, place in seen.items()
        if first is not None and place.workspace_id == first.workspace_id
    }


async def columns(session: AsyncSession, column_ids: Collection[UUID]) -> dict[UUID, BoardColumn]:
    """Columns of whatever boards that are there."""
    query = select(BoardColumn).where(
        BoardColumn.id.in_(column_ids), BoardColumn.deleted_at.is_(None)
    )
    return {column.id: column for column in await session.scalars(query)}


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
