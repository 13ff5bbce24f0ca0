"""Letting admins act at GitHub for their workspace."""

from uuid import UUID

from taskly.platform.runtime import Runtime
from taskly.users.access import Principal
from taskly.workspaces.access import open_workspace
from taskly.workspaces.models import Role


async def authorise(runtime: Runtime, principal: Principal, workspace_id: UUID) -> None:
    """Let only admins through. No session is held afterwards.

    Raises:
        NotFound, Forbidden: the caller is no admin of the workspace.
    """
    async with runtime.database.reading() as session:
        await open_workspace(session, principal, workspace_id, Role.ADMIN)
