"""HTTP of the past."""

import re
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import PlainValidator, WithJsonSchema

from taskly.boards.access import BoardToRead
from taskly.boards.errors import BoardArchived
from taskly.boards.snapshot_schema import BoardSnapshot
from taskly.boards.snapshots import BoardQuery
from taskly.history import past, undoing
from taskly.history.errors import NotThen, NotUndoable
from taskly.history.schemas import UndoResponse
from taskly.platform.http.problems import Forbidden, NotFound, problems
from taskly.platform.http.routing import Router
from taskly.users.access import ReadSession, SignedIn, Tx

router = Router(tags=["history"])


def _moment(value: str) -> int | datetime:
    if re.fullmatch("[0-9]{1,16}", value):
        return int(value)
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("name a version, or a time such as 2026-11-23T09:00:00Z") from None
    if at.tzinfo is None:
        raise ValueError("say of which time zone the time is, such as Z for UTC")
    return at


At = Annotated[
    int | datetime,
    PlainValidator(_moment),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^([0-9]{1,16}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+))$",
            "examples": ["7", "2026-11-23T09:00:00Z"],
        }
    ),
    Query(description="A version of the board, or a time as RFC 3339 writes it."),
]


@router.post(
    "/operations/{operation_id}/undo",
    responses=problems(Forbidden, NotFound, BoardArchived, NotUndoable),
)
async def undo_operation(operation_id: UUID, principal: SignedIn, tx: Tx) -> UndoResponse:
    """Take back all that one request, bulk change or automatic move did on boards. For members.

    A board that was made goes as a whole, and only if nothing happened on it since. Each field goes back only
    where its value is still the one that the operation wrote; what did not go back is listed. An undo is an
    operation itself and can be undone.
    """
    return await undoing.undo(tx, principal, operation_id)


@router.get("/boards/{board_id}/history", responses=problems(NotFound, NotThen))
async def read_board_at(
    board: BoardToRead, session: ReadSession, query: BoardQuery, at: At
) -> BoardSnapshot:
    """Read a whole board as it was at a version or a time, rebuilt from its log."""
    return await past.board_at(session, query, board, at)
