"""Making a board like another, with its cards.

The cards are as new: their steps are undone, and comments, sprints and code stay with the others. They are
numbered from the beginning, in the order of the numbers that the others have. People who have left are not on them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from taskly.boards.models import Board, BoardAccess
from taskly.boards.rules import Category
from taskly.boards.schemas import DuplicateBoard
from taskly.boards.service import Duplicate, duplicate_board
from taskly.cards import batch_repository, repository
from taskly.cards.listing import copy_attachments, copy_checklist
from taskly.cards.models import Card, Hanging
from taskly.cards.pasting import add_cards
from taskly.cards.rules import Progress
from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction
from taskly.workspaces.repository import outsiders_among

LIKE = (
    "title",
    "description",
    "acceptance_criteria",
    "priority",
    "story_points",
    "due_date",
    "rank",
)
HANGING = ("assignee_ids", "label_ids", "blocker_ids")


async def duplicate(tx: Transaction, access: BoardAccess, wanted: DuplicateBoard) -> Board:
    """Make a board like another in the same workspace; both are locked.

    Raises:
        KeyTaken: another board of the workspace has or had the key.
    """
    made = await duplicate_board(tx, access, name=wanted.name, key=wanted.key)
    if wanted.with_cards:
        await _add_cards(tx, access, made)
    made.board.version = tx.log.version(made.board.id)
    return made.board


async def _add_cards(tx: Transaction, access: BoardAccess, made: Duplicate) -> None:
    shown = await repository.cards_shown(tx.session, access.id)
    if not shown:
        return
    categories = await repository.categories_of(tx.session, access.id)
    ids = {card.id: new_id() for card in shown}
    numbers = await repository.take_card_numbers(tx.session, made.board.id, len(shown))
    copies = [
        _like(tx, card, number, categories[card.column_id], _Place(made, ids))
        for card, number in zip(shown, numbers, strict=True)
    ]
    hanging = await repository.hanging_on(tx.session, ids)
    people = {user_id for each in hanging.values() for user_id in each.assignee_ids}
    gone = await outsiders_among(tx.session, access.workspace_id, list(people))
    hung = {ids[old]: _hung(each, ids, made.labels, gone) for old, each in hanging.items()}
    origin = {"duplicated_from": {"board_id": access.id}}
    await add_cards(tx, copies, hung, reason=origin)
    for name in HANGING:
        there = {card_id: getattr(each, name) for card_id, each in hung.items()}
        await batch_repository.add_hanging(tx.session, name, copies, there)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where copies go, and what they are called there."""

    made: Duplicate
    ids: Mapping[UUID, UUID]


def _like(tx: Transaction, card: Card, number: int, category: Category, place: _Place) -> Card:
    progress = Progress(None, None).entering(category, tx.now)
    return Card(
        id=place.ids[card.id],
        workspace_id=card.workspace_id,
        board_id=place.made.board.id,
        number=number,
        column_id=place.made.columns[card.column_id],
        **{name: getattr(card, name) for name in LIKE},
        checklist=copy_checklist(card.checklist),
        attachments=copy_attachments(card.attachments),
        comment_count=0,
        started_at=progress.started_at,
        completed_at=progress.completed_at,
        created_at=tx.now,
        updated_at=tx.now,
    )


def _hung(
    hanging: Hanging,
    cards: Mapping[UUID, UUID],
    labels: Mapping[UUID, UUID],
    gone: Collection[UUID],
) -> Hanging:
    return Hanging(
        [each for each in hanging.assignee_ids if each not in gone],
        _named(hanging.label_ids, labels),
        _named(hanging.blocker_ids, cards),
    )


def _named(ids: Sequence[UUID], names: Mapping[UUID, UUID]) -> list[UUID]:
    return sorted(names[each] for each in ids if each in names)
