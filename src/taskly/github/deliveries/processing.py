"""Working out what a stored delivery says, exactly once in effect."""

from uuid import UUID

import structlog

from taskly.github import repository
from taskly.github.alerts import raise_alert
from taskly.github.deliveries import delivery_repository
from taskly.github.deliveries.counting import count_worked_out
from taskly.github.deliveries.payloads import Reading, UnreadablePayload, read_payload
from taskly.github.delivery_models import DeliveryState, WebhookDelivery
from taskly.github.learning.learning import learn
from taskly.github.models import Alert, GitRepository
from taskly.github.rules.facts import Told
from taskly.platform.context import Actor
from taskly.platform.db.session import Transaction
from taskly.platform.jobs.failures import describe, is_passing
from taskly.platform.jobs.work import GiveUp, Retry, TakenOver, Work

log = structlog.get_logger()


async def process(work: Work, delivery_id: UUID) -> None:
    """Take in what a delivery says, and note on it what became of it.

    Raises:
        GiveUp: the delivery is not what GitHub sends for its event; it is parked as dead, with the reason.
    """
    async with work.reading() as session:
        found = await delivery_repository.delivery_with_payload(session, delivery_id)
    if found is None or _is_over(found[0]):
        return
    try:
        await _work_out(work, *found)
    except (Retry, TakenOver):
        raise
    except Exception as error:
        if is_passing(error):
            # PostgreSQL is away: that says nothing about the delivery.
            raise Retry(describe(error), after=5) from error
        is_last = work.last_attempt or isinstance(error, GiveUp)
        await _note_failure(work, delivery_id, error, is_last=is_last)
        raise


async def give_up(tx: Transaction, delivery_id: UUID, reason: str) -> None:
    """Park a delivery whose job died, so that it can be seen and GitHub can send it again."""
    stored = await delivery_repository.lock_delivery(tx.session, delivery_id)
    if stored is None or stored.state not in {DeliveryState.RECEIVED, DeliveryState.FAILED}:
        return
    stored.error, stored.processed_at = reason, tx.now
    _let_die(tx, stored)
    count_worked_out(stored.event, stored.state.value)


async def _work_out(work: Work, delivery: WebhookDelivery, row: GitRepository) -> None:
    reading = _read(delivery)
    ignored = reading.ignored
    if reading.repository_id != row.github_id:
        ignored = ignored or "it speaks of another repository than its webhook's"
    user_id = None
    if reading.sender_id is not None and ignored is None:
        async with work.reading() as session:
            user_id = await repository.member_with_github_id(
                session, row.workspace_id, reading.sender_id
            )
    told = reading.told if ignored is None else Told()
    # What it does, however often it is worked out, is one operation, and found by its id.
    async with work.last_transaction(Actor.github(user_id), operation_id=delivery.id) as tx:
        if ignored is None and not await _learn(tx, work, delivery, row, told):
            ignored = "the repository is not connected any more"
        outcome = DeliveryState.PROCESSED if ignored is None else DeliveryState.IGNORED
        if not await delivery_repository.end_delivery(
            tx.session,
            delivery.id,
            state=outcome,
            action=reading.action,
            error=ignored,
            attempts=work.attempt,
            processed_at=tx.now,
        ):
            return  # Another copy of this job was faster; what it learnt is learnt once.
    count_worked_out(delivery.event, outcome.value)
    log.info(
        "delivery.processed",
        delivery_id=str(delivery.delivery_id),
        event_name=delivery.event,
        action=reading.action,
        outcome=outcome.value,
        reason=ignored,
    )


async def _learn(
    tx: Transaction, work: Work, delivery: WebhookDelivery, known: GitRepository, told: Told
) -> bool:
    """Take in what it says, and that the webhook says something; whether the repository is still connected.

    `known` is the connection as it was a moment ago: the next delivery ends a silence that began since.
    """
    cause = {
        "delivery_id": str(delivery.delivery_id),
        "event": delivery.event,
        "repository_id": str(delivery.repository_id),
    }
    if await learn(tx, work.runtime.settings, delivery.repository_id, told, cause) is None:
        return False
    if known.heard_at is not None and known.silent_since is None:
        return True
    row = await repository.repository_row(tx.session, delivery.repository_id)
    if row is not None:
        row.heard_at, row.silent_since = row.heard_at or tx.now, None
    return True


def _read(delivery: WebhookDelivery) -> Reading:
    if delivery.payload is None:
        raise GiveUp("the delivery's body is not kept any more")
    try:
        return read_payload(delivery.event, delivery.payload, received_at=delivery.received_at)
    except UnreadablePayload as error:
        raise GiveUp(f"unreadable: {error}") from None


async def _note_failure(work: Work, delivery_id: UUID, error: Exception, *, is_last: bool) -> None:
    """Note on the delivery what went wrong, and whether it is tried again."""
    async with work.transaction() as tx:
        stored = await delivery_repository.lock_delivery(tx.session, delivery_id)
        if stored is None or _is_over(stored):
            return
        stored.state, stored.error = DeliveryState.FAILED, describe(error)
        stored.attempts, stored.processed_at = work.attempt, tx.now
        if is_last:
            _let_die(tx, stored)
    count_worked_out(stored.event, stored.state.value)


def _let_die(tx: Transaction, stored: WebhookDelivery) -> None:
    stored.state = DeliveryState.DEAD
    raise_alert(
        tx,
        workspace_id=stored.workspace_id,
        repository_id=stored.repository_id,
        alert=Alert.DELIVERIES_DEAD,
        detail=f"{stored.event}: {stored.error}",
    )


def _is_over(delivery: WebhookDelivery) -> bool:
    return delivery.state in delivery_repository.OVER
