"""Telling a webhook something once more, because a person asks for it."""

from datetime import datetime
from uuid import UUID

from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import NotFound
from taskly.webhooks import message_repository as messages
from taskly.webhooks.errors import DeliveryUnderWay
from taskly.webhooks.line import move_line, promise_sending, send_test
from taskly.webhooks.models import WebhookAttempt, WebhookEndpoint
from taskly.webhooks.rules import MessageState

ENDED = frozenset({MessageState.DELIVERED, MessageState.FAILED})


async def try_webhook(tx: Transaction, endpoint: WebhookEndpoint) -> WebhookAttempt:
    """Send a test now, whether or not the webhook is told anything at present."""
    return await _read(tx, endpoint, await send_test(tx, endpoint))


async def redeliver(tx: Transaction, endpoint: WebhookEndpoint, attempt_id: UUID) -> WebhookAttempt:
    """Send a message that has ended once more, under its old id and before what waits in the line.

    Raises:
        NotFound: the webhook has no such message.
        DeliveryUnderWay: it has not ended.
    """
    attempt = await _read(tx, endpoint, attempt_id)
    if attempt.state not in ENDED:
        raise DeliveryUnderWay
    attempt.attempts, attempt.finished_at = 0, None
    if attempt.event_id is None:
        attempt.state = MessageState.SENDING
        promise_sending(tx, endpoint, attempt.id, trial=True)
        return attempt
    attempt.state = MessageState.QUEUED
    await move_line(tx, endpoint)
    return await _read(tx, endpoint, attempt_id)


async def replay_failed(tx: Transaction, endpoint: WebhookEndpoint, since: datetime) -> int:
    """Send everything that has failed for good since a time once more, in order; how many messages."""
    queued = await messages.queue_failed(tx.session, endpoint, since)
    await move_line(tx, endpoint)
    return queued


async def _read(tx: Transaction, endpoint: WebhookEndpoint, attempt_id: UUID) -> WebhookAttempt:
    attempt = await messages.attempt(tx.session, endpoint, attempt_id)
    if attempt is None:
        raise NotFound
    return attempt
