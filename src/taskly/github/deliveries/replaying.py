"""Having deliveries worked out again, because an admin asks for it.

That is safe at any time: what a delivery says is learnt with the time as of which it says so, and changes
nothing where something newer is known.
"""

from datetime import datetime
from uuid import UUID

from taskly.github.deliveries import delivery_repository
from taskly.github.deliveries.counting import count_taken
from taskly.github.deliveries.delivery_repository import Listed, TakenUp
from taskly.github.delivery_models import DeliveryState
from taskly.github.errors import PayloadGone
from taskly.github.jobs import ProcessDelivery
from taskly.github.models import GitRepository
from taskly.platform.db.session import Transaction
from taskly.platform.events.auditing import note
from taskly.platform.http.problems import NotFound

MOST_AT_ONCE = 500


async def replay(
    tx: Transaction, repository: GitRepository, user_id: UUID, delivery_id: UUID
) -> Listed:
    """Have one delivery worked out again; one that is under way is left alone. `delivery_id` is GitHub's.

    Raises:
        NotFound: the repository has no such delivery.
        PayloadGone: what it said is not kept any more.
    """
    found = await delivery_repository.lock_to_replay(tx.session, repository.id, delivery_id)
    if found is None:
        raise NotFound
    if found.payload_bytes is None:
        raise PayloadGone
    row = found.row
    if not await delivery_repository.has_open_job(tx.session, row):
        row.state, row.error, row.processed_at = DeliveryState.RECEIVED, None, None
        _promise(tx, repository, TakenUp(row.id, row.event))
        _note(tx, "delivery.replayed", user_id, repository, delivery_id)
    return found


async def replay_dead(
    tx: Transaction, repository: GitRepository, user_id: UUID, since: datetime | None
) -> tuple[int, bool]:
    """Have dead deliveries worked out again, the oldest first: how many, and whether that is all of them.

    Those whose payloads are not kept any more stay dead.
    """
    taken = await delivery_repository.take_up_dead(
        tx.session, repository.id, since, limit=MOST_AT_ONCE
    )
    for each in taken:
        _promise(tx, repository, each)
    if taken:
        _note(tx, "deliveries.replayed", user_id, repository, repository.id)
    return len(taken), len(taken) < MOST_AT_ONCE


def _promise(tx: Transaction, repository: GitRepository, taken: TakenUp) -> None:
    tx.promise(
        ProcessDelivery(delivery=taken.id),
        workspace_id=repository.workspace_id,
        key=str(taken.id),
        again=True,
    )
    count_taken(taken.event, "replayed")


def _note(
    tx: Transaction, kind: str, user_id: UUID, repository: GitRepository, subject_id: UUID
) -> None:
    note(
        tx.session,
        kind,
        user_id=user_id,
        subject_id=subject_id,
        at=tx.now,
        workspace_id=repository.workspace_id,
    )
