"""What can be done with boards.

A board's own stream begins with its creation. What the workspace's other people see of boards (a list
with names) is recorded in the workspace's stream as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

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
from taskly.boards.keys import change_key, give_keys_back, passing_key, settle_key, take_key
from taskly.boards.labels import label_state
from taskly.boards.models import Board, BoardAccess, BoardColumn, Label
from taskly.boards.rules import TEMPLATES, Category, TemplateName, WipPolicy, suggest_key
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
        KeyTaken: another board of the workspace has or had the key.
    """
    chosen = TEMPLATES[template]
    wanted = (
        list(chosen.columns)
        if columns is None
        else [(column.name, column.category, column.wip_limit) for column in columns]
    )
    board = await _begin_board(tx, access.workspace.id, name, key)
    for (title, category, wip_limit), rank in zip(wanted, spread(len(wanted)), strict=True):
        _add_column(
            tx, board, name=title, category=category, rank=rank, wip_limit=wip_limit, id=new_id()
        )
    for title, color in chosen.labels:
        _add_label(tx, board, name=title, color=color)
    return board


@dataclass(frozen=True, slots=True)
class BoardAside:
    """A board that its transaction fills while the workspace is free for others."""

    board: Board
    key: str
    """The one that it is to have, see `boards.keys`."""
    first_number: int
    created: BoardCreated


async def begin_aside(
    tx: Transaction,
    workspace_id: UUID,
    *,
    name: str,
    key: str | None,
    columns: Sequence[tuple[str, Category]],
) -> BoardAside:
    """Make a board with its columns; its workspace is locked only when `bring_in` is called.

    Raises:
        KeyTaken: another board of the workspace has or had the key.
    """
    chosen = await _free_key(tx, workspace_id, name, key)
    board = _new_board(tx, workspace_id, name, passing_key())
    first = board.next_card_number = await repository.first_number(tx.session, workspace_id, chosen)
    created = await _begin(tx, board, chosen)
    for (title, category), rank in zip(columns, spread(len(columns)), strict=True):
        _add_column(
            tx, board, name=title, category=category, rank=rank, wip_limit=None, id=new_id()
        )
    await tx.session.flush()
    return BoardAside(board, chosen, first, created)


