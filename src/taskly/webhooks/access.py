"""The door to webhooks: for admins of the workspace, to read as well as to change."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from taskly.platform.http.problems import NotFound
from taskly.users.access import ReadSession, SignedIn, Tx
from taskly.webhooks import repository
from taskly.webhooks.models import WebhookEndpoint
from taskly.workspaces.access import open_workspace, open_workspace_to_change
from taskly.workspaces.models import Role, WorkspaceAccess


@dataclass(frozen=True, slots=True)
class WebhookAccess:
    """A webhook, and the workspace that it belongs to."""

    endpoint: WebhookEndpoint
    workspace: WorkspaceAccess


async def _workspace_to_read(
    workspace_id: UUID, principal: SignedIn, session: ReadSession
) -> WorkspaceAccess:
    return await open_workspace(session, principal, workspace_id, Role.ADMIN)


async def _to_read(
    workspace_id: UUID, webhook_id: UUID, principal: SignedIn, session: ReadSession
) -> WebhookAccess:
    workspace = await open_workspace(session, principal, workspace_id, Role.ADMIN)
    endpoint = await repository.endpoint(session, workspace_id, webhook_id)
    if endpoint is None:
        raise NotFound
    return WebhookAccess(endpoint, workspace)


async def _to_change(
    workspace_id: UUID, webhook_id: UUID, principal: SignedIn, tx: Tx
) -> WebhookAccess:
    """The workspace is locked before the webhook, as everywhere."""
    workspace = await open_workspace_to_change(tx, principal, workspace_id, Role.ADMIN)
    endpoint = await repository.endpoint(tx.session, workspace_id, webhook_id, lock=True)
    if endpoint is None:
        raise NotFound
    return WebhookAccess(endpoint, workspace)


WebhooksToRead = Annotated[WorkspaceAccess, Depends(_workspace_to_read)]
WebhookToRead = Annotated[WebhookAccess, Depends(_to_read)]
WebhookToChange = Annotated[WebhookAccess, Depends(_to_change)]
