"""Which card a key leads to: the one that has it, or the one that had it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import (
    CompoundSelect,
    Select,
    SQLColumnExpression,
    delete,
    false,
    insert,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import Board, FormerBoardKey
from taskly.cards.models import Card, FormerCardKey

CardKey = tuple[str, int]
"""The two halves of `PAY-12`."""
Called = Select[str, int, UUID, UUID]


def cards_called(
    workspace_id: UUID, keys: Collection[CardKey]
) -> CompoundSelect[str, int, UUID, UUID]:
    """The cards of a workspace that have or had one of these keys.

    Each row is the key that was asked for, in its two halves, with the ids of the card and of its board. No key
    has two rows: numbers are given once, and keys of boards belong to one board.
    """
    return union_all(
        _on(Board.key, Card.number, keys)
        .join(Board, Board.id == Card.board_id)
        .where(Board.workspace_id == workspace_id),
        _on(FormerCardKey.key, FormerCardKey.number, keys)
        .join(FormerCardKey, FormerCardKey.card_id == Card.id)
        .where(FormerCardKey.workspace_id == workspace_id),
        _on(FormerBoardKey.key, Card.number, keys)
        .join(FormerBoardKey, FormerBoardKey.board_id == Card.board_id)
        .where(FormerBoardKey.workspace_id == workspace_id),
    )


def _on(
    key: SQLColumnExpression[str], number: SQLColumnExpression[int], keys: Collection[CardKey]
) -> Called:
    named = tuple_(key, number).in_(list(keys)) if keys else false()
    return (
        select(key, number, Card.id, Card.board_id)
        .select_from(Card)
        .where(named, Card.deleted_at.is_(None))
    )


async def known_keys(session: AsyncSession, workspace_id: UUID) -> list[str]:
    """Every key of a board that may begin the key of one of the workspace's cards."""
    present = select(Board.key).where(Board.workspace_id == workspace_id)
    former = select(FormerBoardKey.key).where(FormerBoardKey.workspace_id == workspace_id)
    of_cards = select(FormerCardKey.key).where(FormerCardKey.workspace_id == workspace_id)
    return sorted(await session.scalars(present.union(former, of_cards)))


async def keys_of_board(session: AsyncSession, workspace_id: UUID, board_id: UUID) -> list[str]:
    """The keys that a board has and had."""
    present = select(Board.key).where(Board.id == board_id)
    former = select(FormerBoardKey.key).where(
        FormerBoardKey.workspace_id == workspace_id, FormerBoardKey.board_id == board_id
    )
    return list(await session.scalars(present.union(former)))


async def keep_keys(session: AsyncSession, card: Card, board_keys: Collection[str]) -> None:
    """Let the keys that a card has on its board lead to it from wherever it goes."""
    rows = [
        {
            "workspace_id": card.workspace_id,
            "key": key,
            "number": card.number,
            "card_id": card.id,
        }
        for key in board_keys
    ]
    await session.execute(insert(FormerCardKey), rows)


async def take_number_back(
    session: AsyncSession, card: Card, board_keys: Collection[str]
) -> int | None:
    """The number that a card had on a board with these keys, if it was there; they need not lead to it then."""
    gone = await session.scalars(
        delete(FormerCardKey)
        .where(
            FormerCardKey.workspace_id == card.workspace_id,
            FormerCardKey.card_id == card.id,
            FormerCardKey.key.in_(board_keys),
        )
        .returning(FormerCardKey.number)
    )
    return max(gone, default=None)
