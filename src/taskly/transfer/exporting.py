"""A workspace as a file of lines: a head, a line for each row, an end that says how many there are.

All of it is as it was at one moment, which takes one transaction; and no transaction may wait for a slow
reader. So the file is written first, as fast as PostgreSQL gives it, and then sent. The disk is waited for in threads.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from typing import IO
from uuid import UUID

from taskly import __version__
from taskly.kit.json import dumps
from taskly.platform.context import Actor
from taskly.platform.events.auditing import note
from taskly.platform.runtime import Runtime
from taskly.transfer import repository
from taskly.transfer.tables import FORMAT, TABLES, VERSION
from taskly.users.principal import Principal
from taskly.workspaces.access import open_workspace
from taskly.workspaces.models import Role

BYTES_AT_A_TIME = 256 * 1024


async def write_file(runtime: Runtime, principal: Principal, workspace_id: UUID) -> IO[bytes]:
    """The whole file, to be read from its beginning; it is gone when it is closed. The audit log notes it.

    Raises:
        NotFound, Forbidden: the caller is no admin of it.
    """
    async with runtime.database.reading() as session:
        await open_workspace(session, principal, workspace_id, Role.ADMIN)
    file = tempfile.TemporaryFile(prefix="taskly-export-")  # noqa: SIM115 - it is closed when it was sent
    try:
        async for lines in _lines(runtime, workspace_id):
            await asyncio.to_thread(file.write, lines)
        await asyncio.to_thread(file.seek, 0)
        await _note(runtime, principal, workspace_id)
    except BaseException:
        file.close()
        raise
    return file


async def _note(runtime: Runtime, principal: Principal, workspace_id: UUID) -> None:
    """Let the audit log say that there is a file now; of one that could not be written there is nothing to say."""
    async with runtime.database.transaction(Actor.user(principal.user_id)) as tx:
        await open_workspace(tx.session, principal, workspace_id, Role.ADMIN)
        note(
            tx.session,
            "workspace.exported",
            user_id=principal.user_id,
            subject_id=workspace_id,
            workspace_id=workspace_id,
            at=tx.now,
        )


def size_of(file: IO[bytes]) -> int:
    """How many bytes it has."""
    return os.fstat(file.fileno()).st_size


async def read_file(file: IO[bytes]) -> AsyncIterator[bytes]:
    """The content, part by part; afterwards the file is closed."""
    with file:
        while part := await asyncio.to_thread(file.read, BYTES_AT_A_TIME):
            yield part


async def _lines(runtime: Runtime, workspace_id: UUID) -> AsyncIterator[bytes]:
    head = {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": runtime.clock.now(),
        "taskly": __version__,
    }
    yield dumps(head) + b"\n"
    count = 0
    async with runtime.database.snapshot() as session:
        for exported in TABLES:
            async for rows in repository.rows_of(session, exported, workspace_id):
                count += len(rows)
                lines = (f'{{"table":"{exported.name}","row":{row}}}\n' for row in rows)
                yield "".join(lines).encode()
    yield dumps({"end": True, "rows": count}) + b"\n"
