"""Changes of many cards at once: how they are asked for and answered."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from taskly.cards.schemas import Blockers, CardFields, Labels, People
from taskly.platform.http.schema import Integer, Request, Response, Text

MOST_CARDS = 500
"""In one request."""
MOST_AT_ONCE = 100
"""Of more cards a job takes care, so that nobody waits for the answer."""

Piece = Annotated[Text, Field(min_length=1, max_length=255, examples=["[Refunds] "])]


class SetFields(CardFields):
    """Give fields a value: those that are sent; null empties those that may be empty."""

    mode: Literal["set"]


class _Hanging(Request):
    assignee_ids: People = []
    label_ids: Labels = []
    blocker_ids: Blockers = []


class AddToCards(_Hanging):
    """Hang people, labels or blockers on cards, beside those that they have."""

    mode: Literal["add"]


class RemoveFromCards(_Hanging):
    """Take people, labels or blockers off cards."""

    mode: Literal["remove"]


class ReplaceOnCards(Request):
    """Put another text or id in the place of one, wherever it is: case counts."""

    mode: Literal["replace"]
    field: Literal[
        "title", "description", "acceptance_criteria", "assignee_ids", "label_ids", "blocker_ids"
    ]
    find: Piece
    put: Annotated[Text, Field(max_length=255, examples=["Payments"])]

    @model_validator(mode="after")
    def _names_ids_in_lists(self) -> Self:
        if self.field.endswith("_ids"):
            for text in (self.find, self.put):
                UUID(text)
        return self


class AdjustPoints(Request):
    """Add to the story points of cards that have some, or take away."""

    mode: Literal["adjust"]
    story_points: Annotated[Integer, Field(ge=-99, le=99, examples=[1])]


class ShiftDays(Request):
    """Put off what is due, or bring it forward; cards without a due date stay as they are."""

    mode: Literal["shift"]
    due_date_days: Annotated[Integer, Field(ge=-3650, le=3650, examples=[7])]


class AffixTitle(Request):
    """Write something before or behind titles."""

    mode: Literal["prefix", "suffix"]
    title: Piece


class MoveCards(Request):
    """Put cards at the end of a column, in the order in which they are named."""

    mode: Literal["move"]
    column_id: UUID


class PutAway(Request):
    """Archive, restore or delete cards, after everything else; one of these in a request."""

    mode: Literal["archive", "restore", "delete"]


BulkChange = Annotated[
    SetFields
    | AddToCards
    | RemoveFromCards
    | ReplaceOnCards
    | AdjustPoints
    | ShiftDays
    | AffixTitle
    | MoveCards
    | PutAway,
    Field(discriminator="mode"),
]


class BulkUpdate(Request):
    """What to do with which cards of a workspace: all of it or, if one card refuses, nothing."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "card_ids": ["0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f13"],
                    "changes": [
                        {"mode": "set", "priority": "high"},
                        {"mode": "shift", "due_date_days": 7},
                    ],
                }
            ]
        }
    )

    card_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_CARDS)]
    changes: Annotated[list[BulkChange], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _names_each_card_once(self) -> Self:
        if len(set(self.card_ids)) < len(self.card_ids):
            raise ValueError("name each card once")
        return self

    @model_validator(mode="after")
    def _puts_away_once(self) -> Self:
        if sum(isinstance(change, PutAway) for change in self.changes) > 1:
            raise ValueError("archive, restore or delete the cards: one of these")
        return self


class Refusal(Response):
    """A card that can't be changed so."""

    card_id: UUID
    key: str | None = Field(
        examples=["PAY-12"], description="Null for a card that you may not see."
    )
    reason: str = Field(examples=["out_of_range"], description="A stable name of the reason.")
    detail: str = Field(examples=["Story points are 0 to 99; these would be 104."])

    @classmethod
    def of_unknown(cls, card_id: UUID) -> Self:
        """For a card that is not there, or not for the caller."""
        detail = "There is no such card, or you may not see it."
        return cls(card_id=card_id, key=None, reason="not_found", detail=detail)


class BulkResponse(Response):
    """What became of a bulk change."""

    operation_id: UUID | None = Field(
        description="To undo all of it; null while a job works on it."
    )
    job_id: UUID | None = Field(description="Of a job that takes care of more than 100 cards.")
    changed: int = Field(examples=[12], description="Cards that are not as they were.")
