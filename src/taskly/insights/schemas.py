"""What all answers of insights have in common."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from taskly.insights.asking import Asked
from taskly.insights.rules.definitions import DEFINITIONS, Metric
from taskly.insights.rules.percentiles import Percentiles
from taskly.insights.rules.sprints import Window
from taskly.platform.http.schema import Response


class DefinitionResponse(Response):
    """What a figure means."""

    metric: Metric
    name: str = Field(examples=["Burnup"])
    words: str = Field(examples=["What of the scope is done at the end of each day."])
    formula: str = Field(examples=["done(day) = sum of points of cards in a done column"])
    source: str = Field(examples=["The Scrum Guide, 2020"])

    @classmethod
    def of(cls, metric: Metric) -> Self:
        """The definition of a figure."""
        found = DEFINITIONS[metric]
        return cls(
            metric=metric,
            name=found.name,
            words=found.words,
            formula=found.formula,
            source=found.source,
        )


class Insight(Response):
    """What every answer says besides its figures."""

    version: int = Field(examples=[8], description="Up to where the board's log was read.")
    as_of: datetime = Field(description="The moment for which the answer holds.")
    time_zone: str = Field(examples=["Europe/Berlin"], description="Whose days these are.")
    reading: str = Field(
        examples=["5 of 13 points are done and 8 remain."], description="The answer in a sentence."
    )
    definitions: list[DefinitionResponse] = Field(description="What the figures mean.")


def frame(asked: Asked, reading: str, *metrics: Metric) -> dict[str, Any]:
    """The fields of an `Insight`."""
    return {
        "version": asked.version,
        "as_of": asked.as_of,
        "time_zone": asked.time_zone,
        "reading": reading,
        "definitions": [DefinitionResponse.of(metric) for metric in metrics],
    }


class AmountResponse(Response):
    """Some work, in cards and in points."""

    cards: int = Field(examples=[3])
    points: int = Field(examples=[8])


class SprintInChart(Response):
    """A sprint as it was planned at the moment of asking."""

    sprint_id: UUID
    name: str = Field(examples=["Sprint 12"])
    starts_on: date
    ends_on: date
    opens_at: datetime = Field(
        description="When it was started, or else when its first day begins."
    )
    closes_at: datetime = Field(
        description="When it was completed, or else when its last day is over. What people started goes on "
        "until they complete it: just after `as_of`, if its last day is over."
    )
    counts_from: datetime = Field(
        description="What was done before is no work of the sprint: when it opened, or its first day began, whichever "
        "was earlier. So a sprint that was started late opens with what was done since its first day."
    )
    is_over: bool = Field(examples=[False])

    @classmethod
    def of(cls, window: Window) -> Self:
        """The answer for a sprint."""
        return cls.model_validate(window)


class DaysResponse(Response):
    """The days that were looked at."""

    first: date
    last: date


class PercentilesResponse(Response):
    """How durations lie, in seconds."""

    p50: int = Field(examples=[172_800])
    p85: int = Field(examples=[518_400])
    p95: int = Field(examples=[864_000])
    count: int = Field(examples=[20], description="Of how many.")

    @classmethod
    def of(cls, found: Percentiles | None) -> Self | None:
        """The answer, if there is anything to say."""
        if found is None:
            return None
        p50, p85, p95 = (int(each.total_seconds()) for each in (found.p50, found.p85, found.p95))
        return cls(p50=p50, p85=p85, p95=p95, count=found.count)
