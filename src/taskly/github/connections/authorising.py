"""Letting admins act at GitHub for their workspace."""

from uuid import UUID

from taskly.github.remote.accounts import person_token
from taskly.platform.runtime import Runtime
from taskly.users.access import Principal
from taskly.workspaces.access import open_workspace
from taskly.workspaces.models import Role


async def authorise(runtime: Runtime, principal: Principal, workspace_id: UUID) -> str:
    """Let only admins through; the token with which they act. No session is held afterwards.

    Raises:
        NotFound, Forbidden: the caller is no admin of the workspace.
        GitHubTokenMissing, GitHubTokenRefused, GitHubScopesMissing, GitHubUnavailable: see `person_token`.
    """
    async with runtime.database.reading() as session:
        await open_workspace(session, principal, workspace_id, Role.ADMIN)
    return await person_token(runtime, principal.user_id)
