"""What the API shows of the past."""

import enum
from uuid import UUID

from pydantic import Field

from taskly.platform.http.schema import Response


class WhyLeft(enum.StrEnum):
    """Why a change was not taken back."""

    CHANGED_SINCE = "changed_since"
    """Somebody changed the same thing afterwards."""
    GONE = "gone"
    """What it was about, or what is needed to take it back, is not there any more."""
    IN_USE = "in_use"
    """What the operation made is used by now."""
    DEPENDENCY_CYCLE = "dependency_cycle"
    """Cards would wait for each other in a circle."""
    TOO_MANY = "too_many"
    """The card holds as many as it can by now."""
    NOT_YOURS = "not_yours"
    """Only its author, or an admin, may take it back."""
    NOT_UNDOABLE = "not_undoable"
    """Changes of this kind are not taken back: facts of GitHub, sprints, what is of the workspace."""


class Undone(Response):
    """A thing that is again as it was."""

    entity: str = Field(examples=["card"])
    id: UUID
    fields: list[str] = Field(
        examples=[["column_id"]], description="Those that changed back; none for a whole thing."
    )


class Left(Response):
    """A change that was not taken back."""

    entity: str = Field(examples=["card"])
    id: UUID
    field: str | None = Field(examples=["title"], description="Null for a whole thing.")
    reason: WhyLeft


class UndoResponse(Response):
    """What became of an undo. It is an operation itself, and can be undone."""

    operation_id: UUID
    undone: list[Undone]
    left: list[Left]
