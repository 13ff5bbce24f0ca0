"""Undoing an operation: a request, a bulk change or what a rule did by itself, taken back as one.

Each field goes back only where its value is still the one that the operation wrote; what can't go back
is listed. An undo is an operation like any other and can be undone.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from uuid import UUID

from taskly.boards import repository as boards
from taskly.boards.access import open_board_to_change
from taskly.boards.models import BoardAccess
from taskly.cards.batch import CardBatch
from taskly.cards.batch_repository import ranks_of_columns
from taskly.history import boards_back, cards_back, repository, sprints_back
from taskly.history.dependencies_back import wait_again
from taskly.history.errors import NotUndoable
from taskly.history.repository import Touched
from taskly.history.schemas import UndoResponse, WhyLeft
from taskly.history.taking_back import TakingBack
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Stream
from taskly.platform.events.models import Event, StreamKind
from taskly.platform.http.problems import NotFound
from taskly.users.principal import Principal
from taskly.workspaces.access import open_workspace

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
    "sprint.created": sprints_back.creation_back,
    "sprint.updated": sprints_back.fields_back,
    "sprint.deleted": sprints_back.deletion_back,
    "sprint.restored": sprints_back.creation_back,
    "sprint.started": sprints_back.step_back,
    "sprint.completed": sprints_back.step_back,
    "sprint.reopened": sprints_back.step_back,
    "sprint_absence.created": sprints_back.absence_back,
    "sprint_absence.updated": sprints_back.absence_back,
    "sprint_absence.deleted": sprints_back.absence_back,
    "sprint_capacity.created": sprints_back.capacity_back,
    "sprint_capacity.updated": sprints_back.capacity_back,
    "sprint_capacity.deleted": sprints_back.capacity_back,
    "sprint_series.created": sprints_back.series_back,
    "sprint_series.updated": sprints_back.series_back,
    "sprint_series.deleted": sprints_back.series_back,
    "board.updated": boards_back.board_back,
    "board.archived": boards_back.archiving_back,
    "board.restored": boards_back.archiving_back,
}


def takes_back(kind: str, handler: Handler) -> None:
    """Declare how changes of this type are taken back, in a domain that may not be named here."""
    HANDLERS[kind] = handler


FOLLOWING = frozenset({"card.respaced", "card.counted"})
"""Changes that only follow from others."""
PUTTING_AWAY = frozenset({"board.archived", "board.restored"})
APPEARING = frozenset({"card.created", "card.undeleted"})
MOST_CHANGES = 20_000
"""So many of one operation an undo looks at, beside those of boards that go as a whole."""


async def undo(
    tx: Transaction, principal: Principal, operation_id: UUID, *, card_id: UUID | None = None
) -> UndoResponse:
    """Take an operation back; only what it did to one card, if that is named.

    Raises:
        NotFound: there is no such operation, or the caller is not in its workspace.
        NotUndoable: it changed nothing on a board that is still there, or too much.
        Forbidden: the caller's role is too small.
        BoardArchived: a board that it changed is archived.
    """
    touched = await repository.touched(tx.session, operation_id, card_id)
    if not touched:
        raise NotFound
    tx.log.reason = {"undo": operation_id}
    opened = await _open_boards(tx, principal, touched)
    if not opened:
        await open_workspace(tx.session, principal, touched[0].workspace_id)
        kinds = ", ".join(sorted({kind for each in touched for kind in each.types}))
        raise NotUndoable(f"Nothing that it did is taken back by an undo: {kinds}.")
    made = {each.id: each.version for each in touched if each.was_made}
    if sum(each.changes for each in touched if each.id not in made) > MOST_CHANGES:
        raise NotUndoable(f"It is more than {MOST_CHANGES} changes: an undo takes back no more.")
    events = await repository.changes(tx.session, operation_id, made, card_id)
    work = await _gather(
        tx, principal, [each for each in events if each.stream_id not in made], opened
    )
    await _take_back(work, [event for event in events if _concerns(event, opened)], made)
    await wait_again(work)
    await work.batch.store()
    return UndoResponse(
        operation_id=tx.operation_id,
        undone=list(work.undone.values()),
        left=list(work.left.values()),
    )


def _concerns(event: Event, opened: Mapping[UUID, BoardAccess]) -> bool:
    """Whether an event is one to take back or to list: what boards tell their workspace is told twice."""
    if event.stream_kind is StreamKind.WORKSPACE and event.data["entity"] == "board":
        return False
    return event.workspace_id in {board.workspace_id for board in opened.values()}


async def _take_back(work: TakingBack, events: Sequence[Event], made: Mapping[UUID, int]) -> None:
    for event in events:
        if event.stream_id in made and event.stream_id in work.boards:
            await boards_back.whole_board_back(work, event, made[event.stream_id])
    # What came from another board is there again before anything else refers to it.
    for event in sorted(events, key=lambda event: event.type != "card.arrived"):
        handler = HANDLERS.get(event.type)
        if event.stream_kind is StreamKind.BOARD and event.stream_id not in work.boards:
            work.leave(event, WhyLeft.GONE)
        elif handler is not None and event.stream_id not in made:
            await handler(work, event)
        elif event.type not in FOLLOWING and event.stream_id not in made:
            work.leave(event, WhyLeft.NOT_UNDOABLE)


async def _open_boards(
    tx: Transaction, principal: Principal, touched: Sequence[Touched]
) -> dict[UUID, BoardAccess]:
    """Lock the boards that are still there in the order of their ids, and the workspace if a board itself
    changed.
    """
    types = {each.id: set(each.types) for each in touched if each.kind is StreamKind.BOARD}
    board_ids = sorted(types)
    if len(board_ids) == 1:
        await tx.wait_for_turn(board_ids[0])
    there = []
    for board_id in board_ids:
        board = await boards.board_to_change(tx.session, board_id, principal.user_id, stays=False)
        there += [] if board is None else [board]
    if there and any(kind.startswith("board.") for kind in set().union(*types.values())):
        workspace_id = there[0].workspace_id
        try:
            await tx.lock(Stream(StreamKind.WORKSPACE, workspace_id, workspace_id))
        except LookupError:
            raise NotFound from None
    return {
        board.id: await open_board_to_change(
            tx, principal, board.id, archived=bool(types[board.id] & PUTTING_AWAY)
        )
        for board in there
    }


async def _gather(
    tx: Transaction,
    principal: Principal,
    events: Sequence[Event],
    accesses: dict[UUID, BoardAccess],
) -> TakingBack:
    """Everything that the changes were about, as it is now; boards that were made go or stay as a whole."""
    session, board_ids = tx.session, list(accesses)
    workspace_id = accesses[board_ids[0]].workspace_id
    batch = await CardBatch.load(tx, _card_ids(events))
    columns = await repository.columns(session, board_ids)
    labels = await repository.labels(session, board_ids)
    comment_ids = [UUID(event.data["id"]) for event in events if _is_of(event, "comment")]
    comments = await repository.comments(session, comment_ids)
    sprints = await repository.sprints(session, board_ids)
    return TakingBack(
        tx=tx,
        principal=principal,
        boards=accesses,
        batch=batch,
        columns={column.id: column for column in columns},
        labels={label.id: label for label in labels},
        comments={comment.id: comment for comment in comments},
        member_ids=await repository.member_ids(session, workspace_id),
        sprints={sprint.id: sprint for sprint in sprints},
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
