"""Locking all that a workspace holds, for whoever ends it.

Locks are taken in one order everywhere: what a domain declared with `locked_before_boards`, then boards by
id, then the workspace. Whoever ends a workspace takes every one of them, so that no change is on its way then.
"""

from uuid import UUID

from sqlalchemy import Table, select

from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.tables import Base

_BEFORE_BOARDS: list[Table] = []


def locked_before_boards(table: str) -> None:
    """Declare a table whose rows are locked before boards by those who change both."""
    found = Base.metadata.tables[table]
    if found not in _BEFORE_BOARDS:
        _BEFORE_BOARDS.append(found)


async def lock_contents(tx: Transaction, workspace_id: UUID) -> None:
    """Lock what is in a workspace, before the workspace itself is locked."""
    for table in _BEFORE_BOARDS:
        await tx.session.execute(
            select(table.c.id)
            .where(table.c.workspace_id == workspace_id)
            .order_by(table.c.id)
            .with_for_update(key_share=True)
        )
    await _lock_boards(tx, workspace_id, nowait=False)


async def lock_latest_boards(tx: Transaction, workspace_id: UUID) -> None:
    """Lock boards that were made until the workspace was locked. Waiting for them now might never end, so
    a board that somebody else holds makes this fail as busy.
    """
    await _lock_boards(tx, workspace_id, nowait=True)


async def _lock_boards(tx: Transaction, workspace_id: UUID, *, nowait: bool) -> None:
    boards = Base.metadata.tables[f"{StreamKind.BOARD.value}s"]
    locked = await tx.session.execute(
        select(boards.c.id, boards.c.version)
        .where(boards.c.workspace_id == workspace_id)
        .order_by(boards.c.id)
        .with_for_update(key_share=True, nowait=nowait)
    )
    for row in locked:
        tx.log.hold(Stream(StreamKind.BOARD, row.id, workspace_id), row.version)
