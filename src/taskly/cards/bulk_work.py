"""A bulk change on its way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from taskly.boards.models import BoardAccess
from taskly.cards.batch import CardBatch
from taskly.cards.bulk_schemas import Refusal
from taskly.cards.errors import BulkRefused
from taskly.cards.models import Card
from taskly.platform.db.session import Transaction


@dataclass(slots=True)
class Bulk:
    """The cards, their locked boards, and what stands in the way."""

    tx: Transaction
    boards: dict[UUID, BoardAccess]
    batch: CardBatch
    card_ids: Sequence[UUID]
    """Those that were found, in the order in which they were named."""
    named: int
    """How many were named."""
    refused: list[Refusal] = field(default_factory=list)

    def refuse(self, card_id: UUID, reason: str, detail: str) -> None:
        """Note why a card can't be changed so."""
        card = self.batch.cards.get(card_id)
        key = None if card is None else f"{self.boards[card.board_id].key}-{card.number}"
        self.refused.append(Refusal(card_id=card_id, key=key, reason=reason, detail=detail))

    def refusal(self) -> BulkRefused | None:
        """The error that names each card that can't be changed so, if there is one."""
        return refusal_of(self.refused, self.named) if self.refused else None

    def cards(self) -> Iterable[Card]:
        """The cards in the order in which they were named."""
        return (self.batch.cards[card_id] for card_id in self.card_ids)


def refusal_of(refused: Sequence[Refusal], named: int) -> BulkRefused:
    """The error that names these of so many cards."""
    count = len({refusal.card_id for refusal in refused})
    return BulkRefused(
        f"{count} of {named} cards can't be changed so.",
        refused=[refusal.model_dump(mode="json") for refusal in refused],
    )
