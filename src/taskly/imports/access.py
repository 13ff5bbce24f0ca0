"""The door to imports: whoever may make boards may import them."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from taskly.imports import repository
from taskly.imports.models import BoardImport
from taskly.platform.http.problems import NotFound
from taskly.platform.runtime import runtime_of
from taskly.users.access import Principal, ReadSession, SignedIn, Tx
from taskly.workspaces.access import open_workspace
from taskly.workspaces.models import Role


@dataclass(frozen=True, slots=True)
class ImportAccess:
    """An import, and the latest other one of the same file whose board is there or is being made."""

    row: BoardImport
    same_as: UUID | None


async def _to_read(
    workspace_id: UUID, import_id: UUID, principal: SignedIn, session: ReadSession
) -> ImportAccess:
    await open_workspace(session, principal, workspace_id)
    return await _access(session, workspace_id, import_id)


async def _to_change(
    workspace_id: UUID, import_id: UUID, principal: SignedIn, tx: Tx
) -> ImportAccess:
    await open_workspace(tx.session, principal, workspace_id, Role.MEMBER)
    return await _access(tx.session, workspace_id, import_id, lock=True)


async def _access(
    session: AsyncSession, workspace_id: UUID, import_id: UUID, *, lock: bool = False
) -> ImportAccess:
    row = await repository.import_row(session, workspace_id, import_id, lock=lock)
    if row is None:
        raise NotFound
    return ImportAccess(row, await repository.same_file(session, row))


async def _to_remove(
    workspace_id: UUID, import_id: UUID, principal: SignedIn, tx: Tx
) -> BoardImport:
    await open_workspace(tx.session, principal, workspace_id, Role.MEMBER)
    row = await repository.import_row(tx.session, workspace_id, import_id)
    if row is None:
        raise NotFound
    return row


async def _to_add_to(
    workspace_id: UUID, principal: SignedIn, connection: HTTPConnection
) -> Principal:
    async with runtime_of(connection).database.reading() as session:
        await open_workspace(session, principal, workspace_id, Role.MEMBER)
    return principal


ImportToRead = Annotated[ImportAccess, Depends(_to_read)]
ImportToChange = Annotated[ImportAccess, Depends(_to_change)]
ImportToRemove = Annotated[BoardImport, Depends(_to_remove)]
"""Locked only after its board, as by everybody who changes both."""
Importer = Annotated[Principal, Depends(_to_add_to)]
"""Somebody who may make boards in the workspace. No connection is held while the file is read."""