async def bring_in(tx: Transaction, aside: BoardAside) -> None:
    """Let the workspace, which is locked by now, have the board.

    Raises:
        KeyTaken: another board took the key meanwhile.
    """
    await settle_key(tx, aside.board, aside.key, aside.first_number)
    tx.record(aside.board.workspace_id, aside.created)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A board like another, without cards yet, and what stands there for what."""

    board: Board
    columns: Mapping[UUID, UUID]
    labels: Mapping[UUID, UUID]


async def duplicate_board(
    tx: Transaction, access: BoardAccess, *, name: str, key: str | None = None
) -> Duplicate:
    """Make a board with the columns, labels and settings of another, whose workspace is locked, too.

    Raises:
        KeyTaken: another board of the workspace has or had the key.
    """
    source = await repository.board_row(tx.session, access.id)
    columns = await repository.columns_of(tx.session, source.id)
    labels = await repository.labels_of(tx.session, source.id)
    ids = {column.id: new_id() for column in columns}
    automation = _put_for(source.automation, {str(old): str(new) for old, new in ids.items()})
    board = await _begin_board(
        tx, source.workspace_id, name, key, automation=automation, wip_policy=source.wip_policy
    )
    for column in columns:
        like = {
            field: getattr(column, field) for field in ("name", "category", "rank", "wip_limit")
        }
        _add_column(tx, board, **like, id=ids[column.id])
    made = {label.id: _add_label(tx, board, name=label.name, color=label.color) for label in labels}
    await tx.session.flush()
    return Duplicate(board, ids, {old: label.id for old, label in made.items()})


def _put_for(settings: Any, ids: Mapping[str, str]) -> Any:
    """Settings with other ids in the place of some."""
    if isinstance(settings, dict):
        return {name: _put_for(value, ids) for name, value in settings.items()}
    if isinstance(settings, list):
        return [_put_for(value, ids) for value in settings]
    return ids.get(settings, settings) if isinstance(settings, str) else settings


async def _begin_board(
    tx: Transaction,
    workspace_id: UUID,
    name: str,
    key: str | None,
    **settings: Any,
) -> Board:
    chosen = await _free_key(tx, workspace_id, name, key)
    board = _new_board(tx, workspace_id, name, chosen, **settings)
    await take_key(tx, board)
    tx.record(workspace_id, await _begin(tx, board, chosen))
    return board


async def _free_key(tx: Transaction, workspace_id: UUID, name: str, key: str | None) -> str:
    taken = await repository.keys_taken(tx.session, workspace_id)
    if key in taken:
        raise KeyTaken(f"The key {key} belongs to another board of this workspace, or did once.")
    return key or suggest_key(name, taken)


def _new_board(
    tx: Transaction,
    workspace_id: UUID,
    name: str,
    key: str,
    *,
    automation: dict[str, Any] | None = None,
    wip_policy: WipPolicy = WipPolicy.WARN,
) -> Board:
    return Board(
        id=new_id(),
        workspace_id=workspace_id,
        name=name,
        key=key,
        automation=automation or {},
        wip_policy=wip_policy,
        created_at=tx.now,
        updated_at=tx.now,
    )


async def _begin(tx: Transaction, board: Board, key: str) -> BoardCreated:
    """Store a board and begin its stream with what its workspace is to hear, too."""
    tx.session.add(board)
    await tx.session.flush()
    tx.log.hold(Stream(StreamKind.BOARD, board.id, board.workspace_id), 0)
    state: dict[str, Any] = {
        "name": board.name,
        "key": key,
        "automation": board.automation,
        "wip_policy": board.wip_policy,
        "archived_at": None,
    }
    created = BoardCreated(id=board.id, before=None, after=state)
    board.version = tx.record(board.id, created)
    return created


async def update_board(tx: Transaction, access: BoardAccess, patch: UpdateBoard) -> Board:
    """Change the name, the key or the settings that the caller sent.

    Raises:
        KeyTaken: another board of the workspace has or had the key.
    """
    board = await repository.board_row(tx.session, access.id)
    changed = {
        name: value for name, value in patch.changes().items() if value != getattr(board, name)
    }
    if changed:
        before = {name: getattr(board, name) for name in changed}
        if "key" in changed:
            await change_key(tx, board, changed["key"])
        for name, value in changed.items():
            setattr(board, name, value)
        _record(tx, board, BoardUpdated(id=board.id, before=before, after=changed))
    return board


async def set_automation(tx: Transaction, access: BoardAccess, automation: dict[str, Any]) -> None:
    """Set the rules of a board, as `github.rules` writes them down. The workspace does not hear of it."""
    board = await repository.board_row(tx.session, access.id)
    if automation != board.automation:
        before, after = {"automation": board.automation}, {"automation": automation}
        board.automation = automation
        board.version = tx.record(board.id, BoardUpdated(id=board.id, before=before, after=after))


async def archive_board(tx: Transaction, access: BoardAccess) -> Board:
    """Put a board away: it can be read and restored, and does not change."""
    return await set_archived_at(tx, access, tx.now)


async def restore_board(tx: Transaction, access: BoardAccess) -> Board:
    """Take a board out of the archive."""
    return await set_archived_at(tx, access, None)


async def delete_board(tx: Transaction, access: BoardAccess) -> None:
    """Delete a board with everything on it. Its log stays."""
    board = await repository.board_row(tx.session, access.id)
    await give_keys_back(tx, board)
    before = {"name": board.name, "key": board.key}
    _record(tx, board, BoardDeleted(id=board.id, before=before, after=None))
    tx.end(board)


async def set_archived_at(tx: Transaction, access: BoardAccess, at: datetime | None) -> Board:
    """Put a board away as of a time, or take it out of the archive; it may be there, or not, already."""
    board = await repository.board_row(tx.session, access.id)
    if (board.archived_at is None) == (at is None):
        return board
    kind = BoardRestored if at is None else BoardArchived
    before = {"archived_at": board.archived_at}
    board.archived_at = at
    _record(tx, board, kind(id=board.id, before=before, after={"archived_at": board.archived_at}))
    return board


def _record(tx: Transaction, board: Board, change: BoardChange) -> None:
    """Record a change of the board itself, in its own stream and in the workspace's."""
    board.version = tx.record(board.id, change)
    tx.record(board.workspace_id, change)


def _add_label(tx: Transaction, board: Board, *, name: str, color: str) -> Label:
    label = Label(
        id=new_id(), workspace_id=board.workspace_id, board_id=board.id, name=name, color=color
    )
    tx.session.add(label)
    change = LabelCreated(id=label.id, before=None, after=label_state(label))
    board.version = tx.record(board.id, change)
    return label


def _add_column(tx: Transaction, board: Board, **fields: Any) -> None:
    column = BoardColumn(workspace_id=board.workspace_id, board_id=board.id, **fields)
    tx.session.add(column)
    change = ColumnCreated(id=column.id, before=None, after=column_state(column))
    board.version = tx.record(board.id, change)
