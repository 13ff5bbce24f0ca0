"""A board as plans see it: its sprints, the cards in them, the backlog, and what waits for what. Pure."""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Literal
from uuid import UUID

from taskly.boards.rules import Category
from taskly.sprints.rules.capacity import AssignedCard, Burden, burdens, person
from taskly.sprints.rules.days import Status, status_on, working_days

Priority = Literal["none", "low", "medium", "high", "urgent"]


class Order(enum.StrEnum):
    """Whether a card can be done before the one that waits for it, as both are planned."""

    SETTLED = "settled"
    """One of them is done or in the archive."""
    IN_ORDER = "in_order"
    LATER = "later"
    """It is in a sprint that ends later than that of the one that waits."""
    UNPLANNED = "unplanned"
    """The one that waits is in a sprint, and it is in none, or was left over in one that ended."""


@dataclass(frozen=True, slots=True)
class CardInPlan:
    """A card of a sprint, or of the backlog."""

    id: UUID
    number: int
    title: str
    column_id: UUID
    category: Category
    priority: Priority
    story_points: int | None
    due_date: date | None
    sprint_id: UUID | None
    is_done: bool
    matches: bool
    """Whether it is one of those that were asked for."""
    assignee_ids: list[UUID]


@dataclass(frozen=True, slots=True)
class PlannedSprint:
    """A sprint, with how many of its working days people are away, and what they can take."""

    id: UUID
    name: str
    goal: str
    starts_on: date
    ends_on: date
    capacity: int
    started_at: datetime | None
    completed_at: datetime | None
    days_off: dict[UUID, float]
    capacities: dict[UUID, int]
    """What was set for people in this sprint."""

    def status(self, today: date) -> Status:
        """Where it stands."""
        return status_on(
            today,
            self.starts_on,
            self.ends_on,
            started=self.started_at is not None,
            completed=self.completed_at is not None,
        )


@dataclass(frozen=True, slots=True)
class End:
    """One of two cards of which one waits for the other."""

    id: UUID
    number: int
    is_settled: bool
    """It is done or in the archive."""
    sprint_id: UUID | None
    ends_on: date | None
    """When its sprint ends; so with the next."""
    completed_at: datetime | None
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wait:
    """A card that waits for another one."""

    blocker: End
    blocked: End

    def order(self, today: date) -> Order:
        """Whether the blocker comes first."""
        if self.blocker.is_settled or self.blocked.is_settled:
            return Order.SETTLED
        if self.blocked.ends_on is None or self.blocker.sprint_id == self.blocked.sprint_id:
            return Order.IN_ORDER
        if self.blocker.ends_on is None or _is_over(self.blocker, today):
            return Order.UNPLANNED
        return Order.LATER if self.blocker.ends_on > self.blocked.ends_on else Order.IN_ORDER

    def order_in(self, sprint: PlannedSprint, today: date) -> Order:
        """The same as if the one that waits were in this sprint."""
        moved = replace(self.blocked, sprint_id=sprint.id, ends_on=sprint.ends_on)
        return replace(self, blocked=moved).order(today)


def _is_over(end: End, today: date) -> bool:
    if end.completed_at is not None:
        return True
    return end.started_at is None and end.ends_on is not None and end.ends_on < today


@dataclass(frozen=True, slots=True)
class PersonInPlan:
    """Somebody of the workspace, and what they can take in a sprint."""

    id: UUID
    name: str
    capacity: int


@dataclass(frozen=True)
class BoardPlan:
    """All that plans need of a board, at one moment."""

    version: int
    time_zone: str
    sprints: list[PlannedSprint]
    """In the order of their first days."""
    cards: list[CardInPlan]
    """Those of the sprints and of the backlog, the most urgent first, then as they stand on the board."""
    waits: list[Wait]
    people: list[PersonInPlan]

    def cards_in(self, sprint_id: UUID | None) -> list[CardInPlan]:
        """The cards of a sprint; of the backlog, for None."""
        return self._by_sprint.get(sprint_id, [])

    @cached_property
    def _by_sprint(self) -> dict[UUID | None, list[CardInPlan]]:
        found: dict[UUID | None, list[CardInPlan]] = {}
        for card in self.cards:
            found.setdefault(card.sprint_id, []).append(card)
        return found


@dataclass(frozen=True, slots=True)
class Totals:
    """What cards come to; one without an estimate has no points."""

    cards: int
    points: int
    cards_done: int
    points_done: int
    cards_without_estimate: int


def totals(cards: Sequence[CardInPlan]) -> Totals:
    """What these cards come to."""
    done = [card for card in cards if card.is_done]
    return Totals(
        cards=len(cards),
        points=_points(cards),
        cards_done=len(done),
        points_done=_points(done),
        cards_without_estimate=sum(card.story_points is None for card in cards),
    )


def _points(cards: Iterable[CardInPlan]) -> int:
    return sum(card.story_points or 0 for card in cards)


def assigned(cards: Iterable[CardInPlan]) -> list[AssignedCard]:
    """The cards as their load is counted."""
    return [
        AssignedCard(card.id, card.number, card.story_points, card.assignee_ids) for card in cards
    ]


def load(
    sprint: PlannedSprint, cards: Iterable[AssignedCard], people: Iterable[PersonInPlan]
) -> list[Burden]:
    """What each person has who is on a card of the sprint."""
    working = working_days(sprint.starts_on, sprint.ends_on)
    able = [
        person(
            each.id,
            each.name,
            each.capacity,
            working,
            days_off=sprint.days_off.get(each.id),
            own=sprint.capacities.get(each.id),
        )
        for each in people
    ]
    return [burden for burden in burdens(cards, able) if burden.cards]


@dataclass(frozen=True, slots=True)
class Milestone:
    """A day on which cards are due."""

    day: date
    cards: list[CardInPlan]


def milestones(cards: Iterable[CardInPlan]) -> list[Milestone]:
    """The days on which some of these cards are due, from the first to the last."""
    days: dict[date, list[CardInPlan]] = {}
    for card in cards:
        if card.due_date is not None:
            days.setdefault(card.due_date, []).append(card)
    return [Milestone(day, days[day]) for day in sorted(days)]
