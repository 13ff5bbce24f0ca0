"""To what people commit themselves when a sprint starts, and what comes of it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ScopedCard:
    """A card that counts to a sprint, at some moment."""

    id: UUID
    number: int
    story_points: int | None
    is_done: bool


def points_of(cards: Iterable[ScopedCard]) -> int:
    """What cards come to; those without an estimate count nothing."""
    return sum(card.story_points or 0 for card in cards)


def commitment(goal: str, capacity: int, starts_on: date, cards: Sequence[ScopedCard]) -> Facts:
    """What the log says when a sprint starts."""
    return {"goal": goal, "capacity": capacity, "starts_on": starts_on, **_listed(cards)}


def first_day(committed: Mapping[str, Any], otherwise: date) -> date:
    """The first day of a sprint as it was when it started, from what `commitment` said."""
    said = committed.get("starts_on")
    return otherwise if said is None else date.fromisoformat(said)


def outcome(goal: str, committed: Mapping[str, Any], cards: Sequence[ScopedCard]) -> Facts:
    """What the log says when a sprint is completed: what became of its cards since it started.

    `committed` is what `commitment` said, read from the log. Points are those at the end; a card that was removed
    counts as it did at the start.
    """
    before = {UUID(str(each["card_id"])): each for each in committed.get("cards", ())}
    there = {card.id for card in cards}
    removed = [
        ScopedCard(card_id, each["number"], each["story_points"], is_done=False)
        for card_id, each in before.items()
        if card_id not in there
    ]
    return {
        "goal": goal,
        "completed": _listed([card for card in cards if card.is_done]),
        "not_completed": _listed([card for card in cards if not card.is_done]),
        "added": _listed([card for card in cards if card.id not in before]),
        "removed": _listed(removed),
    }


def _listed(cards: Sequence[ScopedCard]) -> Facts:
    return {
        "points": points_of(cards),
        "cards": [
            {"card_id": card.id, "number": card.number, "story_points": card.story_points}
            for card in cards
        ],
    }
