"""The report of a sprint."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field

from taskly.insights.rules.velocity import Outcome
from taskly.insights.schemas import AmountResponse, SprintInChart
from taskly.platform.http.schema import Response
from taskly.reports.rules.sprint import SprintState, Went
from taskly.reports.schemas import (
    BoardInReport,
    CardInReport,
    CardWithPoints,
    DeliveredCard,
    Listed,
    PersonInReport,
    ScopeChangeInReport,
    Standing,
    ThanksResponse,
)


class SprintInReport(SprintInChart):
    """The sprint, as it is planned at the moment of asking."""

    goal: str = Field(examples=["Refunds work twice"])
    state: SprintState


class DestinationResponse(Response):
    """Where a card went first after the sprint was over."""

    went: Went
    sprint_id: UUID | None
    sprint_name: str | None = Field(examples=["Sprint 13"], description="If it was a sprint.")


class LeftCard(CardWithPoints):
    """A card that is not done."""

    destination: DestinationResponse | None = Field(
        description="Null as long as the sprint is not over."
    )


class ReopenedCard(Response):
    """A card of the sprint that was done, and then was not."""

    at: datetime
    by: PersonInReport | None
    card: CardInReport
    amount: AmountResponse


class SprintFigures(Response):
    """A sprint in figures. Committed, added and estimated, less removed, is completed and left."""

    committed: AmountResponse
    added: AmountResponse
    removed: AmountResponse
    estimated: AmountResponse = Field(description="By how much estimates changed the scope.")
    completed: AmountResponse
    left: AmountResponse = Field(description="Carried over, once the sprint is over.")

    @classmethod
    def of(cls, found: Outcome) -> Self:
        """The answer for what became of a sprint."""
        same = {name: getattr(found, name) for name in cls.model_fields if name != "left"}
        return cls.model_validate({**same, "left": found.carried_over})


class SprintReport(Response):
    """A sprint: what is to come of it, what has, or what did."""

    board: BoardInReport
    sprint: SprintInReport
    as_of: datetime = Field(description="The moment of asking.")
    time_zone: str = Field(examples=["Europe/Berlin"], description="Whose days these are.")
    reading: str = Field(
        examples=["Sprint 12 ended with 5 of 13 points done and 2 cards left over."],
        description="The report in a paragraph.",
    )
    scope: AmountResponse = Field(description="All work of the sprint, now or when it closed.")
    figures: SprintFigures | None = Field(description="Null before the sprint opens.")
    delivered: Listed[DeliveredCard] = Field(description="In the order in which they were done.")
    left: Listed[LeftCard] = Field(description="To come, still open, or carried over.")
    scope_changes: Listed[ScopeChangeInReport]
    reopened: Listed[ReopenedCard]
    now: Standing = Field(description="As of asking. Nothing is at risk in a sprint that is over.")
    thanks: list[ThanksResponse] = Field(description="By their names.")
