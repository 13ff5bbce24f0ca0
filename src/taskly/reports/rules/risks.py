"""Why open cards may not be done in time."""

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from taskly.insights.rules.readings import SURE
from taskly.insights.rules.wording import day, lasting


class RiskKind(enum.StrEnum):
    """What may keep a card from being done."""

    BLOCKED = "blocked"
    OVERDUE = "overdue"
    OLD = "old"
    OVERLOADED = "overloaded"


@dataclass(frozen=True, slots=True)
class OpenCard:
    """A card that is not done."""

    card_id: UUID
    number: int
    title: str
    points: int | None
    due_date: date | None
    sprint_id: UUID | None
    user_ids: Sequence[UUID]
    blockers: Sequence[int]
    """The numbers of the cards that it waits for and that are not done."""


@dataclass(frozen=True, slots=True)
class Risk:
    """A reason, in words that follow the name of the card."""

    kind: RiskKind
    detail: str


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else there is to know about open cards."""

    board_key: str
    today: date
    old: Mapping[UUID, timedelta]
    """The ages of the cards that are older than most that were finished."""
    overloaded: Mapping[UUID, Mapping[UUID, str]]
    """What is said of the people of a sprint who have more than they can take, by sprint and person."""


def at_risk(
    cards: Iterable[OpenCard], around: Circumstances
) -> list[tuple[OpenCard, tuple[Risk, ...]]]:
    """The cards that may not be done in time: those with most reasons first, then by their numbers."""
    found = [(card, tuple(_risks(card, around))) for card in cards]
    return sorted(
        [each for each in found if each[1]], key=lambda each: (-len(each[1]), each[0].number)
    )


def _risks(card: OpenCard, around: Circumstances) -> Iterator[Risk]:
    if card.blockers:
        keys = ", ".join(f"{around.board_key}-{number}" for number in card.blockers)
        yield Risk(RiskKind.BLOCKED, f"waits for {keys}")
    if card.due_date is not None and card.due_date < around.today:
        yield Risk(RiskKind.OVERDUE, f"was due on {day(card.due_date)}")
    if card.card_id in around.old:
        age = lasting(around.old[card.card_id])
        yield Risk(
            RiskKind.OLD, f"in progress for {age}, longer than {SURE} % of the finished cards took"
        )
    said = around.overloaded.get(card.sprint_id, {}) if card.sprint_id else {}
    for user_id in card.user_ids:
        if user_id in said:
            yield Risk(RiskKind.OVERLOADED, said[user_id].removesuffix("."))
