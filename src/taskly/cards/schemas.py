"""What the API shows of cards and takes for them."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from taskly.boards.schemas import Place, Position
from taskly.boards.snapshot_schema import CardOnBoard
from taskly.cards.models import CardAccess, Hanging, Priority
from taskly.kit.links import check_link
from taskly.platform.context import ActorKind
from taskly.platform.events.models import Event
from taskly.platform.http.schema import (
    Day,
    Flag,
    Integer,
    Line,
    Request,
    Response,
    Text,
    Words,
    written,
)

Title = Annotated[Line, Field(max_length=255, examples=["Refund a payment twice"])]
LONGEST_TEXT = 50_000
Markdown = Annotated[
    Text, Field(max_length=LONGEST_TEXT, description="Markdown, stored as written.")
]
StoryPoints = Annotated[Integer, Field(ge=0, le=99, examples=[3])]
MOST_HANGING = {"assignee_ids": 10, "label_ids": 50, "blocker_ids": 50}
"""Of a card."""
People = Annotated[
    list[UUID],
    Field(max_length=MOST_HANGING["assignee_ids"], description="People of the workspace."),
]
Labels = Annotated[
    list[UUID], Field(max_length=MOST_HANGING["label_ids"], description="Labels of the board.")
]


Blockers = Annotated[
    list[UUID],
    Field(
        max_length=MOST_HANGING["blocker_ids"],
        description="Cards of the board to be done before this one.",
    ),
]
BoardVersion = Annotated[Integer, Field(ge=0, le=2**53 - 1, examples=[8])]
NO_FIELDS = frozenset({"base_version", "mode"})
"""What requests to change a card say besides."""
MOST_CHECKLIST_ITEMS = 100
"""Of a card."""
MOST_ATTACHMENTS = 50
"""Of a card."""
Step = Annotated[Line, Field(max_length=500, examples=["Ask the bank"])]
Address = Annotated[
    Line,
    Field(
        max_length=2000,
        pattern=written(
            r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s]+$",
            "write a link that begins with https:// or http://, without blanks",
        ),
        description="A link: it begins with https:// or http://.",
        examples=["https://example.com/refunds.pdf"],
    ),
    AfterValidator(check_link),
]
AttachmentTitle = Annotated[Line, Field(max_length=255, examples=["How refunds work"])]


class NewChecklistItem(Request):
    """A step of a new card."""

    text: Step
    done: Flag = False


class AddChecklistItem(NewChecklistItem):
    """A new step; without a position it comes last."""

    position: Position | None = None


class UpdateChecklistItem(Request):
    """Fields to change (JSON merge patch); absent ones stay."""

    text: Step = ""
    done: Flag = False
    position: Position = 0

    def changes(self) -> dict[str, Any]:
        """The fields that the caller sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class AddAttachment(Request):
    """A link; without a title it shows its address."""

    url: Address
    title: AttachmentTitle | None = None


class UpdateAttachment(Request):
    """Another title."""

    title: AttachmentTitle


class WriteComment(Request):
    """What to say. `@login` mentions people of the workspace."""

    body: Annotated[
        Words,
        Field(
            min_length=1,
            max_length=20_000,
            description="Markdown, stored as written.",
            examples=["@octocat, does the bank answer?"],
        ),
    ]


class MoveCard(Place):
    """A new place. Without `column_id` the card goes to the column of its neighbour, or stays in its own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"column_id": "0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f12", "position": 0},
                {"after": "0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f13"},
            ]
        }
    )

    column_id: UUID | None = None


class MoveToBoard(Place):
    """A place on another board. Without `column_id` the neighbour's column, or else the first one."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"board_id": "0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f11"}]}
    )

    board_id: UUID
    column_id: UUID | None = None


class CreateCard(Place):
    """A new card; without a column it goes to the board's first one."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Refund a payment twice",
                    "description": "The second refund fails.",
                    "acceptance_criteria": "- [ ] Both refunds arrive",
                    "priority": "high",
                    "story_points": 3,
                    "due_date": "2026-12-04",
                    "label_ids": ["0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f14"],
                    "position": 0,
                },
                {"title": "Refund a payment twice"},
            ]
        }
    )

    title: Title
    column_id: UUID | None = None
    description: Markdown = ""
    acceptance_criteria: Markdown = ""
    priority: Priority = Priority.NONE
    story_points: StoryPoints | None = None
    due_date: Day | None = None
    sprint_id: UUID | None = None
    assignee_ids: People = []
    label_ids: Labels = []
    blocker_ids: Blockers = []
    checklist: Annotated[list[NewChecklistItem], Field(max_length=MOST_CHECKLIST_ITEMS)] = []


class PasteCards(Place):
    """Titles of cards, one a line. Signs of lists and boxes before them are taken off, empty lines left out."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"lines": "- Refund twice\n- [ ] Show fees"}]}
    )

    lines: Annotated[
        Text,
        Field(min_length=1, max_length=200_000, examples=["Refund twice\nShow fees"]),
    ]
    column_id: UUID | None = None


