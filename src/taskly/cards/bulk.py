"""Changing many cards in one transaction: all of them as asked for, or none.

The cards may lie on several boards of a workspace, which are locked in the order of their ids. Everything
is decided in memory, so that all refusals are found and named at once.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from uuid import UUID

from taskly.boards.access import open_board_to_change
from taskly.boards.errors import BoardArchived
from taskly.boards.models import BoardAccess
from taskly.boards.repository import board_to_change
from taskly.cards import bulk_repository as repository
from taskly.cards import parts_repository as parts
from taskly.cards.batch import HANGING, PLAIN, CardBatch
from taskly.cards.bulk_fields import CannotBe, changed_fields
from taskly.cards.bulk_placing import place_behind, require_room_to_return
from taskly.cards.bulk_schemas import (
    BulkChange,
    BulkResponse,
    BulkUpdate,
    MoveCards,
    PutAway,
    Refusal,
)
from taskly.cards.bulk_work import Bulk
from taskly.cards.dependencies import release_blocked
from taskly.cards.dependency_rules import in_circles
from taskly.cards.events import CardRestored
from taskly.cards.models import Card
from taskly.cards.recording import record_archiving, record_deletion, record_return
from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import Forbidden, NotFound
from taskly.users.principal import Principal

Progress = Callable[[int, int], Awaitable[None]]
"""Is told how many cards are done, of how many."""
STEP = 100
"""So many cards at a time it is told."""


async def bulk_update(
    tx: Transaction, principal: Principal, wanted: BulkUpdate, *, progress: Progress | None = None
) -> BulkResponse:
    """Change cards of one workspace, all of them or none.

    Raises:
        BulkRefused: with each card that can't be changed so, and why.
    """
    bulk = await _open(tx, principal, wanted.card_ids)
    for done, card_id in enumerate(bulk.card_ids, start=1):
        _change_fields(bulk, card_id, wanted.changes)
        if progress is not None and done % STEP == 0:
            await progress(done, len(wanted.card_ids))
    for change in wanted.changes:
        if isinstance(change, MoveCards):
            await place_behind(bulk, change.column_id)
    await _check_references(bulk)
    away = next((change.mode for change in wanted.changes if isinstance(change, PutAway)), None)
    if away == "restore":
        await require_room_to_return(bulk)
    if refusal := bulk.refusal():
        raise refusal
    changed = await bulk.batch.store()
    if away is not None:
        changed |= await _put_away(bulk, away)
    return BulkResponse(operation_id=tx.operation_id, job_id=None, changed=len(changed))


async def _open(tx: Transaction, principal: Principal, card_ids: Sequence[UUID]) -> Bulk:
    """Lock the boards of the cards that the caller may change; the others are refused."""
    found = await repository.whereabouts(tx.session, card_ids, principal.user_id)
    board_ids = sorted({place.board_id for place in found.values()})
    # All of them before anybody is kept from leaving.
    for board_id in board_ids if len(board_ids) > 1 else ():
        await board_to_change(tx.session, board_id, principal.user_id, stays=False)
    boards: dict[UUID, BoardAccess] = {}
    closed: dict[UUID, tuple[str, str]] = {}
    for board_id in board_ids:
        try:
            boards[board_id] = await open_board_to_change(tx, principal, board_id)
        except NotFound:
            continue
        except (Forbidden, BoardArchived) as problem:
            closed[board_id] = (problem.code, str(problem))
    batch = await CardBatch.load(
        tx, [card_id for card_id, place in found.items() if place.board_id in boards]
    )
    known = {each for each in card_ids if _is_there(batch, boards, each)}
    in_order = [each for each in card_ids if each in known]
    bulk = Bulk(tx, boards, batch, in_order, named=len(card_ids))
    for card_id in card_ids:
        if card_id in found and found[card_id].board_id in closed:
            reason, detail = closed[found[card_id].board_id]
            bulk.refuse(card_id, reason, detail)
        elif card_id not in known:
            bulk.refused.append(Refusal.of_unknown(card_id))
    return bulk


def _is_there(batch: CardBatch, boards: dict[UUID, BoardAccess], card_id: UUID) -> bool:
    card = batch.cards.get(card_id)
    return card is not None and card.deleted_at is None and card.board_id in boards


def _change_fields(bulk: Bulk, card_id: UUID, changes: Sequence[BulkChange]) -> None:
    for change in changes:
        now = {name: bulk.batch.get(card_id, name) for name in (*PLAIN, *HANGING)}
        try:
            wanted = changed_fields(change, now)
        except CannotBe as refusal:
            bulk.refuse(card_id, refusal.reason, str(refusal))
            continue
        for name, value in wanted.items():
            bulk.batch.put(card_id, name, value)


async def _check_references(bulk: Bulk) -> None:
    """Whatever was hung on cards has to be there, and no cards may wait for each other."""
    touched = [card for card in bulk.cards() if card.id in bulk.batch.before]
    added = {card.id: _added(bulk, card) for card in touched}
    there = {name: await _there_for(bulk, name, added.values()) for name in (*HANGING, "sprint_id")}
    circling = await _in_circles(
        bulk, [card for card in touched if "blocker_ids" in added[card.id]]
    )
    for card in touched:
        for name, ids in added[card.id].items():
            if all((card.board_id, each) in there[name] for each in ids):
                continue
            if name == "sprint_id":
                bulk.refuse(card.id, "no_such_sprint", "The board has no such sprint.")
            else:
                bulk.refuse(card.id, "not_on_board", f"Some of its {name} would be elsewhere.")
        if card.id in circling:
            bulk.refuse(card.id, "dependency_cycle", "It would wait for itself.")


def _added(bulk: Bulk, card: Card) -> dict[str, set[UUID]]:
    """What a card names that it did not name before, field by field; without the others."""
    before = bulk.batch.before[card.id]
    added = {name: set(bulk.batch.get(card.id, name)) - set(before[name]) for name in HANGING}
    added["sprint_id"] = {card.sprint_id} - {before["sprint_id"], None}
    return {name: ids for name, ids in added.items() if ids}


async def _there_for(
    bulk: Bulk, name: str, added: Iterable[Mapping[str, set[UUID]]]
) -> set[tuple[UUID, UUID]]:
    ids = set[UUID]().union(*(each.get(name, ()) for each in added))
    return await repository.there_for(bulk.tx.session, name, ids, bulk.boards)


async def _in_circles(bulk: Bulk, waiting_anew: Collection[Card]) -> set[UUID]:
    """Those of cards that wait for more than before that would wait for themselves."""
    if not waiting_anew:
        return set()
    board_ids = {card.board_id for card in waiting_anew}
    waiting = await parts.waiting(bulk.tx.session, board_ids)
    waiting.update({card.id: bulk.batch.get(card.id, "blocker_ids") for card in bulk.cards()})
    return in_circles(waiting, [card.id for card in waiting_anew])


async def _put_away(bulk: Bulk, mode: str) -> set[UUID]:
    changed: set[UUID] = set()
    if mode == "delete":
        await release_blocked(bulk.tx, bulk.card_ids)
    for card in bulk.cards():
        hanging = bulk.batch.hanging[card.id]
        if mode == "delete":
            record_deletion(bulk.tx, card, hanging)
        elif mode == "archive" and card.archived_at is None:
            record_archiving(bulk.tx, card, hanging)
        elif mode == "restore" and card.archived_at is not None:
            record_return(bulk.tx, card, hanging, CardRestored)
        else:
            continue
        changed.add(card.id)
    return changed
