"""Moving a card: decided here.

The move is stored by writing the card's one row together with one event of the board's log
(`taskly.platform.events.log`), in one statement. It is the hottest change of all. So a person's move is
first decided while nobody is locked out, and stored if the board's version is still the one for which it
was decided: one statement that reads and one that writes. When somebody was faster several times, and
for the moves that Taskly makes in larger transactions, it is decided under the board's lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from taskly.boards.access import admit_to_change
from taskly.cards import place_repository as repository
from taskly.cards import placing
from taskly.cards.errors import CardIsArchived
from taskly.cards.events import CardMoved
from taskly.cards.place_repository import Relocation, Spot
from taskly.cards.rules import Progress
from taskly.cards.schemas import MoveCard
from taskly.kit.ids import new_id
from taskly.kit.ranks import MAXIMUM_RANK_LENGTH, rank_between
from taskly.platform.context import Actor
from taskly.platform.db.session import Database, Transaction
from taskly.platform.events.log import LogWriter
from taskly.platform.events.reactions import has_reactions
from taskly.platform.http.entity_tags import require_current
from taskly.platform.http.problems import NotFound

TRIES = 3
"""How often a person's move is tried without the board's lock."""


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
    admit_to_change(tx.log, move.board)
    return move


@dataclass(slots=True)
class PersonalMove:
    """A move that a person asks for."""

    database: Database
    user_id: UUID
    card_id: UUID
    target: MoveCard
    operation_id: UUID = field(default_factory=new_id)
    """What the log calls the move."""

    async def look(self) -> Relocation:
        """The card and the spot as things stand.

        Raises:
            NotFound: there is no such card, or the caller is not in its workspace.
        """
        hot = self.database.hot
        move = await repository.prospect(hot, self.user_id, self.card_id, self.target)
        if move is None:
            raise NotFound
        return move

    async def carry_out(
        self, *, if_match: str | None = None, tx: Transaction | None = None
    ) -> Relocation:
        """Move the card, in `tx` if there is one; raises what `move_card` and `open_move` raise."""
        move = await self.look()
        if tx is not None:
            await tx.wait_for_turn(move.board.id)
            return await self._move_in(tx, if_match)
        async with self.database.turns.take(move.board.id) as waited:
            for again in range(TRIES):
                if again or waited:
                    move = await self.look()
                if (log := self._decide(move, if_match)) is None:
                    break
                if not log.recorded or await self._store(move, log):
                    return move
            actor = Actor.user(self.user_id)
            async with self.database.transaction(actor) as locking:
                return await self._move_in(locking, if_match)

    async def _move_in(self, tx: Transaction, if_match: str | None) -> Relocation:
        self.operation_id = tx.operation_id
        move = await open_move(tx, self.user_id, self.card_id, self.target)
        return await move_card(tx, move, self.target, if_match=if_match)

    def _decide(self, move: Relocation, if_match: str | None) -> LogWriter | None:
        """What to store if nobody else were there; None if that takes more than this card's row."""
        now = self.database.clock.now()
        log = LogWriter(actor=Actor.user(self.user_id), operation_id=self.operation_id, at=now)
        admit_to_change(log, move.board)
        spot = _checked_spot(move, self.target, if_match)
        if _is_there(move, spot):
            return log
        _require_room(move, spot)
        rank = rank_between(spot.low, spot.high)
        if len(rank) > MAXIMUM_RANK_LENGTH or has_reactions(CardMoved.type):
            return None
        _store(log, move, rank, None)
        return log

    async def _store(self, move: Relocation, log: LogWriter) -> bool:
        """Store it if the board is as it was, and the person may still change it."""
        still_admitted = repository.may_change(move.board, self.user_id)
        return await self.database.store_if_current(log, provided=still_admitted)


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
        ColumnFull: the column has reached its strict limit, and a person moves the card.
    """
    spot = _checked_spot(move, target, if_match)
    if _is_there(move, spot):
        return move
    if reason is None:
        _require_room(move, spot)
    rank = await placing.rank_for(tx, move.board, spot)
    if rank is None:
        again = await repository.relocation(tx.session, None, move.id, target)
        if again is None:
            raise NotFound
        return await move_card(tx, again, target, reason=reason)
    _store(tx.log, move, rank, reason)
    return move


def _checked_spot(move: Relocation, target: MoveCard, if_match: str | None) -> Spot:
    require_current(if_match, move.version)
    if move.archived_at is not None:
        raise CardIsArchived
    return placing.check_spot(move.spot, target, move.id)


def _is_there(move: Relocation, spot: Spot) -> bool:
    return spot.column_id == move.column_id and spot.holds(move.rank)


def _require_room(move: Relocation, spot: Spot) -> None:
    if spot.column_id != move.column_id:
        placing.require_room(move.board, spot)


def _store(log: LogWriter, move: Relocation, rank: str, reason: Mapping[str, Any] | None) -> None:
    before = move.state()
    move.rank = rank
    if move.spot.column_id != move.column_id:
        progress = Progress(move.started_at, move.completed_at).entering(
            move.spot.required_category, log.at
        )
        move.column_id = move.spot.required_column_id
        move.started_at, move.completed_at = progress.started_at, progress.completed_at
    move.version, move.updated_at = log.version(move.board.id) + 1, log.at
    after = move.state()
    changed = [name for name, value in after.items() if value != before[name]]
    log.record(
        move.board.id,
        CardMoved(
            id=move.id,
            card_id=move.id,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
            reason=reason,
        ),
    )
    log.ride(move.board.id, repository.store_place(move))
