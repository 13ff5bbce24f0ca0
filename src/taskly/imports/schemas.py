"""What the API takes and shows of boards from elsewhere."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from taskly.boards.rules import Category
from taskly.boards.schemas import BoardKey, BoardName
from taskly.imports.models import BoardImport, ImportState, Source
from taskly.imports.sources.plan import Note
from taskly.platform.http.schema import Request, Response, Text

PersonName = Annotated[Text, Field(max_length=100)]


class UpdateImport(Request):
    """What the board is to be called, and who the people of the file are; absent fields stay."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"board_name": "Payments", "people": {"Bob Builder": None}}]
        }
    )

    board_name: BoardName = ""
    board_key: BoardKey | None = None
    people: Annotated[
        dict[PersonName, UUID | None],
        Field(max_length=500, description="The member for names of the file; null for nobody."),
    ] = {}

    def changes(self) -> dict[str, Any]:
        """The fields that the caller sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Counts(Response):
    """How many there are of each kind."""

    columns: int = Field(examples=[3])
    labels: int = Field(examples=[2])
    cards: int = Field(examples=[120])
    archived: int = Field(examples=[4])
    steps: int = Field(examples=[31])
    links: int = Field(examples=[5])
    comments: int = Field(examples=[77])
    card_labels: int = Field(default=0, examples=[140], description="Labels on cards.")
    due_dates: int = Field(default=0, examples=[12], description="Cards with one.")
    story_points: int = Field(default=0, examples=[80], description="Cards with some.")
    priorities: int = Field(default=0, examples=[9], description="Cards with one.")
    assignees: int = Field(
        default=0, examples=[90], description="People on cards, as far as matched."
    )
    sprints: int = Field(default=0, examples=[0], description="Of issues only.")
    updated: int = Field(
        default=0, examples=[0], description="Cards of issues that were there, and were changed."
    )


class Receipt(Response):
    """What the file had, and what the board has."""

    expected: Counts
    made: Counts
    differences: list[str] = Field(
        examples=[[]], description="The kinds of which there are not as many; none if all came."
    )
    left: list[Note] = Field(
        default=[], description="Of issues only: what did not come as it was, and why."
    )


class ImportedColumn(Response):
    """A column as it would be made."""

    name: str = Field(examples=["In Review"])
    category: Category
    cards: int = Field(examples=[12])


class ImportedLabel(Response):
    """A label as it would be made."""

    name: str = Field(examples=["bug"])
    color: str = Field(examples=["#d73a4a"])


class ImportedSprint(Response):
    """A sprint as it would be made."""

    name: str = Field(examples=["v1.0"])
    starts_on: date
    ends_on: date


class ImportResponse(Response):
    """A file that was read, what it comes to, and what became of it."""

    id: UUID
    workspace_id: UUID
    source: Source
    file_name: str = Field(examples=["board.json"])
    state: ImportState
    created_at: datetime
    board_name: str = Field(examples=["Payments"])
    board_key: str | None = Field(examples=["PAY"])
    counts: dict[str, int] = Field(examples=[{"columns": 3, "cards": 120}])
    columns: list[ImportedColumn] = Field(description="None for what was read long ago.")
    new_labels: list[ImportedLabel] = Field(description="Of issues: those that the board gets.")
    new_sprints: list[ImportedSprint] = Field(description="Of issues: those that the board gets.")
    people: dict[str, UUID | None] = Field(
        examples=[{"mona": None}], description="The member for each name of the file, if known."
    )
    notes: list[Note] = Field(description="What does not come over as it was.")
    same_as: UUID | None = Field(
        default=None,
        description="The latest other import of the same file whose board is there or is being made.",
    )
    job_id: UUID | None
    board_id: UUID | None
    receipt: Receipt | None
    problem: str | None = Field(examples=[None])
    finished_at: datetime | None

    @classmethod
    def of(cls, row: BoardImport, same_as: UUID | None) -> Self:
        """The answer for an import."""
        shown = cls.model_validate(row)
        return shown.model_copy(update={"same_as": same_as})
