"""Reading cards."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.cards import repository
from taskly.cards.models import CardAccess
from taskly.cards.schemas import CardDetail, CardResponse
from taskly.platform.events.models import Event


async def read_card(session: AsyncSession, access: CardAccess) -> CardDetail:
    """A card with its place in the column."""
    card = access.card
    shown = CardResponse.of(
        access,
        await repository.assignees_of(session, card.id),
        await repository.labels_of(session, card.id),
    )
    position = None
    if card.archived_at is None:
        position = await repository.position_of(session, card)
    return CardDetail(**shown.model_dump(), position=position)


async def timeline(
    session: AsyncSession, access: CardAccess, *, before: int | None, limit: int
) -> Sequence[Event]:
    """The card's events, newest first."""
    return await repository.timeline(session, access.card, before=before, limit=limit)
