"""Where many cards go at once: to the end of a column, in the order in which they are named."""

from collections.abc import Sequence
from uuid import UUID

from taskly.boards.models import BoardColumn
from taskly.boards.rules import WipPolicy
from taskly.cards import bulk_repository, repository
from taskly.cards.batch_repository import ranks_of_columns
from taskly.cards.bulk_work import Bulk
from taskly.cards.models import Card
from taskly.cards.rules import Progress
from taskly.kit.ranks import ranks_between


async def place_behind(bulk: Bulk, column_id: UUID) -> None:
    """Put the cards at the end of a column of their board; those that can't go there are refused."""
    column = await bulk_repository.column(bulk.tx.session, column_id)
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


async def _place(bulk: Bulk, coming: Sequence[Card], column: BoardColumn) -> None:
    new = [card for card in coming if card.column_id != column.id]
    total = await repository.count_shown(bulk.tx.session, column.id) + len(new)
    is_strict = bulk.boards[column.board_id].wip_policy is WipPolicy.STRICT
    if new and is_strict and column.wip_limit is not None and total > column.wip_limit:
        for card in new:
            detail = f"The column {column.name} takes {column.wip_limit} cards at most."
            bulk.refuse(card.id, "column_full", detail)
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
