"""The door to cards: load and authorise at once; to change a card is to hold its board's lock."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Path
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from taskly.boards.access import admit_to_change
from taskly.cards import comment_repository as comments
from taskly.cards import repository
from taskly.cards.models import CardAccess, CommentAccess
from taskly.cards.moving import PersonalMove
from taskly.cards.relocating import Departure, open_departure
from taskly.cards.schemas import MoveCard, MoveToBoard
from taskly.kit.gathering import Gathering
from taskly.platform.db.session import Database, Transaction
from taskly.platform.http.entity_tags import require_current
from taskly.platform.http.problems import NotFound
from taskly.platform.http.schema import written
from taskly.platform.runtime import runtime_of
from taskly.users.access import Principal, ReadSession, SignedIn, Tx

CardKey = Annotated[
    str,
    Path(
        pattern=written(
            r"^[A-Za-z][A-Za-z0-9]{1,9}-[1-9][0-9]{0,8}$", "write a card's key, such as PAY-12"
        ),
        examples=["PAY-12"],
    ),
]


class BoardsOfCards(Gathering[UUID, UUID]):
    """Which board a card is on: to wait for one's turn before anything is locked."""

    def __init__(self, database: Database) -> None:
        super().__init__(partial(repository.boards_of_cards, database.hot), lanes=1)


async def open_card(session: AsyncSession, principal: Principal, card_id: UUID) -> CardAccess:
    """Load a card for a caller who may see it.

    Raises:
        NotFound: there is no such card, or the caller is not in its workspace.
    """
    card = await repository.card_access(session, card_id, principal.user_id)
    if card is None:
        raise NotFound
    return card


async def open_card_to_change(tx: Transaction, principal: Principal, card_id: UUID) -> CardAccess:
    """Load a card for a caller who may change it, and lock its board.

    Raises:
        NotFound: there is no such card, or the caller is not in its workspace.
        Forbidden: the caller's role is too small.
        BoardArchived: the board is archived.
    """
    card = await repository.card_access(tx.session, card_id, principal.user_id, lock=True)
    if card is None:
        # It may have gone to another board while its board's lock was waited for.
        card = await repository.card_access(tx.session, card_id, principal.user_id, lock=True)
    if card is None:
        raise NotFound
    admit_to_change(tx.log, card.board)
    return card


async def open_card_for_taskly(tx: Transaction, card_id: UUID) -> CardAccess | None:
    """Load a card for a change that Taskly makes by itself (rules, reconciliation), board locked.

    None if the card is gone. Whether the board is archived is for the caller to heed. With several
    cards, take them in the order of their boards' ids.
    """
    access = await repository.card_for_taskly(tx.session, card_id)
    if access is not None:
        tx.log.hold(access.board.stream, access.board.version)
    return access


async def _to_read(card_id: UUID, principal: SignedIn, session: ReadSession) -> CardAccess:
    return await open_card(session, principal, card_id)


async def _to_read_by_key(
    workspace_id: UUID, card_key: CardKey, principal: SignedIn, session: ReadSession
) -> CardAccess:
    key, _, number = card_key.upper().partition("-")
    card = await repository.card_access_by_key(
        session, workspace_id, key, int(number), principal.user_id
    )
    if card is None:
        raise NotFound
    return card


IfMatch = Annotated[str | None, Header(description="Refuse unless this is the card's version.")]
"""Every door through which a card is changed heeds it."""


async def _to_edit(
    card_id: UUID,
    principal: SignedIn,
    tx: Tx,
    connection: HTTPConnection,
    if_match: IfMatch = None,
) -> CardAccess:
    await tx.wait_for_turn(await _board_of(connection, card_id))
    access = await open_card_to_change(tx, principal, card_id)
    require_current(if_match, access.card.version)
    return access


async def _to_move(
    card_id: UUID, body: MoveCard, principal: SignedIn, connection: HTTPConnection
) -> PersonalMove:
    return PersonalMove(runtime_of(connection).database, principal.user_id, card_id, body)


async def _to_relocate(
    card_id: UUID, body: MoveToBoard, principal: SignedIn, tx: Tx, connection: HTTPConnection
) -> Departure:
    board_id = await _board_of(connection, card_id)
    await tx.wait_for_turn(min(board_id, body.board_id))
    return await open_departure(tx, principal.user_id, card_id, board_id, body.board_id)


async def _board_of(connection: HTTPConnection, card_id: UUID) -> UUID:
    runtime = runtime_of(connection)
    boards = runtime.belongings.get(BoardsOfCards, lambda: BoardsOfCards(runtime.database))
    board_id = await boards.get(card_id)
    if board_id is None:
        raise NotFound
    return board_id


async def _to_watch(card_id: UUID, principal: SignedIn, tx: Tx) -> CardAccess:
    return await open_card(tx.session, principal, card_id)


async def _comment_to_edit(
    access: Annotated[CardAccess, Depends(_to_edit)], comment_id: UUID, tx: Tx
) -> CommentAccess:
    comment = await comments.comment_row(tx.session, access.card.id, comment_id)
    if comment is None:
        raise NotFound
    return CommentAccess(access, comment)


CardToRead = Annotated[CardAccess, Depends(_to_read)]
CardToReadByKey = Annotated[CardAccess, Depends(_to_read_by_key)]
CardToEdit = Annotated[CardAccess, Depends(_to_edit)]
CardToRelocate = Annotated[Departure, Depends(_to_relocate)]
CardToWatch = Annotated[CardAccess, Depends(_to_watch)]
"""For what people note about a card for themselves: any of the workspace may, and nothing is locked."""
CommentToEdit = Annotated[CommentAccess, Depends(_comment_to_edit)]
CardToMove = Annotated[PersonalMove, Depends(_to_move)]
"""A move finds and admits by itself, with each try: what it is decided for may change meanwhile."""
