"""What helps with planning the next sprint."""

from collections.abc import Sequence
from datetime import date
from typing import Self
from uuid import UUID

from pydantic import Field

from taskly.insights.sprint_schemas import VelocityInsight
from taskly.planning.rules.plan import CardInPlan
from taskly.planning.rules.suggestion import Suggestion
from taskly.planning.timeline_schemas import DependencyResponse, TimelineCard
from taskly.platform.http.schema import Response


class SuggestionResponse(Response):
    """How much fits into the next sprint, and which cards of the backlog that could be."""

    sprint_id: UUID | None = Field(description="The next sprint; null if none is planned.")
    points: int | None = Field(examples=[20], description="So much fits; null if nothing says so.")
    planned: int = Field(examples=[5], description="Points that are in the sprint already.")
    room: int = Field(examples=[15])
    cards: list[TimelineCard] = Field(description="As they stand in the backlog, until it is full.")
    reason: str = Field(examples=["So 20 points are the measure of Sprint 13."])

    @classmethod
    def of(cls, found: Suggestion, board_key: str) -> Self:
        """The answer for a suggestion."""
        return cls(
            sprint_id=None if found.sprint is None else found.sprint.id,
            points=found.points,
            planned=found.planned,
            room=found.room,
            cards=[TimelineCard.of(card, board_key) for card in found.cards],
            reason=found.reason,
        )


class CardList(Response):
    """Cards to look at."""

    count: int = Field(examples=[1])
    cards: list[TimelineCard] = Field(description="The first 200 of them.")

    @classmethod
    def of(cls, cards: Sequence[CardInPlan], board_key: str, most: int) -> Self:
        """The answer for some cards."""
        shown = [TimelineCard.of(card, board_key) for card in cards[:most]]
        return cls(count=len(cards), cards=shown)


class DependencyList(Response):
    """Dependencies to look at."""

    count: int = Field(examples=[1])
    dependencies: list[DependencyResponse] = Field(description="The first 200 of them.")


class Advice(Response):
    """What helps with planning the next sprint."""

    board_id: UUID
    version: int = Field(examples=[7], description="Of the board.")
    today: date = Field(examples=["2026-11-30"], description="In the workspace's time zone.")
    velocity: VelocityInsight = Field(description="Of the last sprints that are over.")
    suggestion: SuggestionResponse
    without_estimate: CardList = Field(
        description="Open cards without points: of sprints that are under way or planned, then of the backlog."
    )
    blocked: CardList = Field(
        description="Open cards of these sprints that wait for a card that is not done."
    )
    out_of_order: DependencyList = Field(
        description="What waits in a sprint for a card that is planned later, or in no sprint."
    )