class CopyCard(Place):
    """Where the copy goes, by default directly behind the card, and what it is called."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"title": "Refund a payment thrice"}]}
    )

    title: Title | None = None
    column_id: UUID | None = None


class CardFields(Request):
    """Fields of a card to change: absent ones stay, null empties those that may be empty."""

    title: Title = ""
    description: Markdown = ""
    acceptance_criteria: Markdown = ""
    priority: Priority = Priority.NONE
    story_points: StoryPoints | None = None
    due_date: Day | None = None
    sprint_id: UUID | None = None
    assignee_ids: People = []
    label_ids: Labels = []
    blocker_ids: Blockers = []

    def changes(self) -> dict[str, Any]:
        """The fields that the caller sent."""
        return {name: getattr(self, name) for name in self.model_fields_set - NO_FIELDS}


class UpdateCard(CardFields):
    """Fields to change (JSON merge patch): absent ones stay, null empties those that may be empty."""

    base_version: BoardVersion | None = Field(
        default=None,
        description="The version of the board from which you know the texts that you change. A text that "
        "somebody changed since then is not overwritten: you get both and their common base.",
    )


class CardResponse(CardOnBoard):
    """A card."""

    board_id: UUID
    key: str = Field(description="What people call it.", examples=["PAY-12"])
    archived_at: datetime | None = Field(examples=[None])

    @classmethod
    def of(cls, access: CardAccess, hanging: Hanging, **more: Any) -> Self:
        """The answer for a card."""
        shown = {name: getattr(access.card, name) for name in cls.model_fields if name in _COLUMNS}
        return cls(**shown, key=access.key, **hanging.fields(), **more)


OverLimit = Annotated[
    bool,
    Field(
        description="A warning: the column holds more cards than its `wip_limit` now.",
        examples=[False],
    ),
]


class PlacedCard(CardResponse):
    """A card that has come into a column."""

    over_limit: OverLimit


class CardDetail(CardResponse):
    """A card with its place in the column, counted from 0."""

    position: int | None = Field(
        examples=[0], description="0 is the top; null for an archived card."
    )


class CommentResponse(Response):
    """A comment. A deleted one is shown without its words."""

    id: UUID
    card_id: UUID
    author_id: UUID
    body: str = Field(examples=["@octocat, does the bank answer?"])
    mention_ids: list[UUID] = Field(description="People of the workspace whom it mentions.")
    created_at: datetime
    edited_at: datetime | None = Field(examples=[None])
    deleted_at: datetime | None = Field(examples=[None])


class WatchersResponse(Response):
    """Who hears of a card."""

    watcher_ids: list[UUID] = Field(
        description="People who said so, are on the card or commented, unless they said no."
    )
    watching: bool = Field(description="Whether the caller is among them.")


class PastedCards(Response):
    """The cards that lines became, in their order."""

    cards: list[CardResponse]
    over_limit: OverLimit


class MovedCard(Response):
    """Where a card is now, and since which version of its board."""

    id: UUID
    key: str = Field(examples=["PAY-12"])
    column_id: UUID
    rank: str = Field(examples=["a1"])
    started_at: datetime | None
    completed_at: datetime | None = Field(examples=[None])
    version: int = Field(examples=[8])
    over_limit: OverLimit


class TimelineActor(Response):
    """Who made a change."""

    kind: ActorKind
    user_id: UUID | None


class TimelineEntry(Response):
    """One change of a card, from the event log."""

    version: int = Field(examples=[8])
    type: str = Field(examples=["card.updated"])
    actor: TimelineActor
    at: datetime
    operation_id: UUID = Field(description="Changes of one request share it.")
    entity: str = Field(examples=["card"])
    before: dict[str, Any] | None = Field(examples=[{"title": "Refund"}])
    after: dict[str, Any] | None = Field(examples=[{"title": "Refund a payment twice"}])
    reason: dict[str, Any] | None = Field(
        examples=[None],
        description="Why Taskly did it by itself, if it did, or the board that a card came from or went to.",
    )

    @classmethod
    def of(cls, event: Event) -> Self:
        """The entry for an event of the log."""
        return cls(
            version=event.version,
            type=event.type,
            actor=TimelineActor(kind=event.actor_kind, user_id=event.actor_id),
            at=event.created_at,
            operation_id=event.operation_id,
            entity=event.data["entity"],
            before=event.data["before"],
            after=event.data["after"],
            reason=event.data.get("reason"),
        )


_COLUMNS = frozenset(CardResponse.model_fields) - {"key", *Hanging.__dataclass_fields__}
