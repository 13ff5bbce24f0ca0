"""Making, changing, archiving and deleting cards."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from taskly.boards import repository as boards
from taskly.boards.errors import NotOnBoard
from taskly.boards.models import BoardAccess
from taskly.cards import placing, repository
from taskly.cards.events import (
    CardArchived,
    CardCreated,
    CardDeleted,
    CardRestored,
    CardUpdated,
)
from taskly.cards.models import Card, CardAccess
from taskly.cards.recording import fields_of, full_state, record_change
from taskly.cards.rules import Progress
from taskly.cards.schemas import CardResponse, CreateCard, UpdateCard
from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction
from taskly.workspaces import repository as workspaces
from taskly.workspaces.errors import NotAMember

LISTS = {"assignee_ids": "assignees", "label_ids": "labels"}


async def create_card(tx: Transaction, board: BoardAccess, wanted: CreateCard) -> CardResponse:
    """Make a card.

    Raises:
        NotOnBoard: a column, sprint or label is not of this board.
        NotAMember: an assignee is not in the workspace.
        AnchorGone: the neighbour is not in the column.
    """
    await _check_references(tx, board, wanted.model_dump())
    spot = await placing.find_spot(tx, board, wanted.column_id, wanted)
    rank = await placing.rank_for(tx, board, spot)
    if rank is None:
        return await create_card(tx, board, wanted)
    progress = Progress(None, None).entering(spot.required_category, tx.now)
    card = Card(
        id=new_id(),
        workspace_id=board.workspace_id,
        board_id=board.id,
        number=await repository.take_card_number(tx.session, board.id),
        column_id=spot.required_column_id,
        rank=rank,
        started_at=progress.started_at,
        completed_at=progress.completed_at,
        archived_at=None,
        created_at=tx.now,
        updated_at=tx.now,
        version=tx.log.version(board.id) + 1,
        **wanted.model_dump(include=set(_PLAIN)),
    )
    tx.session.add(card)
    await tx.session.flush()
    assignees, labels = _ordered(wanted.assignee_ids), _ordered(wanted.label_ids)
    await repository.add_assignees(tx.session, card, assignees)
    await repository.add_labels(tx.session, card, labels)
    after = full_state(card, assignees, labels)
    tx.record(board.id, CardCreated(id=card.id, card_id=card.id, before=None, after=after))
    return CardResponse.of(CardAccess(card, board), assignees, labels)


async def update_card(tx: Transaction, access: CardAccess, patch: UpdateCard) -> CardResponse:
    """Change the fields that the caller sent.

    Raises:
        NotOnBoard: a label is not of this board.
        NoSuchSprint: the sprint is not of this board; PostgreSQL says so when the change is stored.
        NotAMember: an assignee is not in the workspace.
    """
    card, changes = access.card, patch.changes()
    await _check_references(tx, access.board, changes)
    assignees = await repository.assignees_of(tx.session, card.id)
    labels = await repository.labels_of(tx.session, card.id)
    before = fields_of(card, _PLAIN) | {"assignee_ids": assignees, "label_ids": labels}
    if "assignee_ids" in changes:
        assignees = _ordered(changes.pop("assignee_ids"))
        await repository.replace_assignees(tx.session, card, assignees)
    if "label_ids" in changes:
        labels = _ordered(changes.pop("label_ids"))
        await repository.replace_labels(tx.session, card, labels)
    for name, value in changes.items():
        setattr(card, name, value)
    after = fields_of(card, _PLAIN) | {"assignee_ids": assignees, "label_ids": labels}
    record_change(tx, access, CardUpdated, before, after)
    return CardResponse.of(access, assignees, labels)


async def set_assignees(tx: Transaction, access: CardAccess, user_ids: Sequence[UUID]) -> None:
    """Put exactly these people on a card, whoever was on it."""
    before = await repository.assignees_of(tx.session, access.card.id)
    after = _ordered(user_ids)
    await repository.replace_assignees(tx.session, access.card, after)
    record_change(tx, access, CardUpdated, {"assignee_ids": before}, {"assignee_ids": after})


async def archive_card(tx: Transaction, access: CardAccess) -> CardResponse:
    """Take a card off the board; it keeps its place for when it is restored."""
    card = access.card
    shown = await read_card(tx, access)
    if card.archived_at is not None:
        return shown
    before = full_state(card, shown.assignee_ids, shown.label_ids)
    card.archived_at = card.updated_at = tx.now
    card.version = tx.record(
        access.board.id, CardArchived(id=card.id, card_id=card.id, before=before, after=None)
    )
    return CardResponse.of(access, shown.assignee_ids, shown.label_ids)


async def restore_card(tx: Transaction, access: CardAccess) -> CardResponse:
    """Put an archived card back where it was."""
    card = access.card
    shown = await read_card(tx, access)
    if card.archived_at is None:
        return shown
    card.archived_at, card.updated_at = None, tx.now
    card.version = tx.log.version(access.board.id) + 1
    after = full_state(card, shown.assignee_ids, shown.label_ids)
    tx.record(access.board.id, CardRestored(id=card.id, card_id=card.id, before=None, after=after))
    return CardResponse.of(access, shown.assignee_ids, shown.label_ids)


async def delete_card(tx: Transaction, access: CardAccess) -> None:
    """Delete a card for good. The log keeps what it was, and its number is not given again."""
    card = access.card
    before = full_state(
        card,
        await repository.assignees_of(tx.session, card.id),
        await repository.labels_of(tx.session, card.id),
    )
    tx.record(access.board.id, CardDeleted(id=card.id, card_id=card.id, before=before, after=None))
    await tx.session.delete(card)


async def read_card(tx: Transaction, access: CardAccess) -> CardResponse:
    """A card as the API shows it."""
    return CardResponse.of(
        access,
        await repository.assignees_of(tx.session, access.card.id),
        await repository.labels_of(tx.session, access.card.id),
    )


_PLAIN = frozenset(UpdateCard.model_fields) - LISTS.keys()


def _ordered(ids: Sequence[UUID]) -> list[UUID]:
    return sorted(set(ids))


async def _check_references(tx: Transaction, board: BoardAccess, changes: dict[str, Any]) -> None:
    people, labels = changes.get("assignee_ids"), changes.get("label_ids")
    if people and await workspaces.outsiders_among(tx.session, board.workspace_id, people):
        raise NotAMember
    if labels and await boards.labels_missing(tx.session, board.id, labels):
        raise NotOnBoard("The board has no such label.")
