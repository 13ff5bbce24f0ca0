"""What the API shows of found cards."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from taskly.boards.rules import Category
from taskly.cards.models import Priority
from taskly.github.rules.drift import Drift
from taskly.platform.http.schema import Response, Text
from taskly.search.grammar import LONGEST_QUERY

QueryText = Annotated[
    Text,
    Field(
        # Whoever reads the query refuses more, and says where it becomes too long.
        json_schema_extra={"maxLength": LONGEST_QUERY},
        description="Words and filters, see the guide to filters.",
        examples=["refund label:bug is:open due:<7d"],
    ),
]


class ListedCard(Response):
    """A card as lists over boards show it: without its long texts, with the names of where it is."""

    id: UUID
    key: str = Field(description="What people call it.", examples=["PAY-12"])
    title: str = Field(examples=["Refund a payment twice"])
    workspace_id: UUID
    board_id: UUID
    board_name: str = Field(examples=["Payments"])
    column_id: UUID
    column_name: str = Field(examples=["In Review"])
    category: Category
    priority: Priority
    story_points: int | None = Field(examples=[3])
    due_date: date | None
    sprint_id: UUID | None
    assignee_ids: list[UUID]
    label_ids: list[UUID]
    started_at: datetime | None
    completed_at: datetime | None = Field(examples=[None])
    archived_at: datetime | None = Field(examples=[None])
    created_at: datetime
    updated_at: datetime
    version: int = Field(
        examples=[7], description="The board's version that last changed this card."
    )
    drift: list[Drift] = Field(
        examples=[["merged_not_done"]], description="How it has come apart from its code."
    )


class HighlightPart(Response):
    """A piece of a text."""

    text: str = Field(examples=["Refund"])
    is_match: bool = Field(description="Whether it is what was looked for.")


class Highlight(Response):
    """Where the words stand: the parts one after the other are the text, or an excerpt of it."""

    field: Literal["title", "description", "acceptance_criteria", "comment"] = Field(
        examples=["title"]
    )
    comment_id: UUID | None = Field(examples=[None], description="Which comment, if it is one.")
    parts: list[HighlightPart]


class FoundCard(ListedCard):
    """A card that a search has found."""

    highlights: list[Highlight] = Field(description="Plain text; nothing in it is markup.")
