"""Cards that drift: those of a board, and what is to be said of some."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import BoardAccess
from taskly.github.development_schemas import DriftingCard, SignOfDrift
from taskly.github.drifting import repository
from taskly.github.drifting.repository import CardRow
from taskly.github.rules.drift import Sign, signs_of_drift
from taskly.platform.http.pages import Page, PageRequest


async def list_drift(
    session: AsyncSession, board: BoardAccess, paging: PageRequest, now: datetime
) -> Page[DriftingCard]:
    """The cards of a board that drift, as they stand on it, with all signs of it."""
    rows = await repository.drifting_cards(
        session, board.id, now, after=paging.place((str, str)), limit=paging.rows
    )
    found = await find_drift(session, [row.id for row in rows], now)

    def show(row: CardRow) -> DriftingCard:
        signs = [SignOfDrift.model_validate(sign) for sign in found.get(row.id, [])]
        return DriftingCard(
            id=row.id,
            key=row.key,
            title=row.title,
            column_id=row.column_id,
            column_name=row.column_name,
            drift=signs,
        )

    return paging.page(rows, show, lambda row: (row.column_rank, row.rank))


async def find_drift(
    session: AsyncSession, card_ids: Collection[UUID], now: datetime
) -> dict[UUID, list[Sign]]:
    """The signs of drift of those of the cards that have code."""
    cards = await repository.cards_with_code(session, card_ids)
    return {card_id: signs_of_drift(card, now) for card_id, card in cards.items()}
