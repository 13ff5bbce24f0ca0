"""HTTP of boards, as far as it takes their cards: lists with counts, and what goes with its cards."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from taskly.boards.access import BoardToEdit, BoardToPutAway, ColumnToEdit, LabelToEdit
from taskly.boards.errors import (
    BoardArchived,
    ColumnFull,
    ColumnNotEmpty,
    KeyTaken,
    LastColumn,
    NotOnBoard,
)
from taskly.boards.schemas import BoardResponse, DuplicateBoard, ListedBoard
from taskly.cards import board_repository as repository
from taskly.cards import clearing, duplicating, pasting
from taskly.cards.errors import AnchorGone
from taskly.cards.schemas import PasteCards, PastedCards
from taskly.platform.http.pages import Page, Paging
from taskly.platform.http.problems import Forbidden, NotFound, Stale, problems
from taskly.platform.http.routing import Router
from taskly.users.access import ReadSession, Tx
from taskly.workspaces.access import WorkspaceToRead

router = Router(tags=["boards"])

CHANGE = (Forbidden, NotFound, BoardArchived, Stale)
MoveCardsTo = Annotated[
    UUID | None, Query(description="The column to whose end the cards of this one go.")
]


@router.get("/workspaces/{workspace_id}/boards", responses=problems(NotFound))
async def list_boards(
    access: WorkspaceToRead, session: ReadSession, paging: Paging
) -> Page[ListedBoard]:
    """List the boards of a workspace, oldest first, archived ones included, with what goes on there."""
    rows = await repository.boards_of(
        session, access.workspace.id, after=paging.after(UUID), limit=paging.rows
    )
    return paging.page(rows, ListedBoard.model_validate, lambda row: row.id)


@router.post(
    "/boards/{board_id}/duplicate",
    status_code=201,
    responses=problems(Forbidden, NotFound, Stale, KeyTaken),
)
async def duplicate_board(access: BoardToPutAway, body: DuplicateBoard, tx: Tx) -> BoardResponse:
    """Make a board with the columns, labels, settings and, unless you say no, cards of another. For members.

    Its cards are as new: steps undone, without comments, sprints and code. Archived cards are left out.
    """
    return BoardResponse.of(await duplicating.duplicate(tx, access, body))


@router.post(
    "/boards/{board_id}/cards/paste",
    status_code=201,
    responses=problems(*CHANGE, NotOnBoard, AnchorGone, ColumnFull),
)
async def paste_cards(board: BoardToEdit, body: PasteCards, tx: Tx) -> PastedCards:
    """Make a card of each line of a text, up to 500, in their order; all of them or none. For members."""
    return await pasting.paste_cards(tx, board, body)


@router.delete(
    "/boards/{board_id}/columns/{column_id}",
    status_code=204,
    responses=problems(*CHANGE, ColumnNotEmpty, ColumnFull, LastColumn, NotOnBoard),
)
async def delete_column(
    access: ColumnToEdit, tx: Tx, move_cards_to: MoveCardsTo = None, delete_cards: bool = False
) -> None:
    """Delete a column. Its cards, archived ones included, are moved or deleted as you say. For members."""
    await clearing.delete_column(tx, access, move_cards_to=move_cards_to, delete_cards=delete_cards)


@router.delete(
    "/boards/{board_id}/labels/{label_id}",
    status_code=204,
    responses=problems(*CHANGE),
)
async def delete_label(access: LabelToEdit, tx: Tx) -> None:
    """Take a label off all cards and delete it. For members."""
    await clearing.delete_label(tx, access)
