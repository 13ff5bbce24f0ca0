"""What the API shows of boards and takes for them."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from taskly.boards.models import Board, Label
from taskly.boards.rules import TEMPLATES, Category, TemplateName, WipPolicy
from taskly.platform.http.schema import Flag, Integer, Line, Request, Response, written

Position = Annotated[
    Integer, Field(ge=0, le=100_000, description="0 is the first place.", examples=[0])
]


class Place(Request):
    """Where among its like: directly `before` or `after` another, at a `position`, or else at the end."""

    before: UUID | None = None
    after: UUID | None = None
    position: Position | None = None

    @model_validator(mode="after")
    def _is_one_place(self) -> Self:
        if sum(way is not None for way in (self.before, self.after, self.position)) > 1:
            raise ValueError("name the place by one of before, after and position")
        return self


BoardName = Annotated[Line, Field(max_length=100, examples=["Payments"])]
BoardKey = Annotated[
    str,
    Field(
        pattern=written(
            r"^[A-Z][A-Z0-9]{1,9}$", "write 2 to 10 capital letters and digits, a letter first"
        ),
        description="Begins every card key: 2 to 10 capital letters and digits.",
        examples=["PAY"],
    ),
]
Color = Annotated[
    str,
    Field(
        pattern=written(r"^#[0-9a-f]{6}$", "write a colour as # and six digits of 0-9 and a-f"),
        examples=["#d73a4a"],
    ),
]


ColumnName = Annotated[Line, Field(max_length=50, examples=["In Review"])]
LabelName = Annotated[Line, Field(max_length=50, examples=["bug"])]
WipLimit = Annotated[
    Integer, Field(ge=1, le=999, description="So many cards at most; null: any.", examples=[3])
]


class CreateColumn(Request):
    """A column of a new board."""

    name: ColumnName
    category: Category = Category.IN_PROGRESS
    wip_limit: WipLimit | None = None


class AddColumn(CreateColumn, Place):
    """A new column, by default behind the last; `before` and `after` name columns."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "In Review", "wip_limit": 3, "position": 2}]}
    )


class UpdateColumn(Request):
    """Fields to change (JSON merge patch): absent ones stay, null takes the limit away."""

    name: ColumnName = ""
    category: Category = Category.IN_PROGRESS
    wip_limit: WipLimit | None = None

    def changes(self) -> dict[str, Any]:
        """The fields that the caller sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class MoveColumn(Place):
    """A new place among the board's columns; `before` and `after` name columns."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"position": 0}]})


class CreateBoard(Request):
    """A new board. Without `key` one is made from the name; without `columns` those of the template."""

    name: BoardName
    key: BoardKey | None = None
    template: TemplateName = TemplateName.KANBAN
    columns: Annotated[list[CreateColumn], Field(min_length=1, max_length=50)] | None = None


class DuplicateBoard(Request):
    """A board like another. Without `key` one is made from the name."""

    name: BoardName
    key: BoardKey | None = None
    with_cards: Flag = True


class UpdateBoard(Request):
    """Fields to change (JSON merge patch); absent ones stay."""

    name: BoardName = ""
    key: Annotated[BoardKey, Field(description="Former keys lead to the cards still.")] = "NO"
    wip_policy: WipPolicy = WipPolicy.WARN

    def changes(self) -> dict[str, Any]:
        """The fields that the caller sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class CreateLabel(Request):
    """A new label of a board."""

    name: LabelName
    color: Color


class UpdateLabel(Request):
    """Fields to change (JSON merge patch); absent ones stay."""

    name: LabelName = ""
    color: Color = "#000000"

    def changes(self) -> dict[str, Any]:
        """The fields that the caller sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class BoardResponse(Response):
    """A board without what lies on it."""

    id: UUID
    workspace_id: UUID
    name: str = Field(examples=["Payments"])
    key: str = Field(examples=["PAY"])
    version: int = Field(examples=[7], description="The board's count of changes.")
    wip_policy: WipPolicy
    archived_at: datetime | None = Field(examples=[None])
    created_at: datetime

    @classmethod
    def of(cls, board: Board) -> Self:
        """The answer for a board."""
        return cls.model_validate(board)


class ListedBoard(BoardResponse):
    """A board in a list, with what is going on there."""

    card_count: int = Field(examples=[12], description="Cards that it shows.")
    open_count: int = Field(examples=[5], description="Those of them that are not done.")
    member_ids: list[UUID] = Field(description="The people on its cards, done ones included.")
    assignee_ids: list[UUID] = Field(description="The people on the cards that are not done.")
    updated_at: datetime = Field(description="When something on it changed last.")


class TemplateColumn(Response):
    """A column that a template brings."""

    name: str = Field(examples=["In Review"])
    category: Category
    wip_limit: int | None = Field(examples=[None])


class TemplateLabel(Response):
    """A label that a template brings."""

    name: str = Field(examples=["bug"])
    color: str = Field(examples=["#d73a4a"])


class TemplateResponse(Response):
    """What a board may begin with."""

    name: TemplateName
    description: str = Field(examples=["Sprints out of a backlog."])
    columns: list[TemplateColumn]
    labels: list[TemplateLabel]

    @classmethod
    def every(cls) -> list[Self]:
        """All templates."""
        return [
            cls(
                name=name,
                description=template.description,
                columns=[
                    TemplateColumn(name=column, category=category, wip_limit=limit)
                    for column, category, limit in template.columns
                ],
                labels=[TemplateLabel(name=label, color=color) for label, color in template.labels],
            )
            for name, template in TEMPLATES.items()
        ]


class LabelResponse(Response):
    """A label of a board."""

    id: UUID
    name: str = Field(examples=["bug"])
    color: str = Field(examples=["#d73a4a"])

    @classmethod
    def of(cls, label: Label) -> Self:
        """The answer for a label."""
        return cls.model_validate(label)
