"""What the API tells of the past of sprints."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import Field

from taskly.insights.rules.burning import BurnDay, ScopeChange, ScopeChangeKind
from taskly.insights.rules.velocity import Outcome
from taskly.insights.schemas import AmountResponse, Insight, SprintInChart
from taskly.platform.http.schema import Response


class IdealResponse(Response):
    """Where the ideal line stands."""

    cards: float = Field(examples=[2.4])
    points: float = Field(examples=[6.4])


class BurnDayResponse(Response):
    """A day of a sprint, at its end, or now if it is not over."""

    date: date
    is_working_day: bool = Field(examples=[True])
    scope: AmountResponse | None = Field(
        description="Null before the sprint opened, after it closed, and for days to come."
    )
    done: AmountResponse | None = Field(description="The burnup.")
    remaining: AmountResponse | None = Field(description="The burndown.")
    ideal: IdealResponse | None = Field(description="Null until the sprint opens.")

    @classmethod
    def of(cls, found: BurnDay) -> Self:
        """The answer for a day."""
        standing = found.standing
        return cls.model_validate(
            {
                "date": found.day.date,
                "is_working_day": found.day.is_working_day,
                "scope": standing and standing.scope,
                "done": standing and standing.done,
                "remaining": standing and standing.remaining,
                "ideal": found.ideal,
            }
        )


class ScopeStep(Response):
    """A change of the scope while the sprint ran."""

    at: datetime
    by: UUID | None = Field(description="Null, if GitHub or Taskly did it and nobody is known.")
    card_id: UUID
    kind: ScopeChangeKind
    cards: int = Field(examples=[1], description="By so many the scope grew.")
    points: int = Field(examples=[3])

    @classmethod
    def of(cls, change: ScopeChange) -> Self:
        """The answer for a change."""
        return cls(
            at=change.at,
            by=change.by,
            card_id=change.card_id,
            kind=change.kind,
            cards=change.amount.cards,
            points=change.amount.points,
        )


class ReopeningResponse(Response):
    """A card of the sprint that was done and is not any more."""

    at: datetime
    by: UUID | None
    card_id: UUID
    amount: AmountResponse


class ReplanningResponse(Response):
    """The sprint got other days while it ran."""

    at: datetime
    by: UUID | None
    starts_on: date
    ends_on: date


class BurndownInsight(Insight):
    """A sprint, burnt down and up."""

    sprint: SprintInChart
    burnup_reading: str = Field(
        examples=["The scope of Sprint 12 grew by 3 to 13 points, of which 5 are done."]
    )
    commitment: AmountResponse | None = Field(description="Null until the sprint opens.")
    days: list[BurnDayResponse]
    changes: list[ScopeStep]
    reopenings: list[ReopeningResponse]
    replannings: list[ReplanningResponse]


class OutcomeResponse(Response):
    """What became of a sprint. Committed, added and estimated, less removed, is completed and carried over."""

    sprint: SprintInChart
    committed: AmountResponse
    added: AmountResponse
    removed: AmountResponse
    estimated: AmountResponse = Field(description="By how much estimates changed the scope.")
    completed: AmountResponse
    carried_over: AmountResponse

    @classmethod
    def of(cls, found: Outcome) -> Self:
        """The answer for a sprint."""
        return cls.model_validate(
            {
                "sprint": SprintInChart.of(found.window),
                "committed": found.committed,
                "added": found.added,
                "removed": found.removed,
                "estimated": found.estimated,
                "completed": found.completed,
                "carried_over": found.carried_over,
            }
        )


class SpreadResponse(Response):
    """How figures of several sprints lie."""

    mean: float = Field(examples=[21.5])
    deviation: float | None = Field(
        examples=[3.2], description="The standard deviation of a sample; null for a single sprint."
    )
    lowest: int = Field(examples=[18])
    highest: int = Field(examples=[25])


class VelocityInsight(Insight):
    """What sprints completed that are over."""

    sprints: list[OutcomeResponse] = Field(description="From the oldest to the newest.")
    cards: SpreadResponse | None = Field(description="Of what was completed; null without sprints.")
    points: SpreadResponse | None
