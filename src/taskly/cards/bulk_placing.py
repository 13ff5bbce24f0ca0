"""Where many cards go at once: to the end of a column, in the order in which they are named."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from taskly.boards.errors import ColumnFull
from taskly.boards.models import BoardColumn
from taskly.cards import bulk_repository, placing, repository
from taskly.cards.batch_repository import ranks_of_columns
from taskly.cards.bulk_work import Bulk
from taskly.cards.models import Card
from taskly.cards.rules import Progress
from taskly.kit.ranks import ranks_between


async def place_behind(bulk: Bulk, column_id: UUID) -> None:
    """Put the cards at the end of a column of their board; those that can't go there are refused."""
    column = (await bulk_repository.columns(bulk.tx.session, [column_id])).get(column_id)
    coming = []
    for card in bulk.cards():
        if column is None or column.board_id != card.board_id:
            bulk.refuse(card.id, "not_on_board", "Its board has no such column.")
        elif card.archived_at is not None:
            bulk.refuse(card.id, "card_archived", "It is in the archive: restore it first.")
        else:
            coming.append(card)
    if column is not None and coming:
        await _place(bulk, coming, column)


async def require_room_to_return(bulk: Bulk) -> None:
    """Refuse cards that come back from the archive into a column whose strict limit is reached."""
    coming: dict[UUID, list[Card]] = defaultdict(list)
    for card in bulk.cards():
        if card.archived_at is not None:
            coming[card.column_id].append(card)
    for column in (await bulk_repository.columns(bulk.tx.session, coming)).values():
        await _has_room(bulk, column, coming[column.id])


async def _has_room(bulk: Bulk, column: BoardColumn, coming: Sequence[Card]) -> bool:
    """Whether a column takes some more cards, which are refused if it does not."""
    if not coming or column.wip_limit is None:
        return True
    held = await repository.count_shown(bulk.tx.session, column.id) + _moved_so_far(bulk, column)
    total = held + len(coming)
    try:
        placing.require_room_for(bulk.boards[column.board_id], column, total, coming=len(coming))
    except ColumnFull as problem:
        for card in coming:
            bulk.refuse(card.id, problem.code, str(problem))
        return False
    return True


def _moved_so_far(bulk: Bulk, column: BoardColumn) -> int:
    """How many more cards the column has than are stored there."""
    moved = [card for card in bulk.cards() if card.id in bulk.batch.before]
    return sum(
        (card.column_id == column.id) - (bulk.batch.before[card.id]["column_id"] == column.id)
        for card in moved
        if card.archived_at is None
    )


async def _place(bulk: Bulk, coming: Sequence[Card], column: BoardColumn) -> None:
    new = [card for card in coming if card.column_id != column.id]
    if not await _has_room(bulk, column, new):
        return
    taken = (await ranks_of_columns(bulk.tx.session, [column.id]))[column.id]
    ranks = ranks_between(taken[-1] if taken else None, None, len(coming))
    for card, rank in zip(coming, ranks, strict=True):
        progress = Progress(card.started_at, card.completed_at)
        if card.column_id != column.id:
            progress = progress.entering(column.category, bulk.tx.now)
        bulk.batch.put(card.id, "column_id", column.id)
        bulk.batch.put(card.id, "rank", rank)
        bulk.batch.put(card.id, "started_at", progress.started_at)
        bulk.batch.put(card.id, "completed_at", progress.completed_at)
