"""Taking back changes of boards, their columns and labels, and of comments."""

from datetime import datetime
from typing import Any
from uuid import UUID

from taskly.boards import columns, labels, service
from taskly.boards import repository as boards
from taskly.boards.columns import restore_column, update_column
from taskly.boards.errors import NameTaken
from taskly.boards.keys import can_have_key
from taskly.boards.labels import restore_label, update_label
from taskly.boards.models import BoardAccess, ColumnAccess, LabelAccess
from taskly.boards.schemas import UpdateBoard, UpdateColumn, UpdateLabel
from taskly.cards import commenting
from taskly.cards import repository as cards
from taskly.cards.models import CardAccess, CardComment, CommentAccess
from taskly.history.merging import merged_settings
from taskly.history.schemas import WhyLeft
from taskly.history.taking_back import TakingBack
from taskly.platform.events.models import Event
from taskly.platform.http.problems import Forbidden
from taskly.users.personal_tokens import Scope
from taskly.workspaces.models import Role

BOARD_FIELDS = frozenset({"name", "key", "wip_policy"})


async def board_back(work: TakingBack, event: Event) -> None:
    """Give a board its former name or settings."""
    board = await boards.board_row(work.tx.session, event.stream_id)
    possible = _unchanged(work, event, board, BOARD_FIELDS)
    if "key" in possible and not await can_have_key(work.tx, board, possible["key"]):
        work.leave(event, WhyLeft.IN_USE, "key")
        del possible["key"]
    access = work.boards[event.stream_id]
    if possible:
        await service.update_board(work.tx, access, UpdateBoard.model_validate(possible))
        work.note(event, *possible)
    if "automation" in event.data["before"]:
        await _automation_back(work, event, access, board.automation)


async def _automation_back(
    work: TakingBack, event: Event, access: BoardAccess, present: dict[str, Any]
) -> None:
    """Set rules as they were, each as long as nobody set it otherwise since."""
    before, after = (event.data[name]["automation"] for name in ("before", "after"))
    merged, is_whole = merged_settings(present, before, after)
    if not is_whole:
        work.leave(event, WhyLeft.CHANGED_SINCE, "automation")
    if merged != present:
        await service.set_automation(work.tx, access, merged)
        work.note(event, "automation")


async def archiving_back(work: TakingBack, event: Event) -> None:
    """Take a board out of the archive again, or put it back there."""
    board = await boards.board_row(work.tx.session, event.stream_id)
    before, after = (
        at and datetime.fromisoformat(at)
        for at in (event.data[name]["archived_at"] for name in ("before", "after"))
    )
    if board.archived_at != after:
        work.leave(event, WhyLeft.CHANGED_SINCE)
        return
    await service.set_archived_at(work.tx, work.boards[event.stream_id], before)
    work.note(event, "archived_at")


async def whole_board_back(work: TakingBack, event: Event, last_version: int) -> None:
    """Delete a board that was made, as long as nothing happened on it since; or else leave all of it."""
    access = work.boards[event.stream_id]
    may_delete = access.role is Role.ADMIN and Scope.ADMIN in work.principal.scopes
    if access.version != last_version:
        work.leave(event, WhyLeft.CHANGED_SINCE)
    elif event.actor_id != work.principal.user_id and not may_delete:
        work.leave(event, WhyLeft.NOT_YOURS)
    else:
        await service.delete_board(work.tx, access)
        work.note(event)


async def column_back(work: TakingBack, event: Event) -> None:
    """Give a column its former fields. Its place is taken back as long as nobody moved it since."""
    access = _column(work, event)
    if access is None:
        work.leave(event, WhyLeft.GONE)
        return
    possible = _unchanged(work, event, access.column, frozenset(UpdateColumn.model_fields))
    if possible:
        await update_column(work.tx, access, UpdateColumn.model_validate(possible))
    before, after = event.data["before"], event.data["after"]
    if "rank" in before:
        if access.column.rank == after["rank"]:
            await columns.put_column_at(work.tx, access, before["rank"])
            possible["rank"] = access.column.rank
        else:
            work.leave(event, WhyLeft.CHANGED_SINCE, "rank")
    if possible:
        work.note(event, *possible)


async def column_creation_back(work: TakingBack, event: Event) -> None:
    """Delete a column that was made, as long as no card is in it."""
    access = _column(work, event)
    if access is None:
        work.leave(event, WhyLeft.GONE)
        return
    live = [each for each in work.columns.values() if work.has_column(each.id)]
    on_board = [each for each in live if each.board_id == access.column.board_id]
    found = await cards.cards_of_column(work.tx.session, access.column.id)
    # Those that were taken back to another column just now are not stored there yet.
    used = any(card.column_id == access.column.id and card.deleted_at is None for card in found)
    if used or len(on_board) == 1:
        work.leave(event, WhyLeft.IN_USE)
        return
    await columns.delete_column(work.tx, access)
    work.note(event)


