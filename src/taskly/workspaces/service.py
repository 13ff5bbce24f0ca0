"""What can be done with workspaces and the people in them."""

from uuid import UUID

from taskly.kit.ids import new_id
from taskly.kit.zones import NAME_OF_UTC
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.http.problems import NotFound, NotSignedIn
from taskly.users import repository as users
from taskly.workspaces import repository
from taskly.workspaces.errors import AlreadyMember, LastAdmin, NameDiffers, NoSuchUser
from taskly.workspaces.events import (
    MemberAdded,
    MemberRemoved,
    MemberUpdated,
    WorkspaceCreated,
    WorkspaceDeleted,
    WorkspaceUpdated,
)
from taskly.workspaces.inviting import revoke_all_by
from taskly.workspaces.jobs import PurgeWorkspace
from taskly.workspaces.models import Role, Workspace, WorkspaceAccess, WorkspaceMember
from taskly.workspaces.repository import MemberRow
from taskly.workspaces.schemas import UpdateWorkspace


async def create_workspace(tx: Transaction, owner_id: UUID, name: str) -> WorkspaceAccess:
    """Make a workspace with its first admin.

    Raises:
        NotSignedIn: the person was deleted meanwhile.
    """
    if await users.user_to_mention(tx.session, owner_id) is None:
        raise NotSignedIn
    workspace = Workspace(
        id=new_id(),
        name=name,
        time_zone=NAME_OF_UTC,
        version=0,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(workspace)
    await tx.session.flush()
    tx.log.hold(Stream(StreamKind.WORKSPACE, workspace.id, workspace.id), 0)
    tx.record(workspace.id, WorkspaceCreated(id=workspace.id, before=None, after={"name": name}))
    join(tx, workspace.id, owner_id, Role.ADMIN)
    workspace.version = tx.log.version(workspace.id)
    return WorkspaceAccess(workspace, Role.ADMIN)


async def update_workspace(
    tx: Transaction, access: WorkspaceAccess, patch: UpdateWorkspace
) -> WorkspaceAccess:
    """Give a workspace another name or time zone."""
    workspace = access.workspace
    changed = {
        name: value for name, value in patch.changes().items() if value != getattr(workspace, name)
    }
    if changed:
        before = {name: getattr(workspace, name) for name in changed}
        for name, value in changed.items():
            setattr(workspace, name, value)
        change = WorkspaceUpdated(id=workspace.id, before=before, after=changed)
        workspace.version = tx.record(workspace.id, change)
    return access


async def delete_workspace(tx: Transaction, access: WorkspaceAccess, name: str) -> None:
    """End a workspace: nobody is in it any more, and a job deletes what it holds. The logs of it and of its
    boards stay.

    Raises:
        NameDiffers: `name` is not what the workspace is called.
    """
    workspace = access.workspace
    if name != workspace.name:
        raise NameDiffers("Send the name exactly as the workspace has it. Nothing was deleted.")
    before = {"name": workspace.name}
    tx.record(workspace.id, WorkspaceDeleted(id=workspace.id, before=before, after=None))
    await repository.forget_everybody(tx.session, workspace.id)
    tx.promise(PurgeWorkspace(workspace_id=workspace.id), workspace_id=workspace.id)


async def add_member(tx: Transaction, access: WorkspaceAccess, login: str, role: Role) -> MemberRow:
    """Take somebody with an account into the workspace.

    Raises:
        NoSuchUser: nobody has this login.
        AlreadyMember: the person is in already.
    """
    workspace = access.workspace
    user = await repository.user_by_login(tx.session, login)
    if user is None:
        raise NoSuchUser(f"Nobody called {login} has signed in here yet. Ask them to do so first.")
    if await repository.member_row(tx.session, workspace.id, user.id) is not None:
        raise AlreadyMember
    member = join(tx, workspace.id, user.id, role)
    return MemberRow(user.id, user.login, user.name, user.avatar_url, role, member.capacity)


def join(tx: Transaction, workspace_id: UUID, user_id: UUID, role: Role) -> WorkspaceMember:
    """Take somebody into a workspace that the transaction has locked, and in which they are not yet."""
    member = WorkspaceMember(workspace_id=workspace_id, user_id=user_id, role=role, capacity=20)
    tx.session.add(member)
    tx.record(workspace_id, MemberAdded(id=user_id, before=None, after=_member_state(member)))
    return member


async def update_member(
    tx: Transaction,
    access: WorkspaceAccess,
    user_id: UUID,
    *,
    role: Role | None = None,
    capacity: int | None = None,
) -> MemberRow:
    """Change somebody's role or capacity.

    Raises:
        NotFound: the person is not in the workspace.
        LastAdmin: nobody would be left to administer the workspace.
    """
    member = await _member(tx, access, user_id)
    before = _member_state(member)
    if role is not None and role is not Role.ADMIN:
        await _step_down(tx, member)
    member.role = member.role if role is None else role
    member.capacity = member.capacity if capacity is None else capacity
    after = _member_state(member)
    if after != before:
        tx.record(member.workspace_id, MemberUpdated(id=user_id, before=before, after=after))
    await tx.session.flush()
    row = await repository.member(tx.session, member.workspace_id, user_id)
    if row is None:
        raise NotFound
    return row


async def remove_member(tx: Transaction, access: WorkspaceAccess, user_id: UUID) -> None:
    """Take somebody out of the workspace; their access ends with the commit.

    Raises:
        NotFound: the person is not in the workspace.
        LastAdmin: nobody would be left to administer the workspace.
    """
    member = await _member(tx, access, user_id)
    await _step_down(tx, member)
    tx.record(
        member.workspace_id,
        MemberRemoved(id=user_id, before=_member_state(member), after=None),
    )
    await tx.session.delete(member)


async def _member(tx: Transaction, access: WorkspaceAccess, user_id: UUID) -> WorkspaceMember:
    member = await repository.member_row(tx.session, access.workspace.id, user_id)
    if member is None:
        raise NotFound
    return member


async def _step_down(tx: Transaction, member: WorkspaceMember) -> None:
    """See to it that an admin may cease to be one. What they invited is taken back."""
    if member.role is Role.ADMIN:
        admins = await repository.count_admins(tx.session, member.workspace_id)
        if admins == 1:
            raise LastAdmin
        await revoke_all_by(tx, member.workspace_id, member.user_id)


def _member_state(member: WorkspaceMember) -> dict[str, object]:
    return {"role": member.role.value, "capacity": member.capacity}
