"""Every query about comments."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.cards.models import CardComment


async def comments_of(
    session: AsyncSession, card_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[CardComment]:
    """The comments on a card, oldest first, deleted ones included."""
    query = (
        select(CardComment)
        .where(CardComment.card_id == card_id)
        .order_by(CardComment.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(CardComment.id > after)
    return (await session.scalars(query)).all()


async def comment_row(session: AsyncSession, card_id: UUID, comment_id: UUID) -> CardComment | None:
    """A comment on the card, to be changed by whoever holds the board's lock."""
    return await session.scalar(
        select(CardComment).where(CardComment.card_id == card_id, CardComment.id == comment_id)
    )
