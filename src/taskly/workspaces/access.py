"""The door to workspaces: load and authorise at once.

Outsiders get 404, in the same words as for what does not exist; insiders without the right get 403.
"""

from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from taskly.platform.db.session import Transaction
from taskly.platform.db.tenants import lock_contents, lock_latest_boards
from taskly.platform.http.problems import Forbidden, NotFound
from taskly.platform.runtime import runtime_of
from taskly.users.access import Principal, ReadSession, SignedIn, Tx
from taskly.users.personal_tokens import Scope
from taskly.workspaces import repository
from taskly.workspaces.errors import InvitationNeeded
from taskly.workspaces.models import Role, WorkspaceAccess


def require_role(present: Role, needed: Role) -> None:
    """Refuse an insider whose role is too small.

    Raises:
        Forbidden: with the role that is needed.
    """
    if not present.includes(needed):
        raise Forbidden(f"This needs the role {needed.value}; yours is {present.value}.")


async def open_workspace(
    session: AsyncSession, principal: Principal, workspace_id: UUID, needed: Role = Role.VIEWER
) -> WorkspaceAccess:
    """Load a workspace for a caller who needs at least the role `needed`.

    Raises:
        NotFound: there is no such workspace, or the caller is not in it.
        Forbidden: the caller's role, or the token's scope, is too small.
    """
    found = await repository.membership(session, workspace_id, principal.user_id)
    return _admit(principal, found, needed)


async def open_workspace_to_change(
    tx: Transaction, principal: Principal, workspace_id: UUID, needed: Role
) -> WorkspaceAccess:
    """As `open_workspace`, and lock the workspace's stream."""
    found = await repository.membership(tx.session, workspace_id, principal.user_id, lock=True)
    access = _admit(principal, found, needed)
    tx.log.hold(access.stream, access.workspace.version)
    return access


def _admit(principal: Principal, access: WorkspaceAccess | None, needed: Role) -> WorkspaceAccess:
    if access is None:
        raise NotFound
    require_role(access.role, needed)
    if needed is Role.ADMIN:
        principal.require(Scope.ADMIN)
    return access


async def _to_read(
    workspace_id: UUID, principal: SignedIn, session: ReadSession
) -> WorkspaceAccess:
    return await open_workspace(session, principal, workspace_id)


async def _to_oversee(
    workspace_id: UUID, principal: SignedIn, session: ReadSession
) -> WorkspaceAccess:
    return await open_workspace(session, principal, workspace_id, Role.ADMIN)


async def _to_extend(workspace_id: UUID, principal: SignedIn, tx: Tx) -> WorkspaceAccess:
    return await open_workspace_to_change(tx, principal, workspace_id, Role.MEMBER)


async def _to_administer(workspace_id: UUID, principal: SignedIn, tx: Tx) -> WorkspaceAccess:
    return await open_workspace_to_change(tx, principal, workspace_id, Role.ADMIN)


async def _to_add_to(
    workspace_id: UUID, principal: SignedIn, tx: Tx, connection: HTTPConnection
) -> WorkspaceAccess:
    access = await open_workspace_to_change(tx, principal, workspace_id, Role.ADMIN)
    if not runtime_of(connection).settings.direct_members_allowed:
        raise InvitationNeeded("Here people are asked first: invite them by their addresses.")
    return access


async def open_workspace_to_delete(
    tx: Transaction, principal: Principal, workspace_id: UUID
) -> WorkspaceAccess:
    """As `open_workspace_to_change` for an admin, and lock everything in it."""
    # Whoever may not delete it holds nobody up, so the right is checked before anything is locked.
    await open_workspace(tx.session, principal, workspace_id, Role.ADMIN)
    await lock_contents(tx, workspace_id)
    access = await open_workspace_to_change(tx, principal, workspace_id, Role.ADMIN)
    await lock_latest_boards(tx, workspace_id)
    return access


async def _to_delete(workspace_id: UUID, principal: SignedIn, tx: Tx) -> WorkspaceAccess:
    return await open_workspace_to_delete(tx, principal, workspace_id)


async def _to_leave(workspace_id: UUID, principal: SignedIn, tx: Tx) -> WorkspaceAccess:
    return await open_workspace_to_change(tx, principal, workspace_id, Role.VIEWER)


WorkspaceToRead = Annotated[WorkspaceAccess, Depends(_to_read)]
WorkspaceToOversee = Annotated[WorkspaceAccess, Depends(_to_oversee)]
"""For reading what only admins may see."""
WorkspaceToExtend = Annotated[WorkspaceAccess, Depends(_to_extend)]
"""For making boards: members and admins."""
WorkspaceToAdminister = Annotated[WorkspaceAccess, Depends(_to_administer)]
WorkspaceToDelete = Annotated[WorkspaceAccess, Depends(_to_delete)]
"""With everything in it locked."""
WorkspaceToAddTo = Annotated[WorkspaceAccess, Depends(_to_add_to)]
"""For taking people in without asking them, where that is allowed."""
WorkspaceToLeave = Annotated[WorkspaceAccess, Depends(_to_leave)]
