"""What the API shows of a board's series of sprints and takes for it."""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import Field

from taskly.platform.http.schema import Day, Integer, Line, Request, Response, written
from taskly.sprints.models import SprintSeries
from taskly.sprints.rules.days import MOST_DAYS
from taskly.sprints.rules.series import Template
from taskly.sprints.schemas import SprintCapacity, SprintResponse

MOST_AHEAD = 26
"""Half a year of weeks."""


class SetSeries(Request):
    """What the sprints of a board have in common that are made ahead."""

    name: Annotated[
        Line,
        Field(
            max_length=90,
            pattern=written(
                r"^[^{}\n\t]*\{n\}[^{}\n\t]*$", "write {n} once, where the number is to stand"
            ),
            examples=["Sprint {n}"],
        ),
    ] = "Sprint {n}"
    length_days: Annotated[
        Integer,
        Field(ge=2, le=MOST_DAYS, description="From the first day to the last, both included."),
    ] = 14
    days_between: Annotated[
        Integer, Field(ge=0, le=366, description="Days between two sprints that are in neither.")
    ] = 0
    capacity: SprintCapacity = 40
    starts_on: Annotated[
        Day, Field(description="No sprint of it begins before.", examples=["2026-11-30"])
    ]
    first_number: Annotated[
        Integer, Field(ge=1, le=9999, description="None has a smaller number.", examples=[12])
    ] = 1
    ahead: Annotated[
        Integer,
        Field(
            ge=0,
            le=MOST_AHEAD,
            description="So many that have not begun there always are; they are made by themselves. None with 0. "
            "If it is left out, it is 2 for a new series, and stays as it is for one that is there.",
        ),
    ] = 2

    def fields_for(self, present: SprintSeries | None) -> dict[str, Any]:
        """What a board's series is to have, if it has this one or none."""
        stays = {"ahead"} - self.model_fields_set if present is not None else set()
        return self.model_dump(exclude=stays)


class SeriesResponse(Response):
    """The series of a board."""

    name: str = Field(examples=["Sprint {n}"])
    length_days: int = Field(examples=[14])
    days_between: int = Field(examples=[0])
    capacity: int = Field(examples=[40])
    starts_on: date = Field(examples=["2026-11-30"])
    first_number: int = Field(examples=[12])
    ahead: int = Field(examples=[2])

    @classmethod
    def of(cls, series: SprintSeries) -> Self:
        """The answer for a series."""
        return cls.model_validate(series)


class PlanAhead(Request):
    """How far ahead a board is to be planned."""

    ahead: Annotated[
        Integer,
        Field(ge=1, le=MOST_AHEAD, description="So many of the series are to be planned."),
    ] = 3


class PlannedAhead(Response):
    """What is planned of a series."""

    made: int = Field(examples=[2], description="How many sprints are new.")
    sprints: list[SprintResponse] = Field(
        description="Those of the series that have not begun, in the order of their numbers."
    )


def template_of(series: SprintSeries) -> Template:
    """What the rules need of a series."""
    return Template(
        name=series.name,
        length_days=series.length_days,
        days_between=series.days_between,
        starts_on=series.starts_on,
        first_number=series.first_number,
    )
