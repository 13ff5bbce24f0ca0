"""What the API shows of sprints and takes for them."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from taskly.boards.snapshot_schema import SprintOnBoard
from taskly.platform.http.schema import Day, Integer, Line, Request, Text
from taskly.sprints.models import Sprint


class CreateSprint(Request):
    """A new sprint, from the morning of `starts_on` to the evening of `ends_on`."""

    name: Annotated[Line, Field(max_length=100, examples=["Sprint 12"])]
    goal: Annotated[Text, Field(max_length=500)] = ""
    starts_on: Annotated[Day, Field(examples=["2026-11-23"])]
    ends_on: Annotated[Day, Field(examples=["2026-12-04"])]
    capacity: Annotated[Integer, Field(ge=0, le=9999, description="Story points.")] = 40

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.ends_on <= self.starts_on:
            raise ValueError("a sprint ends after it starts")
        return self


class SprintResponse(SprintOnBoard):
    """A sprint."""

    @classmethod
    def of(cls, sprint: Sprint) -> Self:
        """The answer for a sprint."""
        return cls.model_validate(sprint)