async def column_deletion_back(work: TakingBack, event: Event) -> None:
    """Bring a deleted column back to where it was."""
    column = work.columns.get(UUID(event.data["id"]))
    if column is None or column.deleted_at is None:
        work.leave(event, WhyLeft.GONE)
        return
    await restore_column(work.tx, ColumnAccess(work.boards[column.board_id], column))
    work.note(event)


async def label_back(work: TakingBack, event: Event) -> None:
    """Give a label its former name or colour."""
    label = work.labels.get(UUID(event.data["id"]))
    if label is None:
        work.leave(event, WhyLeft.GONE)
        return
    possible = _unchanged(work, event, label, frozenset(UpdateLabel.model_fields))
    if possible:
        access = LabelAccess(work.boards[label.board_id], label)
        try:
            await update_label(work.tx, access, UpdateLabel.model_validate(possible))
            work.note(event, *possible)
        except NameTaken:
            work.leave(event, WhyLeft.IN_USE, "name")


async def label_creation_back(work: TakingBack, event: Event) -> None:
    """Delete a label that was made, as long as it is on no card."""
    label = work.labels.get(UUID(event.data["id"]))
    await work.batch.store()  # So that cards off which it was taken just now do not count.
    if label is None:
        work.leave(event, WhyLeft.GONE)
    elif await cards.cards_with_label(work.tx.session, label.id):
        work.leave(event, WhyLeft.IN_USE)
    else:
        await labels.delete_label(work.tx, LabelAccess(work.boards[label.board_id], label))
        del work.labels[label.id]
        work.note(event)


async def label_deletion_back(work: TakingBack, event: Event) -> None:
    """Make a deleted label again, the same as before."""
    try:
        label = await restore_label(work.tx, work.boards[event.stream_id], event.data["before"])
    except NameTaken:
        work.leave(event, WhyLeft.IN_USE)
        return
    work.labels[label.id] = label
    work.note(event)


async def comment_creation_back(work: TakingBack, event: Event) -> None:
    """Delete a comment that was written."""
    access = _comment(work, event)
    if access is None or access.comment.deleted_at is not None:
        _leave_comment(work, event)
        return
    try:
        await commenting.delete_comment(work.tx, access, work.principal.user_id)
        work.note(event)
    except Forbidden:
        work.leave(event, WhyLeft.NOT_YOURS)


async def comment_back(work: TakingBack, event: Event) -> None:
    """Give a comment its former words, also one whose words were taken away."""
    access = _comment(work, event)
    before, after = event.data["before"], event.data["after"]
    if access is None:
        _leave_comment(work, event)
    elif access.comment.body != after["body"] or _is_deleted(access.comment) != (
        after.get("deleted_at") is not None
    ):
        work.leave(event, WhyLeft.CHANGED_SINCE, "body")
    else:
        try:
            commenting.restore_words(work.tx, access, work.principal.user_id, before)
            work.note(event, "body")
        except Forbidden:
            work.leave(event, WhyLeft.NOT_YOURS, "body")


def _unchanged(
    work: TakingBack, event: Event, thing: object, names: frozenset[str]
) -> dict[str, Any]:
    """The former values of those of these fields that nobody changed since."""
    before, after = event.data["before"], event.data["after"]
    possible = {}
    for name in before.keys() & names:
        if getattr(thing, name) == after[name]:
            possible[name] = before[name]
        else:
            work.leave(event, WhyLeft.CHANGED_SINCE, name)
    return possible


def _column(work: TakingBack, event: Event) -> ColumnAccess | None:
    column = work.columns.get(UUID(event.data["id"]))
    if column is None or column.deleted_at is not None:
        return None
    return ColumnAccess(work.boards[column.board_id], column)


def _comment(work: TakingBack, event: Event) -> CommentAccess | None:
    comment = work.comments.get(UUID(event.data["id"]))
    card = None if comment is None else work.batch.cards.get(comment.card_id)
    if comment is None or card is None or card.deleted_at is not None:
        return None
    if card.board_id not in work.boards:
        return None
    return CommentAccess(CardAccess(card, work.boards[card.board_id]), comment)


def _leave_comment(work: TakingBack, event: Event) -> None:
    """Note that what was done to a comment was not taken back, because it is not there any more."""
    comment = work.comments.get(UUID(event.data["id"]))
    card = None if comment is None else work.batch.cards.get(comment.card_id)
    is_elsewhere = card is not None and card.deleted_at is None and card.board_id not in work.boards
    work.leave(event, WhyLeft.MOVED if is_elsewhere else WhyLeft.GONE)


def _is_deleted(comment: CardComment) -> bool:
    return comment.deleted_at is not None
