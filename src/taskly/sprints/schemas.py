"""What the API shows of sprints and takes for them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from taskly.boards.snapshot_schema import SprintOnBoard
from taskly.kit.zones import day_in, zone_called
from taskly.platform.http.schema import Day, Integer, Line, Request, Response, Text
from taskly.sprints.repository import SprintInPlan
from taskly.sprints.rules.days import Status, status_on, wrong_with

SprintName = Annotated[Line, Field(max_length=100, examples=["Sprint 12"])]
Goal = Annotated[Text, Field(max_length=500, examples=["Refunds work twice"])]
FirstDay = Annotated[Day, Field(examples=["2026-11-23"])]
LastDay = Annotated[Day, Field(examples=["2026-12-04"])]
SprintCapacity = Annotated[Integer, Field(ge=0, le=9999, description="Story points.")]
FIRST_OF_DAYS = date(1900, 1, 1)


class CreateSprint(Request):
    """A new sprint, from the morning of `starts_on` to the evening of `ends_on`: 366 days at most."""

    name: SprintName
    goal: Goal = ""
    starts_on: FirstDay
    ends_on: LastDay
    capacity: SprintCapacity = 40

    @model_validator(mode="after")
    def _has_days(self) -> Self:
        wrong = wrong_with(self.starts_on, self.ends_on)
        if wrong is not None:
            raise ValueError(wrong)
        return self


class UpdateSprint(Request):
    """Fields to change (JSON merge patch); absent ones stay. A later `ends_on` extends the sprint."""

    name: SprintName = ""
    goal: Goal = ""
    starts_on: FirstDay = FIRST_OF_DAYS
    ends_on: LastDay = FIRST_OF_DAYS
    capacity: SprintCapacity = 40

    def changes(self) -> dict[str, Any]:
        """The fields that the caller sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class SprintWarning(Response):
    """Something about a sprint that is allowed, and may not be meant."""

    code: Literal["overlaps"] = Field(examples=["overlaps"])
    detail: str = Field(examples=["It shares days with 1 other sprint of the board."])
    sprint_ids: list[UUID] = Field(description="The sprints that it is about.")


class SprintResponse(SprintOnBoard):
    """A sprint, with where it stands on the present day of its workspace."""

    board_id: UUID
    status: Status = Field(
        description="By its days, in the time zone of the workspace, unless people started or completed it."
    )
    warnings: list[SprintWarning]

    @classmethod
    def of(cls, found: SprintInPlan, now: datetime) -> Self:
        """The answer for a sprint, as it is now."""
        sprint = found.sprint
        today = day_in(zone_called(found.time_zone), now)
        return cls(
            **SprintOnBoard.model_validate(sprint).model_dump(),
            board_id=sprint.board_id,
            status=status_on(
                today,
                sprint.starts_on,
                sprint.ends_on,
                started=sprint.started_at is not None,
                completed=sprint.completed_at is not None,
            ),
            warnings=_warnings(found),
        )


def _warnings(found: SprintInPlan) -> list[SprintWarning]:
    count = len(found.overlapping)
    if not count:
        return []
    others = "1 other sprint" if count == 1 else f"{count} other sprints"
    return [
        SprintWarning(
            code="overlaps",
            detail=f"It shares days with {others} of the board.",
            sprint_ids=list(found.overlapping),
        )
    ]
