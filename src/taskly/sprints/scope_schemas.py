"""What the API shows of a sprint's scope, and takes to change it."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from taskly.cards.bulk_schemas import MOST_AT_ONCE
from taskly.cards.schemas import TimelineActor
from taskly.platform.events.models import Event
from taskly.platform.http.schema import Request, Response
from taskly.sprints.models import Sprint
from taskly.sprints.rules.scope import ScopeChange, ScopeKind

SomeCards = Annotated[
    list[UUID], Field(max_length=MOST_AT_ONCE, description="Cards of the sprint's board.")
]


class ChangeScope(Request):
    """Cards that come into a sprint, and cards of it that go back to the backlog."""

    add: SomeCards = []
    remove: SomeCards = []

    @model_validator(mode="after")
    def _names_each_card_once(self) -> Self:
        named = [*self.add, *self.remove]
        if len(set(named)) < len(named):
            raise ValueError("name each card once")
        return self


class ScopeChangeResponse(Response):
    """A card that came into a sprint, left it, or got other points in it."""

    version: int = Field(examples=[8], description="Where the board's log tells it.")
    at: datetime
    actor: TimelineActor
    operation_id: UUID
    kind: ScopeKind
    card_id: UUID
    number: int = Field(examples=[12], description="The card's number then.")
    points_before: int | None = Field(examples=[None], description="In the sprint; null outside.")
    points_after: int | None = Field(examples=[3], description="In the sprint; null outside.")
    points: int = Field(examples=[3], description="By so much the scope grew.")
    phase: Literal["planning", "running", "over"] = Field(
        description="Whether the sprint was not started yet, was running, or was completed."
    )

    @classmethod
    def of(cls, event: Event, change: ScopeChange, sprint: Sprint) -> Self:
        """The answer for an event that changed a sprint's scope."""
        return cls(
            version=event.version,
            at=event.created_at,
            actor=TimelineActor(kind=event.actor_kind, user_id=event.actor_id),
            operation_id=event.operation_id,
            kind=change.kind,
            card_id=UUID(event.data["id"]),
            number=change.number,
            points_before=change.points_before,
            points_after=change.points_after,
            points=(change.points_after or 0) - (change.points_before or 0),
            phase=_phase(event.version, sprint),
        )


def _phase(version: int, sprint: Sprint) -> Literal["planning", "running", "over"]:
    if sprint.started_version is None or version < sprint.started_version:
        return "planning"
    is_over = sprint.completed_version is not None and version > sprint.completed_version
    return "over" if is_over else "running"
