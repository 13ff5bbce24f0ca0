"""HTTP of workspaces and their people."""

from uuid import UUID

from taskly.platform.http.pages import Page, Paging
from taskly.platform.http.problems import Forbidden, NotFound, problems
from taskly.platform.http.routing import Router
from taskly.users.access import ReadSession, SignedIn, Tx
from taskly.workspaces import repository, service
from taskly.workspaces.access import (
    WorkspaceToAddTo,
    WorkspaceToAdminister,
    WorkspaceToDelete,
    WorkspaceToLeave,
    WorkspaceToRead,
)
from taskly.workspaces.errors import (
    AlreadyMember,
    InvitationNeeded,
    LastAdmin,
    NameDiffers,
    NoSuchUser,
)
from taskly.workspaces.schemas import (
    AddMember,
    CreateWorkspace,
    DeleteWorkspace,
    MemberResponse,
    UpdateMember,
    UpdateWorkspace,
    WorkspaceResponse,
)

router = Router(prefix="/workspaces", tags=["workspaces"])


@router.post("", status_code=201)
async def create_workspace(body: CreateWorkspace, principal: SignedIn, tx: Tx) -> WorkspaceResponse:
    """Create a workspace. The caller becomes its admin."""
    return WorkspaceResponse.of(await service.create_workspace(tx, principal.user_id, body.name))


@router.get("")
async def list_workspaces(
    principal: SignedIn, session: ReadSession, paging: Paging
) -> Page[WorkspaceResponse]:
    """List the workspaces that the caller is in, oldest first."""
    rows = await repository.workspaces_of(
        session, principal.user_id, after=paging.after(UUID), limit=paging.rows
    )
    return paging.page(rows, WorkspaceResponse.of, lambda row: row.workspace.id)


@router.get("/{workspace_id}", responses=problems(NotFound))
async def read_workspace(access: WorkspaceToRead) -> WorkspaceResponse:
    """Read one workspace."""
    return WorkspaceResponse.of(access)


@router.patch("/{workspace_id}", responses=problems(Forbidden, NotFound))
async def update_workspace(
    access: WorkspaceToAdminister, body: UpdateWorkspace, tx: Tx
) -> WorkspaceResponse:
    """Change a workspace's name or time zone. For admins.

    Sprints begin and end with the days of that zone.
    """
    return WorkspaceResponse.of(await service.update_workspace(tx, access, body))


@router.delete(
    "/{workspace_id}", status_code=204, responses=problems(Forbidden, NotFound, NameDiffers)
)
async def delete_workspace(access: WorkspaceToDelete, body: DeleteWorkspace, tx: Tx) -> None:
    """Delete a workspace with all its boards, for ever. The body repeats its name. For admins.

    Nobody sees anything of it from then on; what it held is deleted soon after. Repositories are disconnected,
    and their webhooks removed from GitHub.
    """
    await service.delete_workspace(tx, access, body.name)


@router.get("/{workspace_id}/members", responses=problems(NotFound))
async def list_members(
    access: WorkspaceToRead, session: ReadSession, paging: Paging
) -> Page[MemberResponse]:
    """List the people of a workspace."""
    rows = await repository.members(
        session, access.workspace.id, after=paging.after(UUID), limit=paging.rows
    )
    return paging.page(rows, MemberResponse.model_validate, lambda row: row.user_id)


@router.post(
    "/{workspace_id}/members",
    status_code=201,
    responses=problems(Forbidden, InvitationNeeded, NotFound, AlreadyMember, NoSuchUser),
)
async def add_member(access: WorkspaceToAddTo, body: AddMember, tx: Tx) -> MemberResponse:
    """Add somebody who has signed in here before, by login, without asking them. For admins.

    Only where settings allow it, which by default is on one machine: elsewhere people are invited.
    """
    return MemberResponse.model_validate(
        await service.add_member(tx, access, body.login, body.role)
    )


@router.patch(
    "/{workspace_id}/members/{user_id}", responses=problems(Forbidden, NotFound, LastAdmin)
)
async def update_member(
    access: WorkspaceToAdminister, user_id: UUID, body: UpdateMember, tx: Tx
) -> MemberResponse:
    """Change somebody's role or capacity. For admins."""
    return MemberResponse.model_validate(
        await service.update_member(tx, access, user_id, **body.changes())
    )


@router.delete(
    "/{workspace_id}/members/me", status_code=204, responses=problems(NotFound, LastAdmin)
)
async def leave_workspace(access: WorkspaceToLeave, principal: SignedIn, tx: Tx) -> None:
    """Leave a workspace."""
    await service.remove_member(tx, access, principal.user_id)


@router.delete(
    "/{workspace_id}/members/{user_id}",
    status_code=204,
    responses=problems(Forbidden, NotFound, LastAdmin),
)
async def remove_member(access: WorkspaceToAdminister, user_id: UUID, tx: Tx) -> None:
    """Remove somebody from a workspace. Their access ends at once. For admins."""
    await service.remove_member(tx, access, user_id)
