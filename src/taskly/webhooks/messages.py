"""What a webhook is told: an envelope around what the live socket says of the same event."""

from typing import Any
from uuid import UUID, uuid5

from taskly import __version__
from taskly.kit.json import dumps, loads
from taskly.platform.events.log import Recorded
from taskly.platform.realtime.messages import event_bytes
from taskly.webhooks.models import WebhookAttempt, WebhookEndpoint
from taskly.webhooks.rules import TEST_TYPE

MAXIMUM_BYTES = 256 * 1024
HEADERS = {"Content-Type": "application/json", "User-Agent": f"Taskly/{__version__}"}


def message_id(endpoint_id: UUID, event_id: UUID) -> str:
    """What the receiver knows the message by: made of both, so it is the same whoever makes it again."""
    return f"msg_{uuid5(endpoint_id, str(event_id)).hex}"


def event_body(recorded: Recorded) -> bytes:
    """The body that tells an event: always the same bytes.

    What is too large for receivers goes without what changed; they fetch the thing itself.
    """
    told: dict[str, Any] = loads(event_bytes(recorded))
    body = _body(recorded, told, truncated=False)
    if len(body) <= MAXIMUM_BYTES:
        return body
    told["data"] = {"entity": recorded.data["entity"], "id": recorded.data["id"]}
    return _body(recorded, told, truncated=True)


def ping_body(endpoint: WebhookEndpoint, attempt: WebhookAttempt) -> bytes:
    """The body of a test."""
    return dumps(
        {
            "type": TEST_TYPE,
            "timestamp": attempt.created_at,
            "workspace_id": endpoint.workspace_id,
            "stream": None,
            "truncated": False,
            "data": {"webhook_id": endpoint.id, "text": "Hello from Taskly."},
        }
    )


def readable(beginning: bytes, length: int) -> str:
    """The beginning of an answer as text that can be stored."""
    return beginning.decode("utf-8", "replace").replace("\x00", "\ufffd")[:length]


def _body(recorded: Recorded, told: dict[str, Any], *, truncated: bool) -> bytes:
    return dumps(
        {
            "type": recorded.type,
            "timestamp": recorded.at,
            "workspace_id": recorded.stream.workspace_id,
            "stream": {"kind": recorded.stream.kind.value, "id": recorded.stream.id},
            "truncated": truncated,
            "data": told,
        }
    )
