"""What a timeline shows."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from taskly.boards.rules import Category
from taskly.boards.snapshot_schema import SprintOnBoard
from taskly.planning.rules.plan import (
    BoardPlan,
    CardInPlan,
    Milestone,
    Order,
    PlannedSprint,
    Priority,
    Wait,
    assigned,
    load,
    milestones,
    totals,
)
from taskly.platform.http.problems import NotFound, problems
from taskly.platform.http.schema import Response
from taskly.search.errors import QueryInvalid
from taskly.sprints.capacity_schemas import CapacityResponse
from taskly.sprints.rules.days import Status


class TotalsResponse(Response):
    """What cards come to."""

    cards: int = Field(examples=[12])
    points: int = Field(examples=[34])
    cards_done: int = Field(examples=[5])
    points_done: int = Field(examples=[13])
    cards_without_estimate: int = Field(examples=[1])

    @classmethod
    def of(cls, cards: Sequence[CardInPlan]) -> Self:
        """The answer for some cards."""
        return cls.model_validate(totals(cards))


class TimelineCard(Response):
    """A card, with what a plan shows of it."""

    id: UUID
    key: str = Field(examples=["PAY-12"])
    title: str = Field(examples=["Refund a payment twice"])
    column_id: UUID
    category: Category
    priority: Priority
    story_points: int | None = Field(examples=[3])
    due_date: date | None
    is_done: bool
    assignee_ids: list[UUID]

    @classmethod
    def of(cls, card: CardInPlan, board_key: str) -> Self:
        """The answer for a card."""
        return cls(
            id=card.id,
            key=f"{board_key}-{card.number}",
            title=card.title,
            column_id=card.column_id,
            category=card.category,
            priority=card.priority,
            story_points=card.story_points,
            due_date=card.due_date,
            is_done=card.is_done,
            assignee_ids=card.assignee_ids,
        )


class TimelineSprint(SprintOnBoard):
    """A sprint with all that counts to it."""

    status: Status
    totals: TotalsResponse = Field(description="Of all its cards, whatever was asked for.")
    matching: TotalsResponse = Field(description="Of the cards that were asked for.")
    load: CapacityResponse = Field(description="Of all its cards; only people who are on some.")
    cards: list[TimelineCard] = Field(
        description="Those that were asked for, the most urgent first, then as they stand on the board."
    )

    @classmethod
    def of_plan(cls, sprint: PlannedSprint, plan: BoardPlan, board_key: str, today: date) -> Self:
        """The answer for a sprint of a plan."""
        cards = plan.cards_in(sprint.id)
        matching = [card for card in cards if card.matches]
        counted = assigned(cards)
        people = load(sprint, counted, plan.people)
        return cls(
            **SprintOnBoard.model_validate(sprint).model_dump(),
            status=sprint.status(today),
            totals=TotalsResponse.of(cards),
            matching=TotalsResponse.of(matching),
            load=CapacityResponse.of(sprint.capacity, counted, people),
            cards=[TimelineCard.of(card, board_key) for card in matching],
        )


class Backlog(Response):
    """What is left to do and in no sprint."""

    totals: TotalsResponse
    matching: TotalsResponse
    cards: list[TimelineCard] = Field(description="The first of them, in the same order.")
    more: int = Field(examples=[0], description="So many more match, and are not listed.")

    @classmethod
    def of_plan(cls, plan: BoardPlan, board_key: str, most: int) -> Self:
        """The answer for a plan; at most so many cards of it."""
        cards = plan.cards_in(None)
        matching = [card for card in cards if card.matches]
        return cls(
            totals=TotalsResponse.of(cards),
            matching=TotalsResponse.of(matching),
            cards=[TimelineCard.of(card, board_key) for card in matching[:most]],
            more=max(len(matching) - most, 0),
        )


class DependencyResponse(Response):
    """A card that waits for another one, and whether the plan heeds that."""

    blocker_id: UUID
    blocker_key: str = Field(examples=["PAY-7"])
    blocked_id: UUID
    blocked_key: str = Field(examples=["PAY-12"])
    order: Order

    @classmethod
    def of(cls, wait: Wait, board_key: str, today: date) -> Self:
        """The answer for two cards."""
        return cls(
            blocker_id=wait.blocker.id,
            blocker_key=f"{board_key}-{wait.blocker.number}",
            blocked_id=wait.blocked.id,
            blocked_key=f"{board_key}-{wait.blocked.number}",
            order=wait.order(today),
        )


class MilestoneResponse(Response):
    """A day on which cards are due."""

    day: date = Field(examples=["2026-12-01"])
    totals: TotalsResponse
    card_ids: list[UUID]

    @classmethod
    def of(cls, found: Milestone) -> Self:
        """The answer for a day."""
        return cls(
            day=found.day,
            totals=TotalsResponse.of(found.cards),
            card_ids=[card.id for card in found.cards],
        )


class Timeline(Response):
    """All that a timeline and a planning screen draw, at one moment."""

    board_id: UUID
    version: int = Field(examples=[7], description="Of the board: follow its events from there.")
    today: date = Field(examples=["2026-11-30"], description="In the workspace's time zone.")
    time_zone: str = Field(examples=["Europe/Berlin"])
    sprints: list[TimelineSprint] = Field(description="In the order of their first days.")
    backlog: Backlog
    dependencies: list[DependencyResponse] = Field(
        description="Of the cards that were asked for and wait for another one."
    )
    milestones: list[MilestoneResponse] = Field(
        description="The days on which cards are due that were asked for, from the first to the last."
    )

    @classmethod
    def of(cls, board_id: UUID, board_key: str, plan: BoardPlan, today: date, most: int) -> Self:
        """The answer for a board; at most so many cards of its backlog."""
        matching = [card for card in plan.cards if card.matches]
        shown = {card.id for card in matching}
        return cls(
            board_id=board_id,
            version=plan.version,
            today=today,
            time_zone=plan.time_zone,
            sprints=[
                TimelineSprint.of_plan(sprint, plan, board_key, today) for sprint in plan.sprints
            ],
            backlog=Backlog.of_plan(plan, board_key, most),
            dependencies=[
                DependencyResponse.of(wait, board_key, today)
                for wait in plan.waits
                if wait.blocked.id in shown
            ],
            milestones=[MilestoneResponse.of(each) for each in milestones(matching)],
        )


TIMELINE_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"model": Timeline, "description": "The timeline."},
    304: {"description": "The caller's copy is the present one."},
    **problems(NotFound, QueryInvalid),
}
