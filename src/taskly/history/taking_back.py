"""Taking an operation back: what all kinds of change share.

The changes are taken back in memory, last one first, against the things as they are now, and stored at
the end: a thousand cards cost as many queries as one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from taskly.boards.models import BoardAccess, BoardColumn, Label
from taskly.boards.snapshot_schema import CardOnBoard
from taskly.cards.batch import FIELDS, CardBatch
from taskly.cards.models import CardComment, Priority
from taskly.history.schemas import Left, Undone, WhyLeft
from taskly.platform.db.session import Transaction
from taskly.platform.events.models import Event
from taskly.sprints.models import Sprint
from taskly.users.principal import Principal

ITEMS = ("checklist", "attachments")
_TYPES: dict[str, Any] = {
    name: Priority if name == "priority" else CardOnBoard.model_fields[name].annotation
    for name in FIELDS
    if name not in ITEMS
}
_ADAPTERS = {name: TypeAdapter[Any](kind) for name, kind in _TYPES.items()}


def typed(name: str, value: Any) -> Any:
    """A card's field from the log, as the card has it."""
    return value if name in ITEMS else _ADAPTERS[name].validate_python(value)


@dataclass(slots=True)
class TakingBack:
    """An operation that is being taken back, with all that its changes were about."""

    tx: Transaction
    principal: Principal
    boards: Mapping[UUID, BoardAccess]
    batch: CardBatch
    columns: dict[UUID, BoardColumn]
    labels: dict[UUID, Label]
    comments: dict[UUID, CardComment]
    member_ids: set[UUID]
    sprints: dict[UUID, Sprint]
    ranks: dict[UUID, list[str]]
    """The ranks that are taken in each column that a card may go back to."""
    appearances: Sequence[Event] = ()
    """Those of its changes that made cards, or brought deleted ones back."""
    released: set[UUID] = field(default_factory=set)
    """Cards for which nothing waits any more."""
    to_wait: list[tuple[Event, UUID, Collection[UUID]]] = field(default_factory=list)
    """Cards with what they are to wait for again, see `dependencies_back`."""
    undone: dict[tuple[str, UUID], Undone] = field(default_factory=dict)
    left: dict[tuple[str, UUID, str | None, WhyLeft], Left] = field(default_factory=dict)

    def note(self, event: Event, *fields: str) -> None:
        """Note that a thing, or some fields of it, are as before."""
        entity, id_ = event.data["entity"], UUID(event.data["id"])
        known = self.undone.setdefault((entity, id_), Undone(entity=entity, id=id_, fields=[]))
        known.fields.extend(name for name in fields if name not in known.fields)

    def leave(self, event: Event, reason: WhyLeft, name: str | None = None) -> None:
        """Note that a change was not taken back; once, if several were not for the same reason."""
        entity, id_ = event.data["entity"], UUID(event.data["id"])
        self.left[entity, id_, name, reason] = Left(
            entity=entity, id=id_, field=name, reason=reason
        )

    def release(self, going: set[UUID]) -> None:
        """Note that nothing waits for these cards any more, which is stored already."""
        self.released |= going
        for card_id, hanging in self.batch.hanging.items():
            kept = [each for each in hanging.blocker_ids if each not in going]
            if card_id not in going and len(kept) < len(hanging.blocker_ids):
                self.batch.hanging[card_id] = replace(hanging, blocker_ids=kept)

    def sprint(self, sprint_id: UUID) -> Sprint | None:
        """A sprint that cards can be in."""
        sprint = self.sprints.get(sprint_id)
        return None if sprint is None or sprint.deleted_at is not None else sprint

    def has_column(self, column_id: UUID) -> bool:
        """Whether a card can be in a column."""
        column = self.columns.get(column_id)
        return column is not None and column.deleted_at is None
