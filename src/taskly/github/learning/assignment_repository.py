"""The queries of putting authors on cards."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.cards.events import CardUpdated
from taskly.github.rules.reasons import ASSIGN_AUTHOR
from taskly.platform.events.models import Event


async def was_assigned(session: AsyncSession, card_id: UUID) -> bool:
    """Whether an author was ever put on a card by itself."""
    found = (
        select(Event.id)
        .where(
            Event.card_id == card_id,
            Event.type == CardUpdated.type,
            Event.data["reason"]["rule"].astext == ASSIGN_AUTHOR,
        )
        .limit(1)
    )
    return await session.scalar(found) is not None
