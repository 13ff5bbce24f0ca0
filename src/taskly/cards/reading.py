"""Reading cards."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.cards import repository
from taskly.cards.models import CardAccess
from taskly.cards.schemas import CardDetail, CardResponse
from taskly.platform.events.models import Event
from taskly.platform.http.problems import NotFound


async def read_card(session: AsyncSession, access: CardAccess) -> CardDetail:
    """A card with its place in the column.

    Raises:
        NotFound: the card went in this moment.
    """
    found = await repository.whole_card(session, access.card.id)
    if found is None:
        raise NotFound
    present = CardAccess(found.card, access.board)
    shown = CardResponse.of(present, found.hanging)
    position = found.above if found.card.archived_at is None else None
    return CardDetail(**shown.model_dump(), position=position)


async def timeline(
    session: AsyncSession, access: CardAccess, *, before: UUID | None, limit: int
) -> Sequence[Event]:
    """The card's events, newest first."""
    return await repository.timeline(session, access.card, before=before, limit=limit)
