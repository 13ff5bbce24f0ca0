"""HTTP of webhooks: for admins of a workspace."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from taskly.boards.errors import NoSuchBoard
from taskly.platform.http.pages import Page, Paging
from taskly.platform.http.problems import Forbidden, NotFound, problems
from taskly.platform.http.routing import Router
from taskly.platform.runtime import RuntimeOf
from taskly.users.access import ReadSession, SignedIn, Tx
from taskly.users.errors import InsufficientScope
from taskly.webhooks import editing, message_repository, redelivering, repository
from taskly.webhooks.access import WebhooksToRead, WebhookToChange, WebhookToRead
from taskly.webhooks.calling import outgoing_of
from taskly.webhooks.errors import (
    DeliveryUnderWay,
    TooManyWebhooks,
    UnknownEventType,
    WebhookAddressRefused,
)
from taskly.webhooks.rules import MessageState
from taskly.webhooks.schemas import (
    CreateWebhook,
    DeliveryResponse,
    EventTypeResponse,
    ReplayFailed,
    ReplayResponse,
    ResumeWebhook,
    UpdateWebhook,
    WebhookResponse,
    WebhookWithSecret,
)
from taskly.workspaces.access import WorkspaceToAdminister

router = Router(prefix="/workspaces/{workspace_id}/webhooks", tags=["outbound webhooks"])
types_router = Router(tags=["outbound webhooks"])

DOOR = (Forbidden, InsufficientScope, NotFound)
WRONG = (WebhookAddressRefused, UnknownEventType, NoSuchBoard)


InState = Annotated[MessageState | None, Query(description="Only those in this state.")]


@types_router.get("/event-types")
async def list_event_types(_principal: SignedIn) -> list[EventTypeResponse]:
    """List the types of events that webhooks may be told, and what each says."""
    return EventTypeResponse.every()


@router.post("", status_code=201, responses=problems(*DOOR, *WRONG, TooManyWebhooks))
async def create_webhook(
    access: WorkspaceToAdminister, body: CreateWebhook, runtime: RuntimeOf, tx: Tx
) -> WebhookWithSecret:
    """Have an address told what happens in the workspace from now on. For admins.

    `secret` signs the messages, and is shown this once.
    """
    made, secret = await editing.create_webhook(
        tx, outgoing_of(runtime), runtime.encryption, access.workspace.id, body
    )
    return WebhookWithSecret(**WebhookResponse.model_validate(made).model_dump(), secret=secret)


@router.get("", responses=problems(*DOOR))
async def list_webhooks(
    access: WebhooksToRead, session: ReadSession, paging: Paging
) -> Page[WebhookResponse]:
    """List the webhooks of a workspace, oldest first. For admins."""
    rows = await repository.endpoints(
        session, access.workspace.id, after=paging.after(UUID), limit=paging.rows
    )
    return paging.page(rows, WebhookResponse.model_validate, lambda row: row.id)


@router.get("/{webhook_id}", responses=problems(*DOOR))
async def read_webhook(access: WebhookToRead) -> WebhookResponse:
    """Read one webhook, and how it is doing. For admins."""
    return WebhookResponse.model_validate(access.endpoint)


@router.patch("/{webhook_id}", responses=problems(*DOOR, *WRONG))
async def update_webhook(
    access: WebhookToChange, body: UpdateWebhook, runtime: RuntimeOf, tx: Tx
) -> WebhookResponse:
    """Change where a webhook goes and what it is told. For admins."""
    changed = await editing.update_webhook(tx, outgoing_of(runtime), access.endpoint, body)
    return WebhookResponse.model_validate(changed)


@router.delete("/{webhook_id}", status_code=204, responses=problems(*DOOR))
async def delete_webhook(access: WebhookToChange, tx: Tx) -> None:
    """Take a webhook away, with its delivery log. For admins."""
    await editing.delete_webhook(tx, access.endpoint)


@router.post("/{webhook_id}/rotate-secret", responses=problems(*DOOR))
async def rotate_webhook_secret(
    access: WebhookToChange, runtime: RuntimeOf, tx: Tx
) -> WebhookWithSecret:
    """Give a webhook a new secret, shown this once. Messages are signed with both for a day. For admins."""
    secret = editing.rotate_secret(tx, runtime.encryption, access.endpoint)
    shown = WebhookResponse.model_validate(access.endpoint)
    return WebhookWithSecret(**shown.model_dump(), secret=secret)


@router.post("/{webhook_id}/pause", responses=problems(*DOOR))
async def pause_webhook(access: WebhookToChange, tx: Tx) -> WebhookResponse:
    """Tell a webhook nothing until it is resumed. What happens meanwhile waits. For admins."""
    return WebhookResponse.model_validate(editing.pause_webhook(tx, access.endpoint))


@router.post("/{webhook_id}/resume", responses=problems(*DOOR))
async def resume_webhook(access: WebhookToChange, body: ResumeWebhook, tx: Tx) -> WebhookResponse:
    """Tell a paused or failing webhook what happened meanwhile, in order, or forget that. For admins."""
    resumed = await editing.resume_webhook(tx, access.endpoint, skip_missed=body.skip_missed)
    return WebhookResponse.model_validate(resumed)


@router.post("/{webhook_id}/test", status_code=202, responses=problems(*DOOR))
async def test_webhook(access: WebhookToChange, tx: Tx) -> DeliveryResponse:
    """Send a `test.ping` now, also to a webhook that is paused or failing. For admins.

    How it went stands in the delivery log. A test that gets through ends failing.
    """
    return DeliveryResponse.model_validate(await redelivering.try_webhook(tx, access.endpoint))


@router.post("/{webhook_id}/replay", status_code=202, responses=problems(*DOOR))
async def replay_webhook(access: WebhookToChange, body: ReplayFailed, tx: Tx) -> ReplayResponse:
    """Send everything that has failed for good since a time once more, in order. For admins."""
    sent = await redelivering.replay_failed(tx, access.endpoint, body.since)
    return ReplayResponse(messages=sent)


@router.get("/{webhook_id}/deliveries", responses=problems(*DOOR))
async def list_webhook_deliveries(
    access: WebhookToRead, session: ReadSession, paging: Paging, state: InState = None
) -> Page[DeliveryResponse]:
    """List what a webhook was told, the latest first. For admins. Kept for 30 days."""
    rows = await message_repository.attempts(
        session, access.endpoint, state=state, before=paging.after(int), limit=paging.rows
    )
    return paging.page(rows, DeliveryResponse.model_validate, lambda row: row.position)


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/redeliver",
    status_code=202,
    responses=problems(*DOOR, DeliveryUnderWay),
)
async def redeliver_webhook(access: WebhookToChange, delivery_id: UUID, tx: Tx) -> DeliveryResponse:
    """Send one message that has ended once more, under its old id. For admins."""
    return DeliveryResponse.model_validate(
        await redelivering.redeliver(tx, access.endpoint, delivery_id)
    )
