"""Taking a card to another board of its workspace.

It gets a number there, and the key that it had leads to it still. With it go comments, watchers, people, the
checklist, links and code; its labels become those of the same names, which are made where they are missing.
Sprints and dependencies belong to one board and stay behind.
"""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from taskly.boards import repository as boards
from taskly.boards.access import admit_to_change
from taskly.boards.errors import NoSuchBoard
from taskly.boards.labels import labels_like
from taskly.boards.models import BoardAccess
from taskly.boards.rules import Category
from taskly.cards import key_repository as keys
from taskly.cards import placing, repository
from taskly.cards.dependencies import release_blocked
from taskly.cards.errors import CardIsArchived
from taskly.cards.events import CardArrived, CardLeft
from taskly.cards.models import Card, CardAccess, Hanging
from taskly.cards.recording import full_state
from taskly.cards.rules import Progress
from taskly.cards.schemas import MoveToBoard, PlacedCard
from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import NotFound, Unavailable


@dataclass(frozen=True, slots=True)
class Departure:
    """A card that is to go to another board; the transaction holds both."""

    card: Card
    source: BoardAccess
    target: BoardAccess


@dataclass(frozen=True, slots=True)
class Spot:
    """Where on the other board it goes."""

    column_id: UUID
    category: Category
    rank: str


async def open_departure(
    tx: Transaction, user_id: UUID, card_id: UUID, source_id: UUID, target_id: UUID
) -> Departure:
    """Load a card of `source_id` for somebody who may change both boards, and lock these.

    Raises:
        NotFound: there is no such card, or the caller is not in its workspace.
        NoSuchBoard: the workspace has no such board.
        Forbidden: the caller's role is too small.
        BoardArchived: one of the boards is archived.
        Unavailable: somebody else took the card to another board at the same time.
    """
    locked = {
        board_id: await boards.board_to_change(tx.session, board_id, user_id, stays=False)
        for board_id in sorted({source_id, target_id})
    }
    access = await repository.card_access(tx.session, card_id, user_id, lock=True)
    target = locked[target_id]
    if access is None:
        raise NotFound
    if target is None or target.workspace_id != access.board.workspace_id:
        raise NoSuchBoard
    if access.board.id != source_id:
        raise Unavailable("Somebody else moved the card to another board just now.")
    for board in (access.board, target):
        admit_to_change(tx.log, board)
    return Departure(access.card, access.board, target)


async def move_to_board(tx: Transaction, departure: Departure, wanted: MoveToBoard) -> PlacedCard:
    """Take a card to a place of another board, by default to the end of its first column.

    Raises:
        NoSuchBoard: it is on that board already.
        CardIsArchived: the card is in the archive.
        NotOnBoard: the board has no such column.
        AnchorGone: the neighbour is not in the column.
        ColumnFull: the column has reached its strict limit.
        TooMany: the board can't hold the labels that would have to be made.
    """
    if departure.source.id == departure.target.id:
        raise NoSuchBoard("The card is on this board: move it there.")
    if departure.card.archived_at is not None:
        raise CardIsArchived
    spot = await placing.find_spot(tx, departure.target, wanted.column_id, wanted)
    placing.require_room(departure.target, spot)
    rank = await placing.rank_for(tx, departure.target, spot)
    if rank is None:
        return await move_to_board(tx, departure, wanted)
    there = Spot(spot.required_column_id, spot.required_category, rank)
    hanging = await carry_over(tx, departure, there)
    access = CardAccess(departure.card, departure.target)
    return PlacedCard.of(access, hanging, over_limit=spot.is_full)


async def carry_over(tx: Transaction, departure: Departure, spot: Spot) -> Hanging:
    """Put a card into a spot of another board that was checked; what hangs on it then."""
    card, source, target = departure.card, departure.source, departure.target
    hanging = await repository.hanging_of(tx.session, card.id)
    before = full_state(card, hanging)
    await release_blocked(tx, [card.id])
    wanted = await boards.labels_by_id(tx.session, hanging.label_ids)
    labels = sorted({label.id for label in await labels_like(tx, target, wanted)})
    former_key = f"{source.key}-{card.number}"
    await _change_number(tx, card, target)
    _settle(tx, card, target, spot)
    await repository.replace_labels(tx.session, card, labels)
    await tx.session.flush()
    new_key = f"{target.key}-{card.number}"
    _record(tx, source, CardLeft, card, before, None, moved_to=_place(target, new_key))
    hanging = replace(hanging, label_ids=labels, blocker_ids=[])
    card.version = tx.log.version(target.id) + 1
    came = _place(source, former_key, column_id=before["column_id"], rank=before["rank"])
    _record(tx, target, CardArrived, card, None, full_state(card, hanging), moved_from=came)
    return hanging


def _settle(tx: Transaction, card: Card, target: BoardAccess, spot: Spot) -> None:
    progress = Progress(card.started_at, card.completed_at).entering(spot.category, tx.now)
    card.board_id, card.column_id, card.rank = target.id, spot.column_id, spot.rank
    card.started_at, card.completed_at = progress.started_at, progress.completed_at
    card.sprint_id = None
    card.updated_at = tx.now


def _record(
    tx: Transaction,
    board: BoardAccess,
    kind: type[CardLeft | CardArrived],
    card: Card,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    **reason: dict[str, Any],
) -> None:
    change = kind(id=card.id, card_id=card.id, before=before, after=after, reason=reason)
    tx.record(board.id, change)


def _place(board: BoardAccess, key: str, **more: Any) -> dict[str, Any]:
    return {"board_id": board.id, "key": key, **more}


async def _change_number(tx: Transaction, card: Card, target: BoardAccess) -> None:
    """Give the card a number of the other board: the one that it had there, or the next."""
    own = await keys.keys_of_board(tx.session, card.workspace_id, card.board_id)
    await keys.keep_keys(tx.session, card, own)
    there = await keys.keys_of_board(tx.session, target.workspace_id, target.id)
    number = await keys.take_number_back(tx.session, card, there)
    card.number = number or await repository.take_card_number(tx.session, target.id)
