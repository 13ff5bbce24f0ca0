"""Which cards are due soon."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_DUE = text(
    """
    SELECT card.id, card.workspace_id, card.due_date
    FROM cards AS card JOIN boards AS board ON board.id = card.board_id
    WHERE card.due_date = ANY(:days) AND card.completed_at IS NULL AND card.archived_at IS NULL
        AND board.archived_at IS NULL AND card.id > :after
    ORDER BY card.id
    LIMIT :limit
    """
)
_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class DueCard:
    """A card that is not done and has a date."""

    id: UUID
    workspace_id: UUID
    due_date: date


async def cards_due(
    session: AsyncSession, days: Collection[date], *, after: UUID | None, limit: int
) -> list[DueCard]:
    """The open cards on boards that are due on one of these days, in the order of their ids."""
    rows = await session.execute(
        _DUE, {"days": list(days), "after": after or _FIRST, "limit": limit}
    )
    return [DueCard(*row) for row in rows]
