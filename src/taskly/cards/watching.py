"""Watching cards: who wants to hear of them.

What people want to hear of is theirs and no change of the board: it is not in the log.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.cards import parts_repository as parts
from taskly.cards.models import CardAccess
from taskly.cards.schemas import WatchersResponse
from taskly.platform.db.session import Transaction


async def watchers(session: AsyncSession, access: CardAccess, caller_id: UUID) -> WatchersResponse:
    """Who hears of a card."""
    found = await parts.watchers_of(session, access.card)
    return WatchersResponse(watcher_ids=found, watching=caller_id in found)


async def watch(tx: Transaction, access: CardAccess, user_id: UUID) -> None:
    """Let somebody hear of a card."""
    await parts.set_watching(tx.session, access.card, user_id, watching=True)


async def unwatch(tx: Transaction, access: CardAccess, user_id: UUID) -> None:
    """Let somebody hear no more of a card, even when on it or after commenting."""
    await parts.set_watching(tx.session, access.card, user_id, watching=False)
