"""Undoing an operation: a request, a bulk change or what a rule did by itself, taken back as one.

Each field goes back only where its value is still the one that the operation wrote; what can't go back
is listed. An undo is an operation like any other and can be undone.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from uuid import UUID

from taskly.boards import repository as boards
from taskly.boards.access import open_board_to_change
from taskly.boards.models import BoardAccess
from taskly.cards.batch import CardBatch
from taskly.cards.batch_repository import ranks_of_columns
from taskly.history import boards_back, cards_back, repository
from taskly.history.dependencies_back import wait_again
from taskly.history.schemas import UndoResponse, WhyLeft
from taskly.history.taking_back import TakingBack
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Stream
from taskly.platform.events.models import Event, StreamKind
from taskly.platform.http.problems import NotFound
from taskly.users.principal import Principal

Handler = Callable[[TakingBack, Event], Awaitable[None]]

HANDLERS: dict[str, Handler] = {
    "card.created": cards_back.creation_back,
    "card.updated": cards_back.fields_back,
    "card.moved": cards_back.fields_back,
    "card.archived": cards_back.archiving_back,
    "card.restored": cards_back.restoring_back,
    "card.deleted": cards_back.deletion_back,
    "card.undeleted": cards_back.undeletion_back,
    "card.arrived": cards_back.arrival_back,
    "card.left": cards_back.departure_back,
    "comment.created": boards_back.comment_creation_back,
    "comment.updated": boards_back.comment_back,
    "comment.deleted": boards_back.comment_back,
    "comment.restored": boards_back.comment_creation_back,
    "column.created": boards_back.column_creation_back,
    "column.updated": boards_back.column_back,
    "column.deleted": boards_back.column_deletion_back,
    "column.restored": boards_back.column_creation_back,
    "label.created": boards_back.label_creation_back,
    "label.updated": boards_back.label_back,
    "label.deleted": boards_back.label_deletion_back,
    "board.updated": boards_back.board_back,
}
FOLLOWING = frozenset({"card.respaced", "card.counted"})
"""Changes that only follow from others."""
APPEARING = frozenset({"card.created", "card.undeleted"})


async def undo(tx: Transaction, principal: Principal, operation_id: UUID) -> UndoResponse:
    """Take an operation back.

    Raises:
        NotFound: there is no such operation, or the caller is not in its workspace.
        Forbidden: the caller's role is too small.
        BoardArchived: a board that it changed is archived.
    """
    events = await repository.operation(tx.session, operation_id)
    if not events:
        raise NotFound
    tx.log.reason = {"undo": operation_id}
    work = await _gather(tx, principal, events, await _open_boards(tx, principal, events))
    # What came from another board is there again before anything else refers to it.
    for event in sorted(events, key=lambda event: event.type != "card.arrived"):
        handler = HANDLERS.get(event.type)
        if handler is not None:
            await handler(work, event)
        elif event.type not in FOLLOWING:
            work.leave(event, WhyLeft.NOT_UNDOABLE)
    await wait_again(work)
    await work.batch.store()
    return UndoResponse(
        operation_id=tx.operation_id, undone=list(work.undone.values()), left=work.left
    )


async def _open_boards(
    tx: Transaction, principal: Principal, events: Sequence[Event]
) -> dict[UUID, BoardAccess]:
    """Lock the boards in the order of their ids, and the workspace if a board itself changed."""
    board_ids = sorted({event.stream_id for event in events})
    if len(board_ids) == 1:
        await tx.wait_for_turn(board_ids[0])
    for board_id in board_ids:
        await boards.board_to_change(tx.session, board_id, principal.user_id, stays=False)
    if any(event.type == "board.updated" for event in events):
        workspace_id = events[0].workspace_id
        try:
            await tx.lock(Stream(StreamKind.WORKSPACE, workspace_id, workspace_id))
        except LookupError:
            raise NotFound from None
    return {board_id: await open_board_to_change(tx, principal, board_id) for board_id in board_ids}


async def _gather(
    tx: Transaction,
    principal: Principal,
    events: Sequence[Event],
    accesses: dict[UUID, BoardAccess],
) -> TakingBack:
    """Everything that the changes were about, as it is now."""
    session, board_ids = tx.session, list(accesses)
    batch = await CardBatch.load(tx, _card_ids(events))
    columns = await repository.columns(session, board_ids)
    labels = await repository.labels(session, board_ids)
    comment_ids = [UUID(event.data["id"]) for event in events if _is_of(event, "comment")]
    comments = await repository.comments(session, comment_ids)
    return TakingBack(
        tx=tx,
        principal=principal,
        boards=accesses,
        batch=batch,
        columns={column.id: column for column in columns},
        labels={label.id: label for label in labels},
        comments={comment.id: comment for comment in comments},
        member_ids=await repository.member_ids(session, events[0].workspace_id),
        sprint_ids=await repository.sprint_ids(session, board_ids),
        appearances=[event for event in events if event.type in APPEARING],
        ranks=await ranks_of_columns(session, _columns_to_return_to(events, batch)),
    )


def _card_ids(events: Iterable[Event]) -> set[UUID]:
    """The cards that changed, and those for which they waited."""
    found: set[UUID] = set()
    for event in events:
        if event.card_id is not None:
            found.add(event.card_id)
        if _is_of(event, "card"):
            waited_for = (event.data["before"] or {}).get("blocker_ids", [])
            found.update(map(UUID, waited_for))
    return found


def _columns_to_return_to(events: Iterable[Event], batch: CardBatch) -> set[UUID]:
    found = {card.column_id for card in batch.cards.values()}
    for event in events:
        if _is_of(event, "card") and event.data["before"]:
            column_id = event.data["before"].get("column_id")
            found |= set() if column_id is None else {UUID(column_id)}
    return found


def _is_of(event: Event, entity: str) -> bool:
    return bool(event.data["entity"] == entity)
