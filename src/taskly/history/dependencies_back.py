"""What cards waited for, taken back last of all: when every card is there again, and never in a circle."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from taskly.cards import parts_repository as parts
from taskly.cards.dependency_rules import circle, in_circles
from taskly.cards.models import Card
from taskly.cards.schemas import MOST_HANGING
from taskly.history.schemas import WhyLeft
from taskly.history.taking_back import TakingBack
from taskly.platform.events.models import Event

BLOCKERS = "blocker_ids"


@dataclass(frozen=True, slots=True)
class _Waiting:
    by_now: dict[UUID, list[UUID]]
    doubtful: set[UUID]
    """Cards that would wait for themselves if all waited again for what they waited for."""


async def wait_again(work: TakingBack) -> None:
    """Let cards wait for what they waited for, as far as it is there and does not wait for them by now."""
    if not work.to_wait:
        return
    waiting = await _present_waiting(work)
    for event, card_id, blocker_ids in work.to_wait:
        card = work.batch.cards[card_id]
        if card.deleted_at is not None:
            work.leave(event, WhyLeft.GONE, BLOCKERS)
        else:
            _wait_again(work, waiting, event, card, blocker_ids)


def _wait_again(
    work: TakingBack,
    waiting: _Waiting,
    event: Event,
    card: Card,
    blocker_ids: Collection[UUID],
) -> None:
    in_the_way = set()
    for blocker_id in blocker_ids:
        present = work.batch.get(card.id, BLOCKERS)
        reason = None if blocker_id in present else _why_not(work, waiting, card, blocker_id)
        if reason is not None:
            in_the_way.add(reason)
        elif blocker_id not in present:
            work.batch.put(card.id, BLOCKERS, [*present, blocker_id])
            waiting.by_now[card.id] = work.batch.get(card.id, BLOCKERS)
            work.note(event, BLOCKERS)
    for reason in sorted(in_the_way):
        work.leave(event, reason, BLOCKERS)


def _why_not(work: TakingBack, waiting: _Waiting, card: Card, blocker_id: UUID) -> WhyLeft | None:
    blocker = work.batch.cards.get(blocker_id)
    if blocker is None or blocker.deleted_at is not None or blocker.board_id != card.board_id:
        return WhyLeft.GONE
    if len(waiting.by_now.get(card.id, ())) >= MOST_HANGING[BLOCKERS]:
        return WhyLeft.TOO_MANY
    if card.id in waiting.doubtful and circle(waiting.by_now, card.id, [blocker_id]):
        return WhyLeft.DEPENDENCY_CYCLE
    return None


async def _present_waiting(work: TakingBack) -> _Waiting:
    """Who waits for whom by now; what is taken back just now may not be stored yet."""
    waiting = await parts.waiting(work.tx.session, work.boards.keys())
    for card in work.batch.cards.values():
        waiting[card.id] = [] if card.deleted_at is not None else work.batch.get(card.id, BLOCKERS)
    at_most = dict(waiting)
    for _, card_id, blocker_ids in work.to_wait:
        at_most[card_id] = [*at_most.get(card_id, ()), *blocker_ids]
    return _Waiting(waiting, in_circles(at_most, [card_id for _, card_id, _ in work.to_wait]))
