"""How much work: counted in cards, and in story points."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Amount:
    """Some work. A card without an estimate counts as a card with no points."""

    cards: int = 0
    points: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.cards + other.cards, self.points + other.points)

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(self.cards - other.cards, self.points - other.points)


NOTHING = Amount()


def total(amounts: Iterable[Amount]) -> Amount:
    """All of it together."""
    return sum(amounts, NOTHING)
