"""What can be done with boards.

A board's own stream begins with its creation. What the workspace's other people see of boards (a list
with names) is recorded in the workspace's stream as well.
"""

from collections.abc import Sequence
from typing import Any

from taskly.boards import repository
from taskly.boards.columns import column_state
from taskly.boards.errors import KeyTaken
from taskly.boards.events import (
    BoardArchived,
    BoardChange,
    BoardCreated,
    BoardDeleted,
    BoardRestored,
    BoardUpdated,
    ColumnCreated,
    LabelCreated,
)
from taskly.boards.labels import label_state
from taskly.boards.models import Board, BoardAccess, BoardColumn, Label
from taskly.boards.rules import TEMPLATES, BoardTemplate, TemplateName, WipPolicy, suggest_key
from taskly.boards.schemas import CreateColumn, UpdateBoard
from taskly.kit.ids import new_id
from taskly.kit.ranks import spread
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.workspaces.models import WorkspaceAccess


async def create_board(
    tx: Transaction,
    access: WorkspaceAccess,
    *,
    name: str,
    key: str | None = None,
    template: TemplateName = TemplateName.KANBAN,
    columns: Sequence[CreateColumn] | None = None,
) -> Board:
    """Make a board with its columns in a workspace that the transaction has locked.

    Raises:
        KeyTaken: another board of the workspace has the key.
    """
    workspace = access.workspace
    taken = await repository.keys_taken(tx.session, workspace.id)
    if key in taken:
        raise KeyTaken(f"The key {key} belongs to another board of this workspace.")
    board = Board(
        id=new_id(),
        workspace_id=workspace.id,
        name=name,
        key=key or suggest_key(name, taken),
        automation={},
        wip_policy=WipPolicy.WARN,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(board)
    await tx.session.flush()
    tx.log.hold(Stream(StreamKind.BOARD, board.id, workspace.id), 0)
    state: dict[str, Any] = {
        "name": board.name,
        "key": board.key,
        "automation": {},
        "wip_policy": WipPolicy.WARN,
        "archived_at": None,
    }
    _record(tx, board, BoardCreated(id=board.id, before=None, after=state))
    _add_columns(tx, board, TEMPLATES[template], columns)
    _add_labels(tx, board, TEMPLATES[template])
    return board


async def update_board(tx: Transaction, access: BoardAccess, patch: UpdateBoard) -> Board:
    """Change the name or the settings that the caller sent."""
    board = await repository.board_row(tx.session, access.id)
    changed = {
        name: value for name, value in patch.changes().items() if value != getattr(board, name)
    }
    if changed:
        before = {name: getattr(board, name) for name in changed}
        for name, value in changed.items():
            setattr(board, name, value)
        _record(tx, board, BoardUpdated(id=board.id, before=before, after=changed))
    return board


async def archive_board(tx: Transaction, access: BoardAccess) -> Board:
    """Put a board away: it can be read and restored, and does not change."""
    return await _set_archived(tx, access, archived=True)


async def restore_board(tx: Transaction, access: BoardAccess) -> Board:
    """Take a board out of the archive."""
    return await _set_archived(tx, access, archived=False)


async def delete_board(tx: Transaction, access: BoardAccess) -> None:
    """Delete a board with everything on it. Its log stays."""
    board = await repository.board_row(tx.session, access.id)
    before = {"name": board.name, "key": board.key}
    _record(tx, board, BoardDeleted(id=board.id, before=before, after=None))
    tx.end(board)


async def _set_archived(tx: Transaction, access: BoardAccess, *, archived: bool) -> Board:
    board = await repository.board_row(tx.session, access.id)
    if (board.archived_at is not None) == archived:
        return board
    kind = BoardArchived if archived else BoardRestored
    before = {"archived_at": board.archived_at}
    board.archived_at = tx.now if archived else None
    _record(tx, board, kind(id=board.id, before=before, after={"archived_at": board.archived_at}))
    return board


def _record(tx: Transaction, board: Board, change: BoardChange) -> None:
    """Record a change of the board itself, in its own stream and in the workspace's."""
    board.version = tx.record(board.id, change)
    tx.record(board.workspace_id, change)


def _add_labels(tx: Transaction, board: Board, template: BoardTemplate) -> None:
    for name, color in template.labels:
        label = Label(
            id=new_id(),
            workspace_id=board.workspace_id,
            board_id=board.id,
            name=name,
            color=color,
        )
        tx.session.add(label)
        change = LabelCreated(id=label.id, before=None, after=label_state(label))
        board.version = tx.record(board.id, change)


def _add_columns(
    tx: Transaction, board: Board, template: BoardTemplate, columns: Sequence[CreateColumn] | None
) -> None:
    wanted = (
        list(template.columns)
        if columns is None
        else [(column.name, column.category, column.wip_limit) for column in columns]
    )
    for (name, category, wip_limit), rank in zip(wanted, spread(len(wanted)), strict=True):
        column = BoardColumn(
            id=new_id(),
            workspace_id=board.workspace_id,
            board_id=board.id,
            name=name,
            category=category,
            rank=rank,
            wip_limit=wip_limit,
        )
        tx.session.add(column)
        board.version = tx.record(
            board.id, ColumnCreated(id=column.id, before=None, after=column_state(column))
        )
