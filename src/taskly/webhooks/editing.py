"""Making, changing and ending webhooks."""

from collections.abc import Sequence
from uuid import UUID

from taskly.boards.errors import NoSuchBoard
from taskly.kit.crypto import KeyRing
from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction
from taskly.platform.events.change import known_changes
from taskly.platform.http.outgoing import AddressRefused, Outgoing
from taskly.webhooks import message_repository as messages
from taskly.webhooks import repository, rules
from taskly.webhooks.errors import (
    TooManyWebhooks,
    UnknownEventType,
    WebhookAddressRefused,
)
from taskly.webhooks.line import move_line
from taskly.webhooks.models import WebhookEndpoint
from taskly.webhooks.recording import (
    record_changed,
    record_created,
    record_deleted,
    record_rotated,
    webhook_state,
)
from taskly.webhooks.rules import EndpointState, Standing
from taskly.webhooks.schemas import CreateWebhook, UpdateWebhook
from taskly.webhooks.signing import renew_secret

MOST_WEBHOOKS = 20
"""Of one workspace: each reads the whole log of it."""


async def create_webhook(
    tx: Transaction, outgoing: Outgoing, keys: KeyRing, workspace_id: UUID, wanted: CreateWebhook
) -> tuple[WebhookEndpoint, str]:
    """Make a webhook that hears of what happens from now on; with its secret, which is not shown again.

    Raises:
        WebhookAddressRefused, UnknownEventType, NoSuchBoard: something in `wanted` is wrong.
        TooManyWebhooks: the workspace has as many as it can have.
    """
    _check_address(outgoing, wanted.url)
    _check_types(wanted.event_types)
    await _check_board(tx, workspace_id, wanted.board_id)
    if await repository.count_endpoints(tx.session, workspace_id) >= MOST_WEBHOOKS:
        raise TooManyWebhooks(f"A workspace has {MOST_WEBHOOKS} webhooks at most. Delete one.")
    endpoint = WebhookEndpoint(
        id=new_id(),
        workspace_id=workspace_id,
        url=wanted.url,
        description=wanted.description,
        event_types=list(wanted.event_types),
        board_id=wanted.board_id,
        state=EndpointState.ACTIVE,
        created_at=tx.now,
        updated_at=tx.now,
    )
    secret = renew_secret(keys, endpoint, tx.now)
    tx.session.add(endpoint)
    await tx.session.flush()
    version = record_created(tx, endpoint)
    await repository.start_at_heads(tx.session, endpoint, workspace_version=version)
    return endpoint, secret


async def update_webhook(
    tx: Transaction, outgoing: Outgoing, endpoint: WebhookEndpoint, wanted: UpdateWebhook
) -> WebhookEndpoint:
    """Change what a webhook is for. It counts for whatever has not been put in its line yet.

    Raises:
        WebhookAddressRefused, UnknownEventType, NoSuchBoard: something in `wanted` is wrong.
    """
    before, fields = webhook_state(endpoint), wanted.model_fields_set
    if wanted.url is not None:
        _check_address(outgoing, wanted.url)
        endpoint.url = wanted.url
    if wanted.event_types is not None:
        _check_types(wanted.event_types)
        endpoint.event_types = list(wanted.event_types)
    if wanted.description is not None:
        endpoint.description = wanted.description
    if "board_id" in fields:
        await _check_board(tx, endpoint.workspace_id, wanted.board_id)
        endpoint.board_id = wanted.board_id
    endpoint.updated_at = tx.now
    record_changed(tx, endpoint, before)
    return endpoint


async def delete_webhook(tx: Transaction, endpoint: WebhookEndpoint) -> None:
    """Take a webhook away, with its delivery log. What is being sent may still arrive."""
    record_deleted(tx, endpoint)
    await tx.session.delete(endpoint)


def rotate_secret(tx: Transaction, keys: KeyRing, endpoint: WebhookEndpoint) -> str:
    """Give a webhook a new secret; messages are signed with both for a day."""
    secret = renew_secret(keys, endpoint, tx.now)
    record_rotated(tx, endpoint)
    return secret


def pause_webhook(tx: Transaction, endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """Tell a webhook nothing until it is resumed; what happens meanwhile waits for it."""
    before = webhook_state(endpoint)
    if endpoint.state is not EndpointState.PAUSED:
        endpoint.standing = Standing(EndpointState.PAUSED)
        endpoint.next_probe_at = None
        record_changed(tx, endpoint, before)
    return endpoint


async def resume_webhook(
    tx: Transaction, endpoint: WebhookEndpoint, *, skip_missed: bool
) -> WebhookEndpoint:
    """Tell a paused or failing webhook what happened meanwhile, in order, or only what happens from now on."""
    before = webhook_state(endpoint)
    endpoint.standing = Standing(EndpointState.ACTIVE)
    endpoint.next_probe_at = None
    record_changed(tx, endpoint, before)
    if skip_missed:
        await tx.session.flush()
        await messages.forget_queued(tx.session, endpoint)
        version = tx.log.version(endpoint.workspace_id)
        await repository.start_at_heads(tx.session, endpoint, workspace_version=version)
    await move_line(tx, endpoint)
    return endpoint


def _check_address(outgoing: Outgoing, url: str) -> None:
    try:
        outgoing.check(url)
    except AddressRefused as refused:
        wrong = {"loc": ["body", "url"], "msg": str(refused), "type": "address"}
        raise WebhookAddressRefused(str(refused), errors=[wrong]) from None


def _check_types(patterns: Sequence[str]) -> None:
    unknown = rules.unknown_among(patterns, known_changes())
    if unknown is not None:
        raise UnknownEventType(f"There is no event called {unknown}.")


async def _check_board(tx: Transaction, workspace_id: UUID, board_id: UUID | None) -> None:
    if board_id is not None and not await repository.has_board(tx.session, workspace_id, board_id):
        raise NoSuchBoard
