"""HTTP of cards."""

from typing import Annotated

from fastapi import Header, Response

from taskly.boards.access import BoardToEdit
from taskly.boards.errors import BoardArchived, NotOnBoard
from taskly.cards import editing, reading
from taskly.cards.access import CardToEdit, CardToMove, CardToRead, CardToReadByKey
from taskly.cards.errors import AmbiguousPlace, AnchorGone, CardIsArchived, NoSuchSprint
from taskly.cards.schemas import (
    CardDetail,
    CardResponse,
    CreateCard,
    MoveCard,
    MovedCard,
    TimelineEntry,
    UpdateCard,
)
from taskly.platform.http.entity_tags import require_current, version_tag
from taskly.platform.http.pages import Page, Paging
from taskly.platform.http.problems import Forbidden, NotFound, Stale, problems
from taskly.platform.http.routing import Router
from taskly.users.access import ReadSession, Tx
from taskly.workspaces.errors import NotAMember

router = Router(tags=["cards"])

IfMatch = Annotated[str | None, Header(description="Refuse unless this is the card's version.")]

CHANGE = (Forbidden, NotFound, BoardArchived, Stale)


@router.post(
    "/boards/{board_id}/cards",
    status_code=201,
    responses=problems(
        Forbidden, NotFound, BoardArchived, NotOnBoard, NotAMember, NoSuchSprint, AnchorGone
    ),
)
async def create_card(board: BoardToEdit, body: CreateCard, tx: Tx) -> CardResponse:
    """Create a card, by default at the end of the board's first column. For members."""
    return await editing.create_card(tx, board, body)


@router.get("/cards/{card_id}", responses=problems(NotFound))
async def read_card(access: CardToRead, session: ReadSession, response: Response) -> CardDetail:
    """Read one card."""
    response.headers["ETag"] = version_tag(access.card.version)
    return await reading.read_card(session, access)


@router.get("/workspaces/{workspace_id}/cards/{card_key}", responses=problems(NotFound))
async def read_card_by_key(
    access: CardToReadByKey, session: ReadSession, response: Response
) -> CardDetail:
    """Read the card that people call, for example, `PAY-12`."""
    response.headers["ETag"] = version_tag(access.card.version)
    return await reading.read_card(session, access)


@router.patch("/cards/{card_id}", responses=problems(*CHANGE, NotOnBoard, NotAMember, NoSuchSprint))
async def update_card(
    access: CardToEdit, body: UpdateCard, tx: Tx, if_match: IfMatch = None
) -> CardResponse:
    """Change some fields of a card (JSON merge patch). For members."""
    require_current(if_match, access.card.version)
    return await editing.update_card(tx, access, body)


@router.post(
    "/cards/{card_id}/move",
    responses=problems(*CHANGE, CardIsArchived, AnchorGone, NotOnBoard, AmbiguousPlace),
)
async def move_card(move: CardToMove, body: MoveCard, if_match: IfMatch = None) -> MovedCard:
    """Move a card: beside another, to a position, or to the end of a column. For members."""
    return MovedCard.model_validate(await move.carry_out(if_match=if_match))


@router.post("/cards/{card_id}/archive", responses=problems(*CHANGE))
async def archive_card(access: CardToEdit, tx: Tx, if_match: IfMatch = None) -> CardResponse:
    """Take a card off the board; it keeps its place for when it is restored. For members."""
    require_current(if_match, access.card.version)
    return await editing.archive_card(tx, access)


@router.post("/cards/{card_id}/restore", responses=problems(*CHANGE))
async def restore_card(access: CardToEdit, tx: Tx, if_match: IfMatch = None) -> CardResponse:
    """Put an archived card back where it was. For members."""
    require_current(if_match, access.card.version)
    return await editing.restore_card(tx, access)


@router.delete("/cards/{card_id}", status_code=204, responses=problems(*CHANGE))
async def delete_card(access: CardToEdit, tx: Tx, if_match: IfMatch = None) -> None:
    """Delete a card for good. Its number is not given again. For members."""
    require_current(if_match, access.card.version)
    await editing.delete_card(tx, access)


@router.get("/cards/{card_id}/timeline", responses=problems(NotFound))
async def read_timeline(
    access: CardToRead, session: ReadSession, paging: Paging
) -> Page[TimelineEntry]:
    """Read what happened to a card, newest first."""
    events = await reading.timeline(session, access, before=paging.after(int), limit=paging.rows)
    return paging.page(events, TimelineEntry.of, lambda event: event.version)
