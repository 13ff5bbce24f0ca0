"""Changing many cards in one transaction: all of them as asked for, or none.

The cards may lie on several boards of a workspace, which are locked in the order of their ids. Everything
is decided in memory, so that all refusals are found and named at once.
"""

from collections.abc import Sequence
from uuid import UUID

from taskly.boards.access import open_board_to_change
from taskly.boards.errors import BoardArchived
from taskly.boards.models import BoardAccess
from taskly.cards import bulk_repository as repository
from taskly.cards.batch import HANGING, PLAIN, CardBatch
from taskly.cards.bulk_fields import CannotBe, changed_fields
from taskly.cards.bulk_placing import place_behind
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
from taskly.cards.dependency_rules import circle
from taskly.cards.errors import BulkRefused
from taskly.cards.events import CardRestored
from taskly.cards.recording import record_archiving, record_deletion, record_return
from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import Forbidden, NotFound
from taskly.users.principal import Principal


async def bulk_update(tx: Transaction, principal: Principal, wanted: BulkUpdate) -> BulkResponse:
    """Change cards, all of them or none.

    Raises:
        BulkRefused: with each card that can't be changed so, and why.
    """
    bulk = await _open(tx, principal, wanted.card_ids)
    for change in wanted.changes:
        if isinstance(change, MoveCards):
            await place_behind(bulk, change.column_id)
        elif not isinstance(change, PutAway):
            _change_fields(bulk, change)
    await _check_references(bulk)
    last = [change for change in wanted.changes if isinstance(change, PutAway)]
    for change in last:
        _check_putting_away(bulk, change)
    if bulk.refused:
        raise BulkRefused(
            f"{len(bulk.refused)} of {len(wanted.card_ids)} cards can't be changed so.",
            refused=[refusal.model_dump(mode="json") for refusal in bulk.refused],
        )
    changed = await bulk.batch.store()
    for change in last:
        changed |= await _put_away(bulk, change)
    return BulkResponse(operation_id=tx.operation_id, job_id=None, changed=len(changed))


async def _open(tx: Transaction, principal: Principal, card_ids: Sequence[UUID]) -> Bulk:
    """Lock the boards of the cards that the caller may change; the others are refused."""
    found = await repository.boards_of(tx.session, card_ids)
    boards: dict[UUID, BoardAccess] = {}
    closed: dict[UUID, tuple[str, str]] = {}
    for board_id in sorted(set(found.values())):
        try:
            boards[board_id] = await open_board_to_change(tx, principal, board_id)
        except NotFound:
            continue
        except (Forbidden, BoardArchived) as problem:
            closed[board_id] = (problem.code, str(problem))
    batch = await CardBatch.load(tx, [each for each in card_ids if found.get(each) in boards])
    known = [each for each in card_ids if _is_there(batch, boards, each)]
    bulk = Bulk(tx, boards, batch, known)
    for card_id in set(card_ids) - set(known):
        unseen = ("not_found", "There is no such card, or you may not see it.")
        reason, detail = closed.get(found.get(card_id, card_id), unseen)
        bulk.refused.append(Refusal(card_id=card_id, key=None, reason=reason, detail=detail))
    return bulk


def _is_there(batch: CardBatch, boards: dict[UUID, BoardAccess], card_id: UUID) -> bool:
    card = batch.cards.get(card_id)
    return card is not None and card.deleted_at is None and card.board_id in boards


def _change_fields(bulk: Bulk, change: BulkChange) -> None:
    for card_id in bulk.card_ids:
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
    there = await repository.what_is_there(bulk.tx.session, list(bulk.boards))
    waiting = there.waiting
    waiting.update({card.id: bulk.batch.get(card.id, "blocker_ids") for card in touched})
    for card in touched:
        for name in HANGING:
            before = bulk.batch.before[card.id][name]
            added = set(bulk.batch.get(card.id, name)) - set(before)
            if added - there.of_board(card.board_id, name):
                bulk.refuse(card.id, "not_on_board", f"Some of its {name} would be elsewhere.")
        sprint_id = card.sprint_id
        if sprint_id is not None and sprint_id not in there.of_board(card.board_id, "sprint_id"):
            bulk.refuse(card.id, "no_such_sprint", "The board has no such sprint.")
        if circle(waiting, card.id, waiting[card.id]):
            bulk.refuse(card.id, "dependency_cycle", "It would wait for itself.")


def _check_putting_away(bulk: Bulk, change: PutAway) -> None:
    if change.mode == "restore":
        return  # A strict limit is no reason to lose cards: it holds for the next that comes.
    for card in bulk.cards():
        if change.mode == "archive" and card.archived_at is not None:
            bulk.refuse(card.id, "card_archived", "It is in the archive already.")


async def _put_away(bulk: Bulk, change: PutAway) -> set[UUID]:
    changed: set[UUID] = set()
    if change.mode == "delete":
        await release_blocked(bulk.tx, bulk.card_ids)
    for card in bulk.cards():
        hanging = bulk.batch.hanging[card.id]
        if change.mode == "archive":
            record_archiving(bulk.tx, card, hanging)
        elif change.mode == "delete":
            record_deletion(bulk.tx, card, hanging)
        elif card.archived_at is not None:
            record_return(bulk.tx, card, hanging, CardRestored)
        else:
            continue
        changed.add(card.id)
    return changed
