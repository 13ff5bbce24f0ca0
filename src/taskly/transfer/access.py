"""The door to files that were sent: each is its sender's alone."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.platform.http.problems import NotFound
from taskly.transfer import import_repository as repository
from taskly.transfer.models import WorkspaceImport, WorkspaceImportState
from taskly.users.access import ReadSession, SignedIn, Tx


@dataclass(frozen=True, slots=True)
class FileAccess:
    """A file that was sent, and the latest other import of the same file that is a workspace or is about to be."""

    row: WorkspaceImport
    same_as: UUID | None
    workspace_id: UUID | None
    """The workspace that it became, unless that was deleted."""


async def _access(
    session: AsyncSession, rows: list[WorkspaceImport], import_id: UUID
) -> FileAccess:
    row = next((each for each in rows if each.id == import_id), None)
    if row is None:
        raise NotFound
    made = {each.workspace_id for each in rows if each.workspace_id is not None}
    alive = made - await repository.ended_among(session, made)
    same = [
        each.id
        for each in rows
        if each is not row
        and (each.workspace_id in alive or each.state is WorkspaceImportState.STARTED)
    ]
    workspace_id = row.workspace_id if row.workspace_id in alive else None
    return FileAccess(row, max(same, default=None), workspace_id)


async def _to_read(
    workspace_import_id: UUID, principal: SignedIn, session: ReadSession
) -> FileAccess:
    rows = await repository.imports_of_file(session, principal.user_id, workspace_import_id)
    return await _access(session, rows, workspace_import_id)


async def _to_change(workspace_import_id: UUID, principal: SignedIn, tx: Tx) -> FileAccess:
    rows = await repository.imports_of_file(
        tx.session, principal.user_id, workspace_import_id, lock=True
    )
    return await _access(tx.session, rows, workspace_import_id)


FileToRead = Annotated[FileAccess, Depends(_to_read)]
FileToChange = Annotated[FileAccess, Depends(_to_change)]
"""With all imports of the same file locked: of two that are started at once, one makes the workspace."""
