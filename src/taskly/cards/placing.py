"""Where a card goes: from what the caller says (`before`, `after`, `position`) to a rank.

Runs under the board's lock, so that what is read here still holds when it is written.
"""

from uuid import UUID

from taskly.boards import repository as boards
from taskly.boards.errors import NotOnBoard
from taskly.boards.models import BoardAccess, BoardColumn
from taskly.cards import repository
from taskly.cards.errors import AmbiguousPlace, AnchorGone
from taskly.cards.events import CardRespaced
from taskly.cards.models import Card
from taskly.cards.repository import Gap
from taskly.cards.schemas import Place
from taskly.kit.ranks import MAXIMUM_RANK_LENGTH, rank_between, spread
from taskly.platform.db.session import Transaction


async def find_column(
    tx: Transaction, board: BoardAccess, column_id: UUID | None, place: Place, card: Card | None
) -> BoardColumn:
    """The column that the caller means: the named one, the neighbour's, the card's own, or the first.

    Raises:
        NotOnBoard: the board has no such column.
        AnchorGone: the neighbour is not on the board.
    """
    neighbour = place.before or place.after
    if column_id is None and neighbour is not None:
        found = await repository.anchor(tx.session, board.id, neighbour)
        if found is None:
            raise AnchorGone
        column_id = found.column_id
    if column_id is None and card is not None:
        column_id = card.column_id
    column = (
        await boards.first_column(tx.session, board.id)
        if column_id is None
        else await boards.column(tx.session, board.id, column_id)
    )
    if column is None:
        raise NotOnBoard("The board has no such column.")
    return column


async def find_rank(
    tx: Transaction, board: BoardAccess, column: BoardColumn, place: Place, card: Card | None
) -> str:
    """The rank that puts a card (None: a new one) in its place; its present rank if it is there already.

    Raises:
        AnchorGone: the neighbour is not in the column.
        AmbiguousPlace: the card was to be put beside itself.
    """
    gap = await _gap(tx, board, column, place, card)
    if card is not None and card.column_id == column.id and _lies_in(card.rank, gap):
        return card.rank
    rank = rank_between(gap.low, gap.high)
    if len(rank) <= MAXIMUM_RANK_LENGTH:
        return rank
    await respace(tx, board, column)
    gap = await _gap(tx, board, column, place, card)
    return rank_between(gap.low, gap.high)


async def respace(tx: Transaction, board: BoardAccess, column: BoardColumn) -> None:
    """Give all cards of a column short ranks again, in the same order."""
    cards = await repository.ranks_of_column(tx.session, column.id)
    rows = []
    for (card_id, old), new in zip(cards, spread(len(cards)), strict=True):
        version = tx.log.version(board.id) + 1
        after = {"rank": new, "version": version}
        tx.record(board.id, CardRespaced(id=card_id, before={"rank": old}, after=after))
        rows.append({"card_id": card_id, "new_rank": new, "version": version})
    await repository.set_ranks(tx.session, rows)


async def _gap(
    tx: Transaction, board: BoardAccess, column: BoardColumn, place: Place, card: Card | None
) -> Gap:
    session, own = tx.session, None if card is None else card.id
    neighbour = place.before or place.after
    if neighbour is not None:
        if neighbour == own:
            raise AmbiguousPlace("A card can't be put beside itself.")
        found = await repository.anchor(session, board.id, neighbour)
        if found is None or found.column_id != column.id:
            raise AnchorGone
        if place.before is not None:
            return await repository.gap_before(session, column.id, found.rank, without=own)
        return await repository.gap_after(session, column.id, found.rank, without=own)
    if place.position is not None:
        rank = await repository.rank_at(session, column.id, place.position, without=own)
        if rank is not None:
            return await repository.gap_before(session, column.id, rank, without=own)
    return await repository.gap_at_end(session, column.id, without=own)


def _lies_in(rank: str, gap: Gap) -> bool:
    return (gap.low is None or gap.low < rank) and (gap.high is None or rank < gap.high)
