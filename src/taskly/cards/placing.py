"""Where a card goes: from what the caller says (`before`, `after`, `position`) to a rank.

Everything that has to be known is read in one statement under the board's lock, so that it still
holds when it is written; the rest is arithmetic.
"""

from bisect import bisect_right
from uuid import UUID

from taskly.boards import repository as boards
from taskly.boards.errors import ColumnFull, NotOnBoard
from taskly.boards.models import BoardAccess, BoardColumn
from taskly.boards.rules import WipPolicy
from taskly.boards.schemas import Place
from taskly.cards import place_repository as repository
from taskly.cards import repository as cards
from taskly.cards.errors import AmbiguousPlace, AnchorGone
from taskly.cards.events import CardRespaced
from taskly.cards.place_repository import Spot
from taskly.kit.ranks import MAXIMUM_RANK_LENGTH, make_room, rank_between
from taskly.platform.db.session import Transaction


async def find_spot(
    tx: Transaction, board: BoardAccess, column_id: UUID | None, place: Place
) -> Spot:
    """The spot for a new card: in the named column, the neighbour's, or else the board's first."""
    return check_spot(await repository.spot(tx.session, board.id, column_id, place), place)


def check_spot(spot: Spot, place: Place, card_id: UUID | None = None) -> Spot:
    """The spot, if it is one.

    Raises:
        AmbiguousPlace: the card was to be put beside itself.
        AnchorGone: the neighbour is not on the board, or not in the column.
        NotOnBoard: the board has no such column.
    """
    neighbour = place.before or place.after
    if neighbour is not None:
        if neighbour == card_id:
            raise AmbiguousPlace("A card can't be put beside itself.")
        if spot.anchor_column_id is None or spot.anchor_column_id != spot.column_id:
            raise AnchorGone
    if spot.column_id is None:
        raise NotOnBoard("The board has no such column.")
    return spot


def require_room(board: BoardAccess, spot: Spot) -> None:
    """Hold a person to the limit of a column that a card comes into from elsewhere.

    Raises:
        ColumnFull: the column has reached its limit, and the board's limits are strict.
    """
    if spot.is_full and board.wip_policy is WipPolicy.STRICT:
        raise _full(spot.column_name, spot.wip_limit, spot.others + 1)


def require_room_for(board: BoardAccess, column: BoardColumn, total: int, *, coming: int) -> None:
    """The same for several cards that come at once and make up `total` with those that are there.

    Raises:
        ColumnFull: so many are more than the column's strict limit.
    """
    limit = column.wip_limit
    if coming and limit is not None and total > limit and board.wip_policy is WipPolicy.STRICT:
        raise _full(column.name, limit, total)


def _full(column: str | None, limit: int | None, total: int) -> ColumnFull:
    return ColumnFull(f"The column {column} has a limit of {limit}; it would hold {total}.")


async def require_room_in(
    tx: Transaction, board: BoardAccess, column_id: UUID, *, coming: int
) -> bool:
    """The same for a column whose cards are not counted yet; whether it then holds more than its limit.

    Raises:
        ColumnFull: so many more are more than the column's strict limit.
    """
    column = await boards.column_row(tx.session, board.id, column_id)
    if column is None or column.wip_limit is None:
        return False
    total = await cards.count_shown(tx.session, column.id) + coming
    require_room_for(board, column, total, coming=coming)
    return total > column.wip_limit


async def rank_for(tx: Transaction, board: BoardAccess, spot: Spot) -> str | None:
    """A rank for the spot; None if the gap had become so narrow that its neighbours made room.

    After that the caller looks for the spot again.
    """
    rank = rank_between(spot.low, spot.high)
    if len(rank) <= MAXIMUM_RANK_LENGTH:
        return rank
    await respace(tx, board, spot)
    return None


async def respace(tx: Transaction, board: BoardAccess, spot: Spot) -> None:
    """Give the cards around a spot short ranks again, in the same order: as few cards as need them."""
    present = await repository.ranks_of_column(tx.session, spot.required_column_id)
    old = [rank for _, rank in present]
    first, fresh = make_room(old, 0 if spot.low is None else bisect_right(old, spot.low))
    changed = present[first : first + len(fresh)]
    following = tx.log.version(board.id) + 1
    versions = range(following, following + len(changed))
    for (card_id, before), after, version in zip(changed, fresh, versions, strict=True):
        state = {"rank": after, "version": version}
        tx.record(board.id, CardRespaced(id=card_id, before={"rank": before}, after=state))
    await repository.set_ranks(tx.session, [card_id for card_id, _ in changed], fresh, versions)
