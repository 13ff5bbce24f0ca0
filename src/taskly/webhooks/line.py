"""The line of a webhook: messages wait for their first sending in order, and one at a time is at its head.

What fails there goes out of the line and is tried again on its own, so that one message that a receiver
chokes on does not hold up the others for a day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction
from taskly.webhooks import message_repository as messages
from taskly.webhooks.jobs import DeliverMessage
from taskly.webhooks.messages import message_id
from taskly.webhooks.models import WebhookEndpoint
from taskly.webhooks.rules import TEST_TYPE, EndpointState, MessageState


@dataclass(frozen=True, slots=True)
class Told:
    """An event that a webhook is to be told."""

    id: UUID
    type: str


async def put_in_line(tx: Transaction, endpoint: WebhookEndpoint, events: Sequence[Told]) -> None:
    """Add messages at the end of a locked webhook's line, in this order."""
    rows = []
    for event in events:
        endpoint.last_position += 1
        rows.append(
            {
                "id": new_id(),
                "workspace_id": endpoint.workspace_id,
                "endpoint_id": endpoint.id,
                "position": endpoint.last_position,
                "message_id": message_id(endpoint.id, event.id),
                "event_id": event.id,
                "event_type": event.type,
                "created_at": tx.now,
            }
        )
    if rows:
        await messages.add(tx.session, rows)


async def move_line(tx: Transaction, endpoint: WebhookEndpoint) -> None:
    """Have the next message of a locked webhook sent, if it is told anything and none is being sent."""
    await tx.session.flush()
    if endpoint.state is not EndpointState.ACTIVE:
        return
    following = await messages.take_next(tx.session, endpoint)
    if following is not None:
        promise_sending(tx, endpoint, following)


def promise_sending(
    tx: Transaction, endpoint: WebhookEndpoint, attempt_id: UUID, *, trial: bool = False
) -> None:
    """Promise to send a message."""
    tx.promise(
        DeliverMessage(
            workspace_id=endpoint.workspace_id,
            endpoint_id=endpoint.id,
            attempt_id=attempt_id,
            trial=trial,
        ),
        workspace_id=endpoint.workspace_id,
    )


async def send_test(tx: Transaction, endpoint: WebhookEndpoint) -> UUID:
    """Send something beside the line of a locked webhook, at once and once; the message's id."""
    endpoint.last_position += 1
    made = new_id()
    row = {
        "id": made,
        "workspace_id": endpoint.workspace_id,
        "endpoint_id": endpoint.id,
        "position": endpoint.last_position,
        "message_id": f"msg_{made.hex}",
        "event_type": TEST_TYPE,
        "state": MessageState.SENDING,
        "created_at": tx.now,
    }
    await messages.add(tx.session, [row])
    promise_sending(tx, endpoint, made, trial=True)
    return made
