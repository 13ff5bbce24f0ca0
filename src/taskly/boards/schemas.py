"""What the API shows of boards and takes for them."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from taskly.boards.models import Board, Label
from taskly.boards.rules import Category
from taskly.platform.http.schema import Integer, Line, Request, Response

BoardName = Annotated[Line, Field(max_length=100, examples=["Payments"])]
BoardKey = Annotated[
    str,
    Field(
        pattern=r"^[A-Z][A-Z0-9]{1,9}$",
        description="Begins every card key: 2 to 10 capital letters and digits.",
        examples=["PAY"],
    ),
]
Color = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$", examples=["#d73a4a"])]


class CreateColumn(Request):
    """A column of a new board."""

    name: Annotated[Line, Field(max_length=50, examples=["In Review"])]
    category: Category = Category.IN_PROGRESS
    wip_limit: Annotated[Integer, Field(ge=1, le=999, examples=[3])] | None = None


class CreateBoard(Request):
    """A new board. Without `key` one is made from the name; without `columns` there are four."""

    name: BoardName
    key: BoardKey | None = None
    columns: Annotated[list[CreateColumn], Field(min_length=1, max_length=50)] | None = None


class UpdateBoard(Request):
    """Fields to change; absent ones stay."""

    name: BoardName


class CreateLabel(Request):
    """A new label of a board."""

    name: Annotated[Line, Field(max_length=50, examples=["bug"])]
    color: Color


class BoardResponse(Response):
    """A board without what lies on it."""

    id: UUID
    workspace_id: UUID
    name: str = Field(examples=["Payments"])
    key: str = Field(examples=["PAY"])
    version: int = Field(examples=[7], description="The board's count of changes.")
    archived_at: datetime | None = Field(examples=[None])
    created_at: datetime

    @classmethod
    def of(cls, board: Board) -> Self:
        """The answer for a board."""
        return cls.model_validate(board)


class LabelResponse(Response):
    """A label of a board."""

    id: UUID
    name: str = Field(examples=["bug"])
    color: str = Field(examples=["#d73a4a"])

    @classmethod
    def of(cls, label: Label) -> Self:
        """The answer for a label."""
        return cls.model_validate(label)
