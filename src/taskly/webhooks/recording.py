"""What the log is told of webhooks: who changed them, and when they stopped or began to answer."""

from typing import Any
from urllib.parse import urlsplit

from taskly.platform.db.session import Transaction
from taskly.webhooks.events import (
    WebhookCreated,
    WebhookDeleted,
    WebhookSecretRotated,
    WebhookUpdated,
)
from taskly.webhooks.models import WebhookEndpoint
from taskly.webhooks.rules import Standing


def record_created(tx: Transaction, endpoint: WebhookEndpoint) -> int:
    """A webhook was made; the version of the workspace that this makes."""
    change = WebhookCreated(id=endpoint.id, before=None, after=webhook_state(endpoint))
    return tx.record(endpoint.workspace_id, change)


def record_changed(tx: Transaction, endpoint: WebhookEndpoint, before: dict[str, Any]) -> None:
    """Fields of a webhook changed, if they did."""
    after = webhook_state(endpoint)
    changed = {name for name, value in after.items() if before[name] != value}
    if changed:
        change = WebhookUpdated(
            id=endpoint.id,
            before={name: before[name] for name in sorted(changed)},
            after={name: after[name] for name in sorted(changed)},
        )
        tx.record(endpoint.workspace_id, change)


def record_standing(tx: Transaction, endpoint: WebhookEndpoint, before: Standing) -> None:
    """A webhook is told nothing any more, or something again."""
    if endpoint.state is not before.state:
        change = WebhookUpdated(
            id=endpoint.id,
            before={"state": before.state.value, "problem": before.problem},
            after={"state": endpoint.state.value, "problem": endpoint.problem},
        )
        tx.record(endpoint.workspace_id, change)


def record_rotated(tx: Transaction, endpoint: WebhookEndpoint) -> None:
    """A webhook got a new secret."""
    tx.record(endpoint.workspace_id, WebhookSecretRotated(id=endpoint.id, before={}, after={}))


def record_deleted(tx: Transaction, endpoint: WebhookEndpoint) -> None:
    """A webhook was taken away."""
    change = WebhookDeleted(id=endpoint.id, before=webhook_state(endpoint), after=None)
    tx.record(endpoint.workspace_id, change)


def webhook_state(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """A webhook as everybody in the workspace may see it: an address may hold a secret, its host does not."""
    return {
        "host": urlsplit(endpoint.url).hostname,
        "description": endpoint.description,
        "event_types": list(endpoint.event_types),
        "board_id": endpoint.board_id,
        "state": endpoint.state.value,
        "problem": endpoint.problem,
    }
