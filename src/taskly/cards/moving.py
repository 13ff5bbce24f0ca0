"""Moving a card: decided here, under the board's lock.

The move is stored by writing the card's one row together with one event of the board's log
(`taskly.platform.events.log`), and both become true with the commit (`taskly.platform.db.session`).
It is the hottest change of all: two statements, one that reads and one that writes.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from taskly.boards.access import admit_to_change
from taskly.cards import place_repository as repository
from taskly.cards import placing
from taskly.cards.errors import CardIsArchived
from taskly.cards.events import CardMoved
from taskly.cards.place_repository import Relocation
from taskly.cards.rules import Progress
from taskly.cards.schemas import MoveCard
from taskly.platform.db.session import Transaction
from taskly.platform.http.entity_tags import require_current
from taskly.platform.http.problems import NotFound


async def open_move(
    tx: Transaction, user_id: UUID | None, card_id: UUID, target: MoveCard
) -> Relocation:
    """Load a card and the spot where it is to go, and lock its board.

    Without `user_id` Taskly moves the card by itself (rules, reconciliation).

    Raises:
        NotFound: there is no such card, or the caller is not in its workspace.
        Forbidden: the caller's role is too small.
        BoardArchived: the board is archived.
    """
    await tx.log.unload(tx.session)
    move = await repository.relocation(tx.session, user_id, card_id, target)
    if move is not None and move.is_stale:
        # Somebody else held the lock: what was read beside the board's row is from before.
        move = await repository.relocation(tx.session, user_id, card_id, target)
    if move is None:
        raise NotFound
    admit_to_change(tx, move.board)
    return move


async def move_card(
    tx: Transaction,
    move: Relocation,
    target: MoveCard,
    *,
    if_match: str | None = None,
    reason: Mapping[str, Any] | None = None,
) -> Relocation:
    """Put a card into another place of its board. A card that is there already stays untouched.

    `reason` says why Taskly moved it by itself.

    Raises:
        Stale: `if_match` does not name the card's version.
        CardIsArchived: the card is in the archive.
        NotOnBoard: the board has no such column.
        AnchorGone: the neighbour is not in the column.
        AmbiguousPlace: the card was to be put beside itself.
    """
    require_current(if_match, move.version)
    if move.archived_at is not None:
        raise CardIsArchived
    spot = placing.check_spot(move.spot, target, move.id)
    if spot.column_id == move.column_id and spot.holds(move.rank):
        return move
    rank = await placing.rank_for(tx, move.board, spot)
    if rank is None:
        again = await repository.relocation(tx.session, None, move.id, target)
        if again is None:
            raise NotFound
        return await move_card(tx, again, target, reason=reason)
    _store(tx, move, rank, reason)
    return move


def _store(tx: Transaction, move: Relocation, rank: str, reason: Mapping[str, Any] | None) -> None:
    before = move.state()
    move.rank = rank
    if move.spot.column_id != move.column_id:
        progress = Progress(move.started_at, move.completed_at).entering(
            move.spot.required_category, tx.now
        )
        move.column_id = move.spot.required_column_id
        move.started_at, move.completed_at = progress.started_at, progress.completed_at
    move.version, move.updated_at = tx.log.version(move.board.id) + 1, tx.now
    after = move.state()
    changed = [name for name, value in after.items() if value != before[name]]
    tx.record(
        move.board.id,
        CardMoved(
            id=move.id,
            card_id=move.id,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
            reason=reason,
        ),
    )
    tx.log.ride(move.board.id, repository.store_place(move))
