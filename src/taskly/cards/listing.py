"""The short lists that a card carries in its own row: its checklist and its attachments."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from taskly.boards.errors import TooMany
from taskly.cards.events import CardUpdated
from taskly.cards.models import CardAccess
from taskly.cards.recording import record_change
from taskly.cards.schemas import (
    MOST_ATTACHMENTS,
    MOST_CHECKLIST_ITEMS,
    AddAttachment,
    AddChecklistItem,
    NewChecklistItem,
    UpdateAttachment,
    UpdateChecklistItem,
)
from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import NotFound

Item = dict[str, Any]


def new_checklist(wanted: Sequence[NewChecklistItem]) -> list[Item]:
    """The checklist of a new card."""
    return [_item(each) for each in wanted]


def copy_attachments(items: Sequence[Item]) -> list[Item]:
    """The attachments of a card that is copied: the same links, each a thing of its own."""
    return [{**item, "id": str(new_id())} for item in items]


def copy_checklist(items: Sequence[Item]) -> list[Item]:
    """The steps of a card that is copied, all of them to be done again."""
    return [{**item, "id": str(new_id()), "done": False} for item in items]


def add_checklist_item(tx: Transaction, access: CardAccess, wanted: AddChecklistItem) -> Item:
    """Add a step to a card's checklist, by default behind the last.

    Raises:
        TooMany: the card has as many as it can hold.
    """
    items = list(access.card.checklist)
    if len(items) >= MOST_CHECKLIST_ITEMS:
        raise TooMany(f"A card holds {MOST_CHECKLIST_ITEMS} steps at most.")
    item = _item(wanted)
    items.insert(len(items) if wanted.position is None else wanted.position, item)
    _store(tx, access, "checklist", items)
    return item


def update_checklist_item(
    tx: Transaction, access: CardAccess, item_id: UUID, patch: UpdateChecklistItem
) -> Item:
    """Change what the caller sent of a step: its text, whether it is done, its position.

    Raises:
        NotFound: the card has no such step.
    """
    items = list(access.card.checklist)
    index = _index(items, item_id)
    changes = patch.changes()
    position = changes.pop("position", None)
    item = {**items.pop(index), **changes}
    items.insert(index if position is None else position, item)
    _store(tx, access, "checklist", items)
    return item


def add_attachment(tx: Transaction, access: CardAccess, wanted: AddAttachment) -> Item:
    """Attach a link to a card.

    Raises:
        TooMany: the card has as many as it can hold.
    """
    if len(access.card.attachments) >= MOST_ATTACHMENTS:
        raise TooMany(f"A card holds {MOST_ATTACHMENTS} attachments at most.")
    item = {"id": str(new_id()), "url": wanted.url, "title": wanted.title or wanted.url[:255]}
    _store(tx, access, "attachments", [*access.card.attachments, item])
    return item


def update_attachment(
    tx: Transaction, access: CardAccess, item_id: UUID, patch: UpdateAttachment
) -> Item:
    """Give an attachment another title.

    Raises:
        NotFound: the card has no such attachment.
    """
    items = list(access.card.attachments)
    index = _index(items, item_id)
    items[index] = {**items[index], "title": patch.title}
    _store(tx, access, "attachments", items)
    return items[index]


def remove_item(tx: Transaction, access: CardAccess, name: str, item_id: UUID) -> None:
    """Take a step off the `checklist`, or a link off the `attachments`.

    Raises:
        NotFound: the card has no such item.
    """
    items = list(getattr(access.card, name))
    del items[_index(items, item_id)]
    _store(tx, access, name, items)


def _item(wanted: NewChecklistItem) -> Item:
    return {"id": str(new_id()), "text": wanted.text, "done": wanted.done}


def _index(items: Sequence[Item], item_id: UUID) -> int:
    for index, item in enumerate(items):
        if item["id"] == str(item_id):
            return index
    raise NotFound


def _store(tx: Transaction, access: CardAccess, name: str, items: list[Item]) -> None:
    before = {name: getattr(access.card, name)}
    setattr(access.card, name, items)
    record_change(tx, access.card, CardUpdated, before, {name: items})
