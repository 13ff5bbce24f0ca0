"""Starting to make a workspace of a file, and taking away what came."""

from taskly.imports.errors import ImportChangedSince, ImportedAlready, ImportNotReady
from taskly.platform.db.session import Transaction
from taskly.platform.events.auditing import note
from taskly.transfer import import_repository as repository
from taskly.transfer import upload_repository
from taskly.transfer.access import FileAccess
from taskly.transfer.jobs import ImportWorkspace
from taskly.transfer.models import AT_WORK, WorkspaceImportState
from taskly.users.principal import Principal
from taskly.workspaces.access import open_workspace_to_delete
from taskly.workspaces.service import delete_workspace


async def start(tx: Transaction, access: FileAccess, *, again: bool) -> None:
    """Have a job make the workspace. Starting what was started changes nothing.

    `again` makes a second workspace of a file that is one already.

    Raises:
        ImportNotReady: the file is not examined yet, was refused, or is forgotten.
        ImportedAlready: the file is a workspace already, or is about to be one.
    """
    row = access.row
    if row.state in {WorkspaceImportState.STARTED, WorkspaceImportState.DONE}:
        return
    if row.state is WorkspaceImportState.EXAMINING:
        raise ImportNotReady("A job looks at the file just now: wait until its state is previewed.")
    if row.state is WorkspaceImportState.REFUSED:
        raise ImportNotReady("The file was refused: `mistakes` says why.")
    if not await upload_repository.has_file(tx.session, row.id):
        raise ImportNotReady("Send the file again: this import is over, or was left for too long.")
    if access.same_as is not None and not again:
        raise ImportedAlready.by(access.same_as, "workspace")
    row.state, row.problem, row.finished_at = WorkspaceImportState.STARTED, None, None
    row.job_id = tx.promise(ImportWorkspace(import_id=row.id, user_id=row.created_by))
    note(tx.session, "import.started", user_id=row.created_by, subject_id=row.id, at=tx.now)


async def remove(
    tx: Transaction, principal: Principal, file: FileAccess, workspace_name: str | None
) -> None:
    """Take away what came: the workspace with everything in it. Of a preview, the file. Twice is as once.

    Raises:
        ImportNotReady: a job is at work.
        ImportChangedSince: somebody did something in the workspace, and its name was not typed.
        NotFound, Forbidden: the caller may not delete the workspace.
    """
    row = file.row
    if row.state in AT_WORK:
        raise ImportNotReady("A job is at work on the file: wait until it is done.")
    if file.workspace_id is not None:
        access = await open_workspace_to_delete(tx, principal, file.workspace_id)
        since = await repository.count_events(tx.session, file.workspace_id) - (row.events or 0)
        if since and workspace_name != access.workspace.name:
            raise ImportChangedSince(
                f"Things were done {since} times in the workspace since it came. To delete it all the same, send "
                "its name as `workspace_name`.",
                changes=since,
            )
        await delete_workspace(tx, access, access.workspace.name)
    await upload_repository.forget_upload(tx.session, row.id)
    row.state, row.workspace_id = WorkspaceImportState.REMOVED, None
    row.forget_people()
