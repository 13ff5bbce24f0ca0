"""What the API shows of who can take how much in a sprint, and who has how much."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field

from taskly.platform.http.schema import Integer, Request, Response
from taskly.sprints.rules.capacity import (
    AssignedCard,
    Burden,
    Finding,
    Health,
    Strain,
    findings,
    health_of,
    sentence,
)


def _whole_or_half(days: float) -> float:
    if not (2 * days).is_integer():
        raise ValueError("give whole or half days")
    return days


HalfDays = Annotated[float, Field(strict=True, multiple_of=0.5), AfterValidator(_whole_or_half)]
"""Days, whole or half. As a multiple alone, the smallest fractions count as none."""


class SetDaysOff(Request):
    """How long somebody is away."""

    days: Annotated[
        HalfDays,
        Field(
            ge=0,
            le=366,
            description="Working days of the sprint, whole or half; 0: none.",
            examples=[2.5],
        ),
    ]


class DaysOff(Response):
    """How long somebody is away in a sprint."""

    user_id: UUID
    days_off: float = Field(examples=[2.5])


class SetCapacity(Request):
    """What somebody can take in one sprint."""

    capacity: Annotated[Integer, Field(ge=0, le=999)] | None = Field(
        description="Story points, whatever days off there are; null: what follows from the workspace and days off.",
        examples=[12],
    )


class OwnCapacity(Response):
    """What was set for somebody in one sprint."""

    user_id: UUID
    capacity: int | None = Field(examples=[12])


class PersonInSprint(Response):
    """What somebody can take in the sprint, and what they have."""

    user_id: UUID
    name: str = Field(examples=["Omar"])
    capacity: float = Field(
        examples=[14],
        description="Story points: those set for this sprint, or else those of the workspace, less the days off.",
    )
    capacity_is_set: bool = Field(description="Whether it was set for this sprint.")
    load: float = Field(examples=[3.33], description="Rounded to two digits.")
    load_exact: str = Field(examples=["10/3"], description="The same as a fraction.")
    over: float = Field(
        examples=[-16.67], description="Load less capacity; negative if there is room."
    )
    cards: int = Field(examples=[2], description="Cards of the sprint that they are on.")

    @classmethod
    def of(cls, burden: Burden) -> Self:
        """The answer for a person."""
        return cls(
            user_id=burden.person.id,
            name=burden.person.name,
            capacity=_rounded(burden.person.capacity),
            capacity_is_set=burden.person.is_set,
            load=_rounded(burden.load),
            load_exact=str(burden.load),
            over=_rounded(burden.over),
            cards=burden.cards,
        )


class StrainResponse(Response):
    """Something that is not healthy, with the numbers and names behind it."""

    kind: Strain
    user_ids: list[UUID] = Field(description="The people that it is about, the busiest first.")
    points: float = Field(examples=[3], description="By so much.")
    detail: str = Field(examples=["Omar has 23 of 20, 3 over."])

    @classmethod
    def of(cls, finding: Finding) -> Self:
        """The answer for a finding."""
        return cls(
            kind=finding.strain,
            user_ids=[each.person.id for each in finding.people],
            points=_rounded(finding.points),
            detail=sentence(finding),
        )


class CapacityResponse(Response):
    """How the load of a sprint is spread."""

    capacity: int = Field(examples=[40], description="Of the sprint.")
    points: int = Field(examples=[34], description="Of all its cards.")
    unassigned_points: int = Field(examples=[5], description="Of cards that nobody is on.")
    cards: int = Field(examples=[12])
    cards_without_estimate: int = Field(examples=[1])
    health: Health
    strains: list[StrainResponse]
    people: list[PersonInSprint] = Field(
        description="Members and admins of the workspace, and whoever else is on a card; by name."
    )

    @classmethod
    def of(cls, capacity: int, cards: Sequence[AssignedCard], people: Sequence[Burden]) -> Self:
        """The answer for a sprint of this capacity with these cards and people."""
        points = sum(card.story_points or 0 for card in cards)
        found = findings(capacity, points, people)
        return cls(
            capacity=capacity,
            points=points,
            unassigned_points=sum(
                card.story_points or 0 for card in cards if not card.assignee_ids
            ),
            cards=len(cards),
            cards_without_estimate=sum(card.story_points is None for card in cards),
            health=health_of(found),
            strains=[StrainResponse.of(each) for each in found],
            people=[PersonInSprint.of(each) for each in people],
        )


class CapacityPreview(Response):
    """What would become of a sprint if cards were put into it, or given to people."""

    before: Health
    effects: list[str] = Field(examples=[["Adding PAY-12 puts Omar 3 over."]])
    after: CapacityResponse


def _rounded(points: Fraction) -> float:
    return float(round(points, 2))
