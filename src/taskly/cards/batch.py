"""Changing many cards of one board at once, with as many queries as one card needs.

A batch holds the cards as they are and as they are to be; `store` writes what differs, with one event for
a card's place and one for its other fields.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from taskly.cards import batch_repository as repository
from taskly.cards.events import CardChange, CardMoved, CardUpdated
from taskly.cards.models import Card, Hanging
from taskly.cards.recording import SHOWN, record_change
from taskly.platform.db.session import Transaction

PLACE = ("column_id", "rank", "started_at", "completed_at")
HANGING = tuple(Hanging.__dataclass_fields__)
PLAIN = tuple(
    name for name in SHOWN if name not in {*PLACE, "id", "number", "created_at", "comment_count"}
)
FIELDS = (*PLACE, *PLAIN, *HANGING)
"""What can be changed of a card, under the names that the API shows."""


@dataclass(slots=True)
class CardBatch:
    """Some cards of one board, whose lock the transaction holds."""

    tx: Transaction
    cards: dict[UUID, Card]
    hanging: dict[UUID, Hanging]
    before: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    """The fields as they were, of the cards that were touched."""
    told: dict[str, set[UUID]] = field(default_factory=dict)
    """Cards of whose hanging the log tells already, so that it is only stored."""

    @classmethod
    async def load(cls, tx: Transaction, card_ids: Collection[UUID]) -> "CardBatch":
        """The cards that are there, deleted ones included."""
        cards = await repository.cards(tx.session, card_ids)
        hanging = await repository.hanging_on(tx.session, [card.id for card in cards])
        return cls(tx, {card.id: card for card in cards}, hanging)

    def get(self, card_id: UUID, name: str) -> Any:
        """A field as it is by now."""
        holder = self.hanging[card_id] if name in HANGING else self.cards[card_id]
        return getattr(holder, name)

    def put(self, card_id: UUID, name: str, value: Any) -> None:
        """Change a field. What hangs on a card is kept in the order of its ids."""
        self._touch(card_id)
        if name in HANGING:
            self.hanging[card_id] = replace(self.hanging[card_id], **{name: sorted(set(value))})
        else:
            setattr(self.cards[card_id], name, value)

    def put_told(self, card_id: UUID, name: str, value: Collection[UUID]) -> None:
        """Hang things on a card of which the log tells by itself, as when a card comes back with them."""
        self.hanging[card_id] = replace(self.hanging[card_id], **{name: sorted(set(value))})
        self.told.setdefault(name, set()).add(card_id)
        if card_id in self.before:
            self.before[card_id][name] = self.get(card_id, name)

    async def store(self) -> set[UUID]:
        """Write and record what differs; the cards that do.

        To be called before a card leaves the board: the log says what it was like then.
        """
        changed = [self.cards[card_id] for card_id in self.before if self._differs(card_id)]
        for card in changed:
            self._record(card, CardMoved, PLACE)
            self._record(card, CardUpdated, (*PLAIN, *HANGING))
        for name in HANGING:
            await self._store_hanging(name, changed)
        self.before.clear()
        return {card.id for card in changed}

    def _touch(self, card_id: UUID) -> None:
        if card_id not in self.before:
            self.before[card_id] = self._state(card_id, FIELDS)

    def _state(self, card_id: UUID, names: Iterable[str]) -> dict[str, Any]:
        return {name: self.get(card_id, name) for name in names}

    def _differs(self, card_id: UUID) -> bool:
        return self._state(card_id, FIELDS) != self.before[card_id]

    def _record(self, card: Card, kind: type[CardChange], names: Sequence[str]) -> None:
        before = {name: self.before[card.id][name] for name in names}
        record_change(self.tx, card, kind, before, self._state(card.id, names))

    async def _store_hanging(self, name: str, cards: Sequence[Card]) -> None:
        differing = [
            card for card in cards if self.before[card.id][name] != self.get(card.id, name)
        ]
        told = self.told.pop(name, set()) - {card.id for card in differing}
        differing += [self.cards[card_id] for card_id in sorted(told)]
        if differing:
            wanted = {card.id: self.get(card.id, name) for card in differing}
            await repository.replace_hanging(self.tx.session, name, differing, wanted)
