"""What the demonstration reads of Taskly's answers: a few fields, whatever else there is."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """Something that the API shows."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Thing(Answer):
    """Something on a board that has an id."""

    id: UUID


class Page(Answer):
    """One page of a list."""

    items: list[dict[str, Any]]
    next_cursor: str | None


class TokenPair(Answer):
    """What signing in gives."""

    access_token: str


class NewToken(Thing):
    """A personal token, which is shown once."""

    token: str


class Workspace(Thing):
    """A workspace."""

    name: str


class Member(Answer):
    """Somebody in a workspace."""

    user_id: UUID
    login: str


class Board(Thing):
    """A board without what lies on it."""

    name: str
    key: str


class Column(Thing):
    """A column."""

    name: str
    category: str


class Label(Thing):
    """A label."""

    name: str


class Sprint(Thing):
    """A sprint."""

    name: str


class Card(Thing):
    """A card."""

    number: int
    column_id: UUID
    title: str
    sprint_id: UUID | None


class OnCard(Thing):
    """Something that belongs to a card."""

    card_id: UUID


class Branch(OnCard):
    """A branch of a card."""

    repository: str
    name: str
    state: str


class PullRequest(OnCard):
    """A pull request of a card."""

    repository: str
    number: int
    title: str
    state: str
    author: str
    head_branch: str
    review_decision: str | None
    checks: str | None


class Snapshot(Board):
    """A whole board at one version."""

    version: int
    columns: list[Column]
    labels: list[Label]
    sprints: list[Sprint]
    cards: list[Card]
    branches: list[Branch]
    pull_requests: list[PullRequest]


class Repository(Thing):
    """A connected repository."""

    full_name: str
    health: str
    problem: str | None
    last_sync_at: datetime | None


class TimelineEntry(Answer):
    """One change of a card."""

    version: int
    type: str
    reason: dict[str, Any] | None


class Change(Answer):
    """What an event says: the fields of one thing, before and after."""

    entity: str
    id: UUID
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class Heard(Answer):
    """A message of a board's socket."""

    kind: str
    version: int | None = None
    data: Change | None = None
