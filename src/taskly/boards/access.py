"""The door to boards: load and authorise at once; to change a board is to hold its lock.

Outsiders get 404, in the same words as for what does not exist; insiders without the right get 403.
"""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header
from starlette.requests import HTTPConnection

from taskly.boards import repository
from taskly.boards.errors import BoardArchived
from taskly.boards.models import BoardAccess, ColumnAccess, LabelAccess
from taskly.boards.repository import BoardAndPerson
from taskly.kit.gathering import Gathering
from taskly.platform.db.session import Database, Transaction
from taskly.platform.driver import RowReader
from taskly.platform.events.log import LogWriter, Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.http.entity_tags import require_current
from taskly.platform.http.problems import NotFound
from taskly.platform.runtime import runtime_of
from taskly.users.access import Principal, Scope, SignedIn, Tx, signed_in
from taskly.workspaces.access import require_role
from taskly.workspaces.models import Role

LANES = 2
"""Questions on their way at a time, from one process."""


class BoardsToRead(Gathering[BoardAndPerson, BoardAccess]):
    """Who may see which board, at which version it stands: asked with nearly every request."""

    def __init__(self, database: Database) -> None:
        super().__init__(partial(repository.boards_to_read, database.hot), lanes=LANES)


async def open_board(hot: RowReader, principal: Principal, board_id: UUID) -> BoardAccess:
    """Load a board for a caller who may see it.

    Raises:
        NotFound: there is no such board, or the caller is not in its workspace.
    """
    found = await repository.boards_to_read(hot, [(board_id, principal.user_id)])
    return _admitted(found.get((board_id, principal.user_id)))


def _admitted(board: BoardAccess | None) -> BoardAccess:
    if board is None:
        raise NotFound
    return board


async def open_board_to_change(
    tx: Transaction,
    principal: Principal,
    board_id: UUID,
    *,
    needed: Role = Role.MEMBER,
    archived: bool = False,
) -> BoardAccess:
    """Load a board for a caller who may change it, and lock it until the end of the transaction.

    Raises:
        NotFound: there is no such board, or the caller is not in its workspace.
        Forbidden: the caller's role, or the token's scope, is too small.
        BoardArchived: the board is archived, and `archived` does not allow that.
    """
    board = await repository.board_to_change(tx.session, board_id, principal.user_id)
    if board is None:
        raise NotFound
    admit_to_change(tx.log, board, needed=needed, archived=archived)
    if needed is Role.ADMIN:
        principal.require(Scope.ADMIN)
    return board


def admit_to_change(
    log: LogWriter, board: BoardAccess, *, needed: Role = Role.MEMBER, archived: bool = False
) -> None:
    """Check the right to change a board, and let the log go on from its version.

    Either the board's row is locked, or what is recorded is stored only if the version still holds.
    """
    require_role(board.role, needed)
    if board.archived_at is not None and not archived:
        raise BoardArchived
    log.hold(board.stream, board.version)


async def _to_read(board_id: UUID, principal: SignedIn, connection: HTTPConnection) -> BoardAccess:
    runtime = runtime_of(connection)
    boards = runtime.belongings.get(BoardsToRead, lambda: BoardsToRead(runtime.database))
    return _admitted(await boards.get((board_id, principal.user_id)))


async def admit_again(connection: HTTPConnection, board_id: UUID) -> None:
    """Check anew, for a request that waited, who makes it and whether they may see the board.

    Raises:
        NotSignedIn: their credentials do not count any more.
        NotFound: they may not, or the board is gone.
    """
    await _to_read(board_id, await signed_in(connection), connection)


async def open_board_with_workspace(
    tx: Transaction,
    principal: Principal,
    board_id: UUID,
    *,
    needed: Role = Role.MEMBER,
    archived: bool = False,
) -> BoardAccess:
    """As `open_board_to_change`, for changes that are recorded in the workspace's stream, too.

    Locks are taken in one order everywhere: boards, workspace, people. Who leaves a workspace is
    removed under its lock.
    """
    await tx.wait_for_turn(board_id)
    board = await repository.board_to_change(tx.session, board_id, principal.user_id, stays=False)
    if board is None:
        raise NotFound
    await tx.lock(Stream(StreamKind.WORKSPACE, board.workspace_id, board.workspace_id))
    return await open_board_to_change(tx, principal, board_id, needed=needed, archived=archived)


IfMatch = Annotated[str | None, Header(description="Refuse unless this is the board's version.")]
"""Every door through which a board is changed heeds it."""


async def _to_edit(
    board_id: UUID, principal: SignedIn, tx: Tx, if_match: IfMatch = None
) -> BoardAccess:
    await tx.wait_for_turn(board_id)
    return _current(await open_board_to_change(tx, principal, board_id), if_match)


def _current(board: BoardAccess, if_match: str | None) -> BoardAccess:
    require_current(if_match, board.version)
    return board


BoardToEdit = Annotated[BoardAccess, Depends(_to_edit)]
"""What is on it may be changed."""


async def _column_to_edit(board: BoardToEdit, column_id: UUID, tx: Tx) -> ColumnAccess:
    column = await repository.column_row(tx.session, board.id, column_id)
    if column is None:
        raise NotFound
    return ColumnAccess(board, column)


async def _label_to_edit(board: BoardToEdit, label_id: UUID, tx: Tx) -> LabelAccess:
    label = await repository.label_row(tx.session, board.id, label_id)
    if label is None:
        raise NotFound
    return LabelAccess(board, label)


async def _to_rename(
    board_id: UUID, principal: SignedIn, tx: Tx, if_match: IfMatch = None
) -> BoardAccess:
    return _current(await open_board_with_workspace(tx, principal, board_id), if_match)


async def _to_put_away(
    board_id: UUID, principal: SignedIn, tx: Tx, if_match: IfMatch = None
) -> BoardAccess:
    board = await open_board_with_workspace(tx, principal, board_id, archived=True)
    return _current(board, if_match)


async def _to_delete(
    board_id: UUID, principal: SignedIn, tx: Tx, if_match: IfMatch = None
) -> BoardAccess:
    board = await open_board_with_workspace(
        tx, principal, board_id, needed=Role.ADMIN, archived=True
    )
    return _current(board, if_match)


BoardToRead = Annotated[BoardAccess, Depends(_to_read)]
"""Holds no connection, so that the request may wait or answer from memory."""
BoardToRename = Annotated[BoardAccess, Depends(_to_rename)]
"""It may be changed itself, and its workspace hears of it; so with the next two."""
BoardToPutAway = Annotated[BoardAccess, Depends(_to_put_away)]
BoardToDelete = Annotated[BoardAccess, Depends(_to_delete)]
ColumnToEdit = Annotated[ColumnAccess, Depends(_column_to_edit)]
LabelToEdit = Annotated[LabelAccess, Depends(_label_to_edit)]
