"""Copying cards."""

from typing import Any

from taskly.cards import repository
from taskly.cards.editing import create_card
from taskly.cards.listing import copy_attachments
from taskly.cards.models import CardAccess
from taskly.cards.schemas import CopyCard, CreateCard, NewChecklistItem, PlacedCard
from taskly.platform.db.session import Transaction
from taskly.workspaces.repository import outsiders_among

COPIED = (
    "title",
    "description",
    "acceptance_criteria",
    "priority",
    "story_points",
    "due_date",
    "sprint_id",
)


async def copy_card(tx: Transaction, access: CardAccess, wanted: CopyCard) -> PlacedCard:
    """Make a card like another, on the same board: its steps undone, without comments, blockers and code, and
    without people who have left.

    Raises what `create_card` raises.
    """
    card = access.card
    hanging = await repository.hanging_of(tx.session, card.id)
    gone = await outsiders_among(tx.session, card.workspace_id, hanging.assignee_ids)
    like: dict[str, Any] = {name: getattr(card, name) for name in COPIED}
    if wanted.title is not None:
        like["title"] = wanted.title
    place = {name: getattr(wanted, name) for name in ("before", "after", "position")}
    is_placed = wanted.column_id is not None or any(each is not None for each in place.values())
    if not is_placed and card.archived_at is None:
        place["after"] = card.id
    # What is stored was checked when it was written, by the rules of then.
    made = CreateCard.model_construct(
        **like,
        **place,
        column_id=wanted.column_id or (None if is_placed else card.column_id),
        assignee_ids=[each for each in hanging.assignee_ids if each not in gone],
        label_ids=hanging.label_ids,
        checklist=[NewChecklistItem.model_construct(text=item["text"]) for item in card.checklist],
    )
    return await create_card(tx, access.board, made, attachments=copy_attachments(card.attachments))
