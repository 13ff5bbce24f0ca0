"""HTTP of cards."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Request, Response

from taskly.boards.access import BoardToEdit
from taskly.boards.errors import (
    BoardArchived,
    ColumnFull,
    NoSuchBoard,
    NotOnBoard,
    TooMany,
)
from taskly.cards import copying, editing, reading, relocating
from taskly.cards.access import (
    CardToEdit,
    CardToMove,
    CardToRead,
    CardToReadByKey,
    CardToRelocate,
    IfMatch,
)
from taskly.cards.errors import (
    AmbiguousPlace,
    AnchorGone,
    CardIsArchived,
    DependencyCycle,
    EditConflict,
    NoSuchSprint,
)
from taskly.cards.schemas import (
    CardDetail,
    CardResponse,
    CopyCard,
    CreateCard,
    MoveCard,
    MovedCard,
    MoveToBoard,
    PlacedCard,
    TimelineEntry,
    UpdateCard,
)
from taskly.platform.http.entity_tags import is_current, require_current, version_tag
from taskly.platform.http.pages import Page, Paging
from taskly.platform.http.problems import Forbidden, NotFound, Stale, problems
from taskly.platform.http.routing import Router
from taskly.users.access import KeyedTx, ReadSession, Tx, note_operation
from taskly.workspaces.errors import NotAMember

router = Router(tags=["cards"])

IfNoneMatch = Annotated[
    str | None, Header(description="Answer 304 if this is the card as it is now.")
]

CHANGE = (Forbidden, NotFound, BoardArchived, Stale)
CARD_RESPONSES: dict[int | str, dict[str, Any]] = {
    304: {"description": "The caller's copy is the present one."},
    **problems(NotFound),
}


@router.post(
    "/boards/{board_id}/cards",
    status_code=201,
    responses=problems(
        *CHANGE,
        NotOnBoard,
        NotAMember,
        NoSuchSprint,
        AnchorGone,
        ColumnFull,
    ),
)
async def create_card(board: BoardToEdit, body: CreateCard, tx: Tx) -> PlacedCard:
    """Create a card, by default at the end of the board's first column. For members."""
    return await editing.create_card(tx, board, body)


@router.post(
    "/cards/{card_id}/copy",
    status_code=201,
    responses=problems(*CHANGE, NotOnBoard, NotAMember, AnchorGone, ColumnFull),
)
async def copy_card(access: CardToEdit, body: CopyCard, tx: Tx) -> PlacedCard:
    """Make a card like another, by default directly behind it. For members.

    Its steps are undone; comments, blockers, branches and pull requests stay with the original.
    """
    return await copying.copy_card(tx, access, body)


@router.get("/cards/{card_id}", responses=CARD_RESPONSES, response_model=CardDetail)
async def read_card(
    access: CardToRead, session: ReadSession, response: Response, if_none_match: IfNoneMatch = None
) -> CardDetail | Response:
    """Read one card."""
    return _unless_current(await reading.read_card(session, access), response, if_none_match)


@router.get(
    "/workspaces/{workspace_id}/cards/{card_key}",
    responses=CARD_RESPONSES,
    response_model=CardDetail,
)
async def read_card_by_key(
    access: CardToReadByKey,
    session: ReadSession,
    response: Response,
    if_none_match: IfNoneMatch = None,
) -> CardDetail | Response:
    """Read the card that people call, for example, `PAY-12`."""
    return _unless_current(await reading.read_card(session, access), response, if_none_match)


@router.patch(
    "/cards/{card_id}",
    responses=problems(
        *CHANGE, NotOnBoard, NotAMember, NoSuchSprint, DependencyCycle, EditConflict
    ),
)
async def update_card(access: CardToEdit, body: UpdateCard, tx: Tx) -> CardResponse:
    """Change some fields of a card (JSON merge patch). For members."""
    return await editing.update_card(tx, access, body)


@router.post(
    "/cards/{card_id}/move",
    responses=problems(*CHANGE, CardIsArchived, AnchorGone, NotOnBoard, AmbiguousPlace, ColumnFull),
)
async def move_card(
    move: CardToMove, body: MoveCard, request: Request, tx: KeyedTx, if_match: IfMatch = None
) -> MovedCard:
    """Move a card: beside another, to a position, or to the end of a column. For members."""
    moved = await move.carry_out(if_match=if_match, tx=tx)
    note_operation(request, move.operation_id)
    return MovedCard.model_validate(moved)


@router.post(
    "/cards/{card_id}/move-to-board",
    responses=problems(
        *CHANGE, CardIsArchived, NoSuchBoard, NotOnBoard, AnchorGone, ColumnFull, TooMany
    ),
)
async def move_card_to_board(
    departure: CardToRelocate, body: MoveToBoard, tx: Tx, if_match: IfMatch = None
) -> PlacedCard:
    """Take a card to another board of the workspace. It gets a key there; the former one leads to it. For members.

    Labels become those of the same names, and are made if they are missing. The sprint and dependencies stay behind.
    """
    require_current(if_match, departure.card.version)
    return await relocating.move_to_board(tx, departure, body)


@router.post("/cards/{card_id}/archive", responses=problems(*CHANGE))
async def archive_card(access: CardToEdit, tx: Tx) -> CardResponse:
    """Take a card off the board; it keeps its place for when it is restored. For members."""
    return await editing.archive_card(tx, access)


@router.post("/cards/{card_id}/restore", responses=problems(*CHANGE, ColumnFull))
async def restore_card(access: CardToEdit, tx: Tx) -> PlacedCard:
    """Put an archived card back where it was. For members."""
    return await editing.restore_card(tx, access)


@router.delete("/cards/{card_id}", status_code=204, responses=problems(*CHANGE))
async def delete_card(access: CardToEdit, tx: Tx) -> None:
    """Delete a card. Its number is not given again, and for a while deleting can be undone. For members."""
    await editing.delete_card(tx, access)


@router.get("/cards/{card_id}/timeline", responses=problems(NotFound))
async def read_timeline(
    access: CardToRead, session: ReadSession, paging: Paging
) -> Page[TimelineEntry]:
    """Read what happened to a card, newest first."""
    events = await reading.timeline(session, access, before=paging.after(UUID), limit=paging.rows)
    return paging.page(events, TimelineEntry.of, lambda event: event.id)


def _unless_current(
    card: CardDetail, response: Response, if_none_match: str | None
) -> CardDetail | Response:
    """The card, or 304. Its place and its comments may change while the card does not: all make up the tag."""
    place = "" if card.position is None else str(card.position)
    more = f"{place}-{card.comment_count}"
    headers = {"ETag": version_tag(card.version, more)}
    if is_current(if_none_match, card.version, more):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return card
