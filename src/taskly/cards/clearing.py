"""What becomes of cards when a column or label that they need goes, or a column changes its meaning."""

from collections.abc import Sequence
from uuid import UUID

from taskly.boards import columns, labels
from taskly.boards import repository as boards
from taskly.boards.errors import ColumnNotEmpty, NotOnBoard
from taskly.boards.models import BoardColumn, ColumnAccess, LabelAccess
from taskly.boards.rules import Category
from taskly.cards import place_repository as places
from taskly.cards import placing, repository
from taskly.cards.dependencies import release_blocked
from taskly.cards.events import CardMoved, CardUpdated
from taskly.cards.models import Card
from taskly.cards.place_repository import PLACE
from taskly.cards.recording import fields_of, record_change, record_deletion
from taskly.cards.rules import Progress
from taskly.kit.ranks import ranks_between
from taskly.platform.db.session import Transaction

PROGRESS = ("started_at", "completed_at")


async def delete_column(
    tx: Transaction, access: ColumnAccess, *, move_cards_to: UUID | None, delete_cards: bool
) -> None:
    """Delete a column; its cards, archived ones included, go to another column's end or for good.

    Raises:
        ColumnNotEmpty: it has cards, and it was said neither or both what becomes of them.
        NotOnBoard: the board has no such other column to move them to.
        ColumnFull: the other column's strict limit has no room for them.
        LastColumn: the board has no other.
    """
    if move_cards_to is not None and delete_cards:
        raise ColumnNotEmpty("Cards can be moved or deleted, not both.")
    cards = await repository.cards_of_column(tx.session, access.column.id)
    if move_cards_to is not None:
        await _move_all(tx, access, cards, move_cards_to)
    elif cards and delete_cards:
        await delete_all(tx, cards)
    elif cards:
        raise ColumnNotEmpty(
            f"The column has {len(cards)} cards, archived ones included: name another column in "
            "move_cards_to, or delete them with delete_cards=true."
        )
    await tx.session.flush()
    await columns.delete_column(tx, access)


async def delete_label(tx: Transaction, access: LabelAccess) -> None:
    """Take a label off all cards and delete it."""
    label_id = access.label.id
    cards = await repository.cards_with_label(tx.session, label_id)
    hanging = await repository.hanging_on(tx.session, [card.id for card in cards])
    for card in cards:
        before = hanging[card.id].label_ids
        after = [each for each in before if each != label_id]
        record_change(tx, card, CardUpdated, {"label_ids": before}, {"label_ids": after})
    await repository.remove_label(tx.session, label_id)
    await tx.session.flush()
    await labels.delete_label(tx, access)


async def delete_all(tx: Transaction, cards: Sequence[Card]) -> None:
    """Delete cards of one board. Their numbers are not given again."""
    card_ids = [card.id for card in cards]
    hanging = await repository.hanging_on(tx.session, card_ids)
    await release_blocked(tx, card_ids)
    for card in cards:
        record_deletion(tx, card, hanging[card.id])


async def follow_category(tx: Transaction, column_id: UUID, category: Category) -> None:
    """Let the cards of a column be not begun, begun or done, as the column now says."""
    for card in await repository.cards_of_column(tx.session, column_id):
        before = fields_of(card, PROGRESS)
        _enter(card, category, tx)
        record_change(tx, card, CardUpdated, before, fields_of(card, PROGRESS))


async def _move_all(
    tx: Transaction, access: ColumnAccess, cards: Sequence[Card], target_id: UUID
) -> None:
    """Put cards behind those of another column, in the order that they have."""
    target = await boards.column_row(tx.session, access.board.id, target_id)
    if target is None or target.id == access.column.id:
        raise NotOnBoard("The board has no such other column.")
    shown = sum(card.archived_at is None for card in cards)
    held = await repository.count_shown(tx.session, target.id)
    placing.require_room_for(access.board, target, held + shown, coming=shown)
    for card, rank in zip(cards, await _ranks_behind(tx, target, len(cards)), strict=True):
        before = fields_of(card, PLACE)
        card.column_id, card.rank = target.id, rank
        _enter(card, target.category, tx)
        record_change(tx, card, CardMoved, before, fields_of(card, PLACE[:4]))
    await tx.session.flush()


async def _ranks_behind(tx: Transaction, column: BoardColumn, count: int) -> list[str]:
    present = [rank for _, rank in await places.ranks_of_column(tx.session, column.id)]
    return ranks_between(present[-1] if present else None, None, count)


def _enter(card: Card, category: Category, tx: Transaction) -> None:
    progress = Progress(card.started_at, card.completed_at).entering(category, tx.now)
    card.started_at, card.completed_at = progress.started_at, progress.completed_at
