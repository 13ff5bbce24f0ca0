"""The door to files that were sent: each is its sender's alone."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from taskly.platform.http.problems import NotFound
from taskly.transfer import import_repository as repository
from taskly.transfer.models import WorkspaceImport, WorkspaceImportState
from taskly.users.access import ReadSession, SignedIn, Tx


@dataclass(frozen=True, slots=True)
class FileAccess:
    """A file that was sent, and the latest other import of the same file that is a workspace or is about to be."""

    row: WorkspaceImport
    same_as: UUID | None


def _access(rows: list[WorkspaceImport], import_id: UUID) -> FileAccess:
    row = next((each for each in rows if each.id == import_id), None)
    if row is None:
        raise NotFound
    same = [each.id for each in rows if each is not row and _is_there(each)]
    return FileAccess(row, max(same, default=None))


def _is_there(row: WorkspaceImport) -> bool:
    made = row.state is WorkspaceImportState.DONE and row.workspace_id is not None
    return made or row.state is WorkspaceImportState.STARTED


async def _to_read(
    workspace_import_id: UUID, principal: SignedIn, session: ReadSession
) -> FileAccess:
    rows = await repository.imports_of_file(session, principal.user_id, workspace_import_id)
    return _access(rows, workspace_import_id)


async def _to_change(workspace_import_id: UUID, principal: SignedIn, tx: Tx) -> FileAccess:
    rows = await repository.imports_of_file(
        tx.session, principal.user_id, workspace_import_id, lock=True
    )
    return _access(rows, workspace_import_id)


FileToRead = Annotated[FileAccess, Depends(_to_read)]
FileToChange = Annotated[FileAccess, Depends(_to_change)]
"""With all imports of the same file locked: of two that are started at once, one makes the workspace."""
