"""What the API takes for starting and completing sprints, and shows of what came of them."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from taskly.platform.http.schema import Request, Response
from taskly.sprints.schemas import SprintResponse


class CardGoes(Request):
    """Where one card goes that is not done."""

    card_id: UUID
    sprint_id: UUID | None = Field(description="Null for the backlog.")


class CompleteSprint(Request):
    """What becomes of the cards that are not done."""

    unfinished: Literal["backlog", "next_sprint"] = "backlog"
    cards: Annotated[
        list[CardGoes],
        Field(max_length=500, description="Cards that go elsewhere than the others."),
    ] = []

    @model_validator(mode="after")
    def _names_each_card_once(self) -> Self:
        if len({choice.card_id for choice in self.cards}) < len(self.cards):
            raise ValueError("name each card once")
        return self


class CommittedCard(Response):
    """A card as it counted then."""

    card_id: UUID
    number: int = Field(examples=[12])
    story_points: int | None = Field(examples=[3])


class CardList(Response):
    """Cards, and what they come to."""

    points: int = Field(examples=[21])
    cards: list[CommittedCard]


class Commitment(CardList):
    """What people committed themselves to when the sprint started."""

    goal: str = Field(examples=["Refunds work twice"])
    capacity: int = Field(examples=[40])
    starts_on: date | None = Field(
        default=None,
        description="The first day as it was then. What was done before does not count.",
    )


class Outcome(Response):
    """What came of a sprint until it was completed."""

    goal: str = Field(examples=["Refunds work twice"])
    completed: CardList
    not_completed: CardList
    added: CardList = Field(description="In the sprint at the end, and not at the start.")
    removed: CardList = Field(description="In the sprint at the start, and not at the end.")


class SprintResult(Response):
    """A sprint with its commitment and its outcome, as far as there are some."""

    sprint: SprintResponse
    commitment: Commitment | None
    outcome: Outcome | None
