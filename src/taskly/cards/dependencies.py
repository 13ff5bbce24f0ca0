"""Which card waits for which, on one board: never in a circle."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from taskly.boards.errors import NotOnBoard
from taskly.boards.models import BoardAccess
from taskly.cards import parts_repository as parts
from taskly.cards import repository
from taskly.cards.dependency_rules import circle
from taskly.cards.errors import DependencyCycle
from taskly.cards.events import CardUpdated
from taskly.cards.recording import record_change
from taskly.platform.db.session import Transaction


async def check_blockers(
    tx: Transaction, board: BoardAccess, card_id: UUID | None, blockers: Collection[UUID]
) -> None:
    """Check that a card, or a new one, may wait for these.

    Raises:
        NotOnBoard: the board has no such card.
        DependencyCycle: one of them waits for the card, directly or by way of others.
    """
    if await parts.cards_missing(tx.session, board.id, blockers):
        raise NotOnBoard("Cards wait only for cards of their own board, and it has no such card.")
    if card_id is None:
        return
    waiting = await parts.waiting(tx.session, [board.id])
    waiting.pop(card_id, None)
    if way := circle(waiting, card_id, blockers):
        numbers = await parts.numbers_of(tx.session, way)
        keys = " → ".join(f"{board.key}-{numbers[each]}" for each in way)
        raise DependencyCycle(f"Then cards would wait for each other: {keys}.")


async def release_blocked(tx: Transaction, card_ids: Collection[UUID]) -> None:
    """Let other cards no longer wait for these, which are about to go, nor these for any.

    What they waited for is in the log, in what it says of each that goes.
    """
    removed: dict[UUID, list[UUID]] = defaultdict(list)
    for blocked_id, blocker_id in await parts.remove_dependencies(tx.session, card_ids):
        removed[blocked_id].append(blocker_id)
    blocked_ids = removed.keys() - set(card_ids)
    if not blocked_ids:
        return
    hanging = await repository.hanging_on(tx.session, blocked_ids)
    for card in await parts.cards_in_order(tx.session, blocked_ids):
        after = hanging[card.id].blocker_ids
        before = sorted([*after, *removed[card.id]])
        record_change(tx, card, CardUpdated, {"blocker_ids": before}, {"blocker_ids": after})
