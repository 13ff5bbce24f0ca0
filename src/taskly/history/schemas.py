"""What the API shows of the past."""

import enum
from uuid import UUID

from pydantic import Field

from taskly.platform.http.schema import Response


class WhyLeft(enum.StrEnum):
    """Why a change was not taken back."""

    CHANGED_SINCE = "changed_since"
    GONE = "gone"
    MOVED = "moved"
    IN_USE = "in_use"
    DEPENDENCY_CYCLE = "dependency_cycle"
    TOO_MANY = "too_many"
    NOT_YOURS = "not_yours"
    NOT_UNDOABLE = "not_undoable"


MEANING = {
    WhyLeft.CHANGED_SINCE: "somebody changed the same thing afterwards",
    WhyLeft.GONE: "what it was about, or what is needed to take it back, is not there any more",
    WhyLeft.MOVED: "the card is on another board by now",
    WhyLeft.IN_USE: "what the operation made is used by now",
    WhyLeft.DEPENDENCY_CYCLE: "cards would wait for each other in a circle",
    WhyLeft.TOO_MANY: "the card holds as many as it can by now",
    WhyLeft.NOT_YOURS: "only its author, or an admin, may take it back",
    WhyLeft.NOT_UNDOABLE: (
        "changes of this kind are not taken back: facts of GitHub, what is of the workspace"
    ),
}
"""What the reasons mean, as the API's description says it."""


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
    reason: WhyLeft = Field(
        description="".join(f"\n- `{reason}`: {meaning}" for reason, meaning in MEANING.items())
    )


class UndoResponse(Response):
    """What became of an undo. It is an operation itself, and can be undone."""

    operation_id: UUID
    undone: list[Undone]
    left: list[Left]
