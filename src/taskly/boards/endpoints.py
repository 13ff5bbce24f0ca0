"""HTTP of boards."""

from functools import partial
from typing import Annotated

from fastapi import Header, Query, Request, Response

from taskly.boards import columns, labels, service
from taskly.boards.access import (
    BoardToDelete,
    BoardToEdit,
    BoardToPutAway,
    BoardToRead,
    BoardToRename,
    ColumnToEdit,
    LabelToEdit,
    admit_again,
)
from taskly.boards.errors import BoardArchived, KeyTaken, NameTaken, NotOnBoard, TooMany
from taskly.boards.schemas import (
    AddColumn,
    BoardResponse,
    CreateBoard,
    CreateLabel,
    LabelResponse,
    MoveColumn,
    TemplateResponse,
    UpdateBoard,
    UpdateColumn,
    UpdateLabel,
)
from taskly.boards.snapshot_schema import SNAPSHOT_RESPONSES, ColumnOnBoard
from taskly.boards.snapshots import BoardSnapshots
from taskly.platform.http.entity_tags import is_current, version_tag
from taskly.platform.http.problems import Forbidden, NotFound, Stale, problems
from taskly.platform.http.routing import Router
from taskly.platform.http.schema import Version
from taskly.platform.realtime.endpoints import LiveHub
from taskly.platform.realtime.polling import LONGEST_WAIT_SECONDS, NewEvents, wait_for_events
from taskly.users.access import SignedIn, Tx
from taskly.workspaces.access import WorkspaceToExtend

router = Router(tags=["boards"])

Wait = Annotated[
    float, Query(ge=0, le=LONGEST_WAIT_SECONDS, description="Seconds to wait at most.")
]
CHANGE = (Forbidden, NotFound, BoardArchived, Stale)

IfNoneMatch = Annotated[
    str | None, Header(description="Answer 304 if this is the present version.")
]


@router.post(
    "/workspaces/{workspace_id}/boards",
    status_code=201,
    responses=problems(Forbidden, NotFound, KeyTaken),
)
async def create_board(access: WorkspaceToExtend, body: CreateBoard, tx: Tx) -> BoardResponse:
    """Create a board with its columns. For members."""
    return BoardResponse.of(
        await service.create_board(
            tx, access, name=body.name, key=body.key, template=body.template, columns=body.columns
        )
    )


@router.get("/board-templates")
async def list_board_templates(_principal: SignedIn) -> list[TemplateResponse]:
    """List what a new board may begin with."""
    return TemplateResponse.every()


@router.get("/boards/{board_id}", responses=SNAPSHOT_RESPONSES, response_class=Response)
async def read_board(
    board: BoardToRead, snapshots: BoardSnapshots, if_none_match: IfNoneMatch = None
) -> Response:
    """Read a whole board: columns, labels, sprints, cards and what hangs on them, at one version."""
    shape = snapshots.shape
    if is_current(if_none_match, board.version, shape):
        return Response(status_code=304, headers=_caching(board.version, shape))
    version, body = await snapshots.read(board)
    return Response(body, media_type="application/json", headers=_caching(version, shape))


@router.get(
    "/boards/{board_id}/events",
    responses={200: {"model": NewEvents}, **problems(NotFound)},
    response_class=Response,
)
async def follow_board(
    board: BoardToRead,
    hub: LiveHub,
    request: Request,
    after: Version,
    wait: Wait = LONGEST_WAIT_SECONDS,
) -> Response:
    """Read the events after a version, waiting for the next one if there is none yet.

    For clients that can't open a WebSocket: ask again with the `version` of the answer.
    """
    prove = partial(admit_again, request, board.id)
    body = await wait_for_events(hub, board.stream, after, prove=prove, seconds=wait)
    return Response(body, media_type="application/json")


@router.patch(
    "/boards/{board_id}",
    responses=problems(*CHANGE, KeyTaken),
)
async def update_board(access: BoardToRename, body: UpdateBoard, tx: Tx) -> BoardResponse:
    """Change a board's name, key or settings. Former keys lead to its cards still. For members."""
    return BoardResponse.of(await service.update_board(tx, access, body))


@router.post("/boards/{board_id}/archive", responses=problems(Forbidden, NotFound, Stale))
async def archive_board(access: BoardToPutAway, tx: Tx) -> BoardResponse:
    """Put a board away: it can be read and restored, and does not change. For members."""
    return BoardResponse.of(await service.archive_board(tx, access))


@router.post("/boards/{board_id}/restore", responses=problems(Forbidden, NotFound, Stale))
async def restore_board(access: BoardToPutAway, tx: Tx) -> BoardResponse:
    """Take a board out of the archive. For members."""
    return BoardResponse.of(await service.restore_board(tx, access))


@router.delete(
    "/boards/{board_id}", status_code=204, responses=problems(Forbidden, NotFound, Stale)
)
async def delete_board(access: BoardToDelete, tx: Tx) -> None:
    """Delete a board with everything on it. For admins."""
    await service.delete_board(tx, access)


@router.post(
    "/boards/{board_id}/labels",
    status_code=201,
    responses=problems(*CHANGE, NameTaken, TooMany),
)
async def create_label(access: BoardToEdit, body: CreateLabel, tx: Tx) -> LabelResponse:
    """Add a label to a board. For members."""
    return LabelResponse.of(await labels.create_label(tx, access, name=body.name, color=body.color))


@router.patch("/boards/{board_id}/labels/{label_id}", responses=problems(*CHANGE, NameTaken))
async def update_label(access: LabelToEdit, body: UpdateLabel, tx: Tx) -> LabelResponse:
    """Change a label's name or colour. For members."""
    return LabelResponse.of(await labels.update_label(tx, access, body))


@router.post(
    "/boards/{board_id}/columns",
    status_code=201,
    responses=problems(*CHANGE, NotOnBoard, TooMany),
)
async def add_column(access: BoardToEdit, body: AddColumn, tx: Tx) -> ColumnOnBoard:
    """Add a column, by default behind the last. For members."""
    return ColumnOnBoard.model_validate(await columns.add_column(tx, access, body))


@router.patch("/boards/{board_id}/columns/{column_id}", responses=problems(*CHANGE))
async def update_column(access: ColumnToEdit, body: UpdateColumn, tx: Tx) -> ColumnOnBoard:
    """Change a column's name, category or limit. For members.

    With another category its cards count as not begun, begun or done from now on.
    """
    return ColumnOnBoard.model_validate(await columns.update_column(tx, access, body))


@router.post("/boards/{board_id}/columns/{column_id}/move", responses=problems(*CHANGE, NotOnBoard))
async def move_column(access: ColumnToEdit, body: MoveColumn, tx: Tx) -> ColumnOnBoard:
    """Put a column beside another, at a position, or behind all others. For members."""
    return ColumnOnBoard.model_validate(await columns.move_column(tx, access, body))


def _caching(version: int, shape: str) -> dict[str, str]:
    return {"ETag": version_tag(version, shape), "Cache-Control": "private, no-cache"}
