"""What a file comes to: a board as it would be made, and what can't be had of the file."""

from collections import Counter
from datetime import date, datetime

from pydantic import BaseModel, Field

from taskly.boards.rules import Category
from taskly.cards.models import Priority

MOST_CARDS = 10_000
MOST_COMMENTS = 50_000
MOST_EXAMPLES = 3


def too_many_cards() -> "FileUnreadable":
    """The refusal of a file that is too large for one board."""
    return FileUnreadable(f"The file has more than {MOST_CARDS} cards: take it in parts.")


class FileUnreadable(ValueError):
    """The file is not what it was said to be; the message says where, and what was expected."""


class Step(BaseModel):
    """An item of a checklist."""

    text: str
    done: bool = False


class Link(BaseModel):
    """An attachment."""

    url: str
    title: str


class Comment(BaseModel):
    """What somebody said, in words that name who it was and when."""

    body: str


class Origin(BaseModel):
    """The issue of which a card is made."""

    id: int
    number: int
    updated_at: datetime


class PlannedCard(BaseModel):
    """A card as it would be made."""

    title: str
    description: str = ""
    column: str
    priority: Priority = Priority.NONE
    story_points: int | None = None
    due_date: date | None = None
    archived: bool = False
    labels: list[str] = []
    people: list[str] = []
    """As the file names them."""
    steps: list[Step] = []
    links: list[Link] = []
    comments: list[Comment] = []
    acceptance_criteria: str = ""
    sprint: str | None = None
    created_at: datetime | None = None
    closed_at: datetime | None = None
    """Both as far as they are known."""
    origin: Origin | None = None


class PlannedColumn(BaseModel):
    """A column as it would be made."""

    name: str
    category: Category


class PlannedLabel(BaseModel):
    """A label as it would be made."""

    name: str
    color: str


class PlannedSprint(BaseModel):
    """A sprint as it would be made."""

    name: str
    starts_on: date
    ends_on: date


class Note(BaseModel):
    """Something that does not come over as it was."""

    kind: str = Field(examples=["not_mapped"])
    about: str = Field(examples=["Reporter"], description="The field of the file.")
    count: int = Field(examples=[12], description="How often it is so.")
    examples: list[str] = Field(examples=[["ann"]])


class Plan(BaseModel):
    """A board as it would be made."""

    name: str = ""
    columns: list[PlannedColumn] = []
    labels: list[PlannedLabel] = []
    sprints: list[PlannedSprint] = []
    people: list[str] = []
    cards: list[PlannedCard] = []
    notes: list[Note] = []

    def cards_in_columns(self) -> list[int]:
        """How many cards each column has, in the order of the columns."""
        found = Counter(card.column for card in self.cards)
        return [found[column.name] for column in self.columns]

    def counts(self) -> dict[str, int]:
        """How many there are of each kind."""
        return {
            "columns": len(self.columns),
            "labels": len(self.labels),
            "cards": len(self.cards),
            "archived": sum(card.archived for card in self.cards),
            "steps": sum(len(card.steps) for card in self.cards),
            "links": sum(len(card.links) for card in self.cards),
            "comments": sum(len(card.comments) for card in self.cards),
            "card_labels": sum(len(card.labels) for card in self.cards),
            "due_dates": sum(card.due_date is not None for card in self.cards),
            "story_points": sum(card.story_points is not None for card in self.cards),
            "priorities": sum(card.priority is not Priority.NONE for card in self.cards),
        }
