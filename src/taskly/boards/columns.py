"""What can be done with the columns of a board that the transaction has locked."""

from collections.abc import Iterable, Sequence
from typing import Any

from taskly.boards import repository
from taskly.boards.errors import LastColumn, NotOnBoard, TooMany
from taskly.boards.events import ColumnCreated, ColumnDeleted, ColumnRestored, ColumnUpdated
from taskly.boards.models import BoardAccess, BoardColumn, ColumnAccess
from taskly.boards.rules import MOST_COLUMNS
from taskly.boards.schemas import AddColumn, Place, UpdateColumn
from taskly.kit.ids import new_id
from taskly.kit.ranks import MAXIMUM_RANK_LENGTH, rank_between, spread
from taskly.platform.db.session import Transaction

SHOWN = ("name", "category", "rank", "wip_limit")


def column_state(column: BoardColumn) -> dict[str, Any]:
    """A column as the snapshot and the log show it."""
    return {"id": column.id, **_fields(column, SHOWN)}


async def add_column(tx: Transaction, access: BoardAccess, wanted: AddColumn) -> BoardColumn:
    """Add a column to a board.

    Raises:
        TooMany: the board has as many columns as it can hold.
        NotOnBoard: the neighbour is not a column of the board.
    """
    present = await repository.columns_of(tx.session, access.id)
    if len(present) >= MOST_COLUMNS:
        raise TooMany(f"A board holds {MOST_COLUMNS} columns at most.")
    column = BoardColumn(
        id=new_id(),
        workspace_id=access.workspace_id,
        board_id=access.id,
        name=wanted.name,
        category=wanted.category,
        rank=await _rank_for(tx, present, wanted),
        wip_limit=wanted.wip_limit,
    )
    tx.session.add(column)
    tx.record(access.id, ColumnCreated(id=column.id, before=None, after=column_state(column)))
    return column


async def update_column(tx: Transaction, access: ColumnAccess, patch: UpdateColumn) -> BoardColumn:
    """Change the fields that the caller sent.

    With another category the column's cards count as not begun, begun or done from now on.
    """
    column, changes = access.column, patch.changes()
    before = _fields(column, changes)
    for name, value in changes.items():
        setattr(column, name, value)
    _record_update(tx, column, before)
    return column


async def move_column(tx: Transaction, access: ColumnAccess, place: Place) -> BoardColumn:
    """Put a column into another place among the board's columns.

    Raises:
        NotOnBoard: the neighbour is not another column of the board.
    """
    column = access.column
    present = await repository.columns_of(tx.session, access.board.id)
    others = [each for each in present if each.id != column.id]
    index = _index(others, place)
    if index == present.index(column):
        return column
    rank = await _rank_for(tx, others, place)
    before = _fields(column, ("rank",))
    column.rank = rank
    _record_update(tx, column, before)
    return column


async def delete_column(tx: Transaction, access: ColumnAccess) -> None:
    """Delete a column that no card is in any more. It is kept for a while, see `cards.upkeep`.

    Raises:
        LastColumn: the board has no other.
    """
    if len(await repository.columns_of(tx.session, access.board.id)) == 1:
        raise LastColumn
    column = access.column
    change = ColumnDeleted(id=column.id, before=column_state(column), after=None)
    tx.record(access.board.id, change)
    column.deleted_at = tx.now


async def restore_column(tx: Transaction, access: ColumnAccess) -> None:
    """Bring a deleted column back to where it was, or directly behind what is there by now."""
    column = access.column
    column.rank = await _free_rank(tx, access, column.rank)
    column.deleted_at = None
    change = ColumnRestored(id=column.id, before=None, after=column_state(column))
    tx.record(access.board.id, change)


async def put_column_at(tx: Transaction, access: ColumnAccess, rank: str) -> None:
    """Put a column at a rank that it had before, or directly behind what is there by now."""
    before = _fields(access.column, ("rank",))
    access.column.rank = await _free_rank(tx, access, rank)
    _record_update(tx, access.column, before)


async def _free_rank(tx: Transaction, access: ColumnAccess, wanted: str) -> str:
    present = await repository.columns_of(tx.session, access.board.id)
    others = [each for each in present if each.id != access.column.id]
    for index, each in enumerate(others):
        if each.rank == wanted:
            return await _rank_for(tx, others, Place(position=index + 1))
    return wanted


def _index(others: Sequence[BoardColumn], place: Place) -> int:
    """How many of the other columns stand before the place."""
    neighbour = place.before or place.after
    if neighbour is not None:
        found = [index for index, each in enumerate(others) if each.id == neighbour]
        if not found:
            raise NotOnBoard("The board has no such other column.")
        return found[0] + (place.after is not None)
    return len(others) if place.position is None else min(place.position, len(others))


async def _rank_for(tx: Transaction, others: Sequence[BoardColumn], place: Place) -> str:
    index = _index(others, place)
    low = others[index - 1].rank if index else None
    high = others[index].rank if index < len(others) else None
    rank = rank_between(low, high)
    if len(rank) <= MAXIMUM_RANK_LENGTH:
        return rank
    await _respace(tx, others)
    return await _rank_for(tx, others, place)


async def _respace(tx: Transaction, columns: Sequence[BoardColumn]) -> None:
    """Give columns short ranks in the same order, none of which another has until then."""
    present = {column.rank for column in columns}
    fresh = [rank for rank in spread(2 * MOST_COLUMNS) if rank not in present]
    for column, rank in zip(columns, fresh, strict=False):
        before = _fields(column, ("rank",))
        column.rank = rank
        _record_update(tx, column, before)
    await tx.session.flush()


def _fields(column: BoardColumn, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(column, name) for name in names}


def _record_update(tx: Transaction, column: BoardColumn, before: dict[str, Any]) -> None:
    after = _fields(column, before)
    changed = [name for name, value in after.items() if value != before[name]]
    if changed:
        tx.record(
            column.board_id,
            ColumnUpdated(
                id=column.id,
                before={name: before[name] for name in changed},
                after={name: after[name] for name in changed},
            ),
        )
