"""The door to sprints: load and authorise at once; to change a sprint is to hold its board's lock."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from starlette.requests import HTTPConnection

from taskly.boards.access import IfMatch, open_board, open_board_to_change
from taskly.boards.models import BoardAccess
from taskly.kit.gathering import Gathering
from taskly.platform.db.session import Database
from taskly.platform.http.entity_tags import require_current
from taskly.platform.http.problems import NotFound
from taskly.platform.runtime import runtime_of
from taskly.sprints import repository
from taskly.sprints.models import SprintAccess
from taskly.users.access import ReadSession, SignedIn, Tx


class BoardsOfSprints(Gathering[UUID, UUID]):
    """Which board a sprint is of: to wait for one's turn before anything is locked."""

    def __init__(self, database: Database) -> None:
        super().__init__(partial(repository.boards_of_sprints, database.hot), lanes=1)


async def _board_of(connection: HTTPConnection, sprint_id: UUID) -> UUID:
    runtime = runtime_of(connection)
    boards = runtime.belongings.get(BoardsOfSprints, lambda: BoardsOfSprints(runtime.database))
    board_id = await boards.get(sprint_id)
    if board_id is None:
        raise NotFound
    return board_id


async def _board_to_read(
    sprint_id: UUID, principal: SignedIn, connection: HTTPConnection
) -> BoardAccess:
    board_id = await _board_of(connection, sprint_id)
    return await open_board(runtime_of(connection).database.hot, principal, board_id)


BoardOfSprintToRead = Annotated[BoardAccess, Depends(_board_to_read)]
"""For whoever reads the sprint later, with what belongs to it. Holds no connection."""


async def _to_read(
    sprint_id: UUID, board: BoardOfSprintToRead, session: ReadSession
) -> SprintAccess:
    sprint = await repository.sprint_row(session, board.id, sprint_id)
    if sprint is None:
        raise NotFound
    return SprintAccess(board, sprint)


async def _to_edit(
    sprint_id: UUID,
    principal: SignedIn,
    tx: Tx,
    connection: HTTPConnection,
    if_match: IfMatch = None,
) -> SprintAccess:
    board_id = await _board_of(connection, sprint_id)
    await tx.wait_for_turn(board_id)
    board = await open_board_to_change(tx, principal, board_id)
    sprint = await repository.sprint_row(tx.session, board_id, sprint_id)
    if sprint is None:
        raise NotFound
    require_current(if_match, board.version)
    return SprintAccess(board, sprint)


SprintToRead = Annotated[SprintAccess, Depends(_to_read)]
SprintToEdit = Annotated[SprintAccess, Depends(_to_edit)]
