"""Taking a file in: piece by piece into the database, so that memory is bounded and any worker can read it.

Each piece is a transaction of its own: none waits for a slow sender.
"""

from collections.abc import AsyncIterator
from hashlib import sha256
from uuid import UUID

from taskly.kit.ids import new_id
from taskly.kit.json import MalformedJson, loads_strict
from taskly.platform.context import Actor
from taskly.platform.runtime import Runtime
from taskly.transfer import upload_repository as repository
from taskly.transfer.errors import NoWorkspaceFile
from taskly.transfer.jobs import ExamineFile
from taskly.transfer.models import UploadPart, WorkspaceImport, WorkspaceImportState
from taskly.transfer.tables import FORMAT, VERSION

PART_BYTES = 1024 * 1024
LONGEST_HEAD = 4096


async def take_in(
    runtime: Runtime, user_id: UUID, content: AsyncIterator[bytes]
) -> WorkspaceImport:
    """Store a file and promise to look at it.

    Raises:
        NoWorkspaceFile: its first line says that it is something else. Nothing is stored.
        TooLarge: there is more of it than settings allow. Nothing is stored.
    """
    upload_id, actor = new_id(), Actor.user(user_id)
    try:
        file_hash = await _store(runtime, actor, upload_id, content)
        async with runtime.database.transaction(actor) as tx:
            row = WorkspaceImport(
                id=upload_id,
                created_by=user_id,
                created_at=tx.now,
                file_hash=file_hash,
                state=WorkspaceImportState.EXAMINING,
                counts={},
                people={},
                notes=[],
                mistakes=[],
                job_id=tx.promise(ExamineFile(import_id=upload_id, user_id=user_id)),
            )
            tx.session.add(row)
    except BaseException:
        async with runtime.database.transaction(actor) as tx:
            await repository.forget_upload(tx.session, upload_id)
        raise
    return row


async def _store(
    runtime: Runtime, actor: Actor, upload_id: UUID, content: AsyncIterator[bytes]
) -> bytes:
    """Store the pieces; what tells this file from others."""
    position, digest = 0, sha256()
    async for piece in _pieces(content):
        if position == 0:
            require_head(piece[:LONGEST_HEAD].partition(b"\n")[0])
        digest.update(piece)
        async with runtime.database.transaction(actor) as tx:
            part = UploadPart(
                upload_id=upload_id, position=position, content=piece, created_at=tx.now
            )
            tx.session.add(part)
        position += 1
    if position == 0:
        raise NoWorkspaceFile("There is nothing in it.")
    return digest.digest()


def require_head(line: bytes) -> None:
    """See to it that a first line begins a file that can be read here.

    Raises:
        NoWorkspaceFile: it does not.
    """
    try:
        head = loads_strict(line)
    except MalformedJson:
        head = None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise NoWorkspaceFile(
            f'The first line has to be an object with "format": "{FORMAT}", as '
            "GET /workspaces/{id}/export writes it."
        )
    if head.get("version") != VERSION:
        raise NoWorkspaceFile(f"Version {VERSION} of the format is read here, and no other.")


async def _pieces(content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    gathered = bytearray()
    async for chunk in content:
        gathered += chunk
        while len(gathered) >= PART_BYTES:
            yield bytes(gathered[:PART_BYTES])
            del gathered[:PART_BYTES]
    if gathered:
        yield bytes(gathered)
