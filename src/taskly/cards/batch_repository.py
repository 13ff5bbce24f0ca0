"""Queries about many cards at once."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.cards.models import BEHIND_ALL, Card, CardAssignee, CardDependency, CardLabel
from taskly.cards.repository import hanging_on
from taskly.platform.db.arrays import is_among

__all__ = ["add_hanging", "cards", "hanging_on", "ranks_of_columns", "replace_hanging"]


async def cards(session: AsyncSession, card_ids: Collection[UUID]) -> Sequence[Card]:
    """Some cards, deleted ones included, in the order of their ids; they stay until the transaction ends."""
    query = (
        select(Card)
        .where(is_among(Card.id, card_ids))
        .order_by(Card.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).all()


async def ranks_of_columns(
    session: AsyncSession, column_ids: Collection[UUID]
) -> dict[UUID, list[str]]:
    """The ranks of all cards of some columns, archived and deleted ones included, in order."""
    rows = await session.execute(
        select(Card.column_id, Card.rank)
        .where(Card.column_id.in_(column_ids), Card.rank < BEHIND_ALL)
        .order_by(Card.column_id, Card.rank)
    )
    found: dict[UUID, list[str]] = {column_id: [] for column_id in column_ids}
    for column_id, rank in rows:
        found[column_id].append(rank)
    return found


async def replace_hanging(
    session: AsyncSession,
    name: str,
    changed: Sequence[Card],
    wanted: Mapping[UUID, Sequence[UUID]],
) -> None:
    """Hang exactly what is wanted on some cards: their `assignee_ids`, `label_ids` or `blocker_ids`."""
    table, owner, _ = _TABLES[name]
    card_ids = [card.id for card in changed]
    await session.execute(delete(table).where(is_among(getattr(table, owner), card_ids)))
    await add_hanging(session, name, changed, wanted)


async def add_hanging(
    session: AsyncSession,
    name: str,
    changed: Sequence[Card],
    wanted: Mapping[UUID, Sequence[UUID]],
) -> None:
    """Hang something on cards on which nothing of the kind hangs."""
    table, owner, thing = _TABLES[name]
    rows = [
        {owner: card.id, thing: thing_id, "workspace_id": card.workspace_id}
        | ({"board_id": card.board_id} if table is CardDependency else {})
        for card in changed
        for thing_id in wanted[card.id]
    ]
    if rows:
        await session.execute(insert(table), rows)


_TABLES: dict[str, tuple[type[CardAssignee | CardLabel | CardDependency], str, str]] = {
    "assignee_ids": (CardAssignee, "card_id", "user_id"),
    "label_ids": (CardLabel, "card_id", "label_id"),
    "blocker_ids": (CardDependency, "blocked_id", "blocker_id"),
}
