"""Queries of bulk changes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import BoardColumn
from taskly.cards.models import Card
from taskly.workspaces.models import WorkspaceMember


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


async def there_for(
    session: AsyncSession, name: str, ids: Collection[UUID], board_ids: Collection[UUID]
) -> set[tuple[UUID, UUID]]:
    """Of which of some boards' cards a field can name which of some things: pairs of a board and a thing."""
    if not ids:
        return set()
    rows = await session.execute(_THERE[name], {"ids": list(ids), "boards": list(board_ids)})
    return {(row[0], row[1]) for row in rows}


# Sprints are to the right of cards; what a card may point at is asked by name.
_THERE = {
    "assignee_ids": text(
        "SELECT board.id, member.user_id FROM boards AS board "
        "JOIN workspace_members AS member ON member.workspace_id = board.workspace_id "
        "WHERE board.id = ANY(:boards) AND member.user_id = ANY(:ids)"
    ),
    "label_ids": text(
        "SELECT board_id, id FROM labels WHERE id = ANY(:ids) AND board_id = ANY(:boards)"
    ),
    "blocker_ids": text(
        "SELECT board_id, id FROM cards "
        "WHERE id = ANY(:ids) AND board_id = ANY(:boards) AND deleted_at IS NULL"
    ),
    "sprint_id": text(
        "SELECT board_id, id FROM sprints "
        "WHERE id = ANY(:ids) AND board_id = ANY(:boards) AND deleted_at IS NULL"
    ),
}
