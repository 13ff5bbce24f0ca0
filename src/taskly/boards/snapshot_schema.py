"""The form of a board's snapshot, which is also the form of the things that live events speak of.

Boards set the form; the domains to the right fill their lists (see `SnapshotPart`). The bytes come
straight from PostgreSQL: these classes document them, and tests hold the two together.
"""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from taskly.boards.rules import Category
from taskly.platform.http.problems import NotFound, problems
from taskly.platform.http.schema import Response


class ColumnOnBoard(Response):
    """A column; columns stand in the order of their ranks."""

    id: UUID
    name: str
    category: Category
    rank: str = Field(description="Orders the columns, compared bytewise.")
    wip_limit: int | None


class LabelOnBoard(Response):
    """A label."""

    id: UUID
    name: str
    color: str


class SprintOnBoard(Response):
    """A sprint; its status follows from its dates."""

    id: UUID
    name: str
    goal: str
    starts_on: date
    ends_on: date
    capacity: int


class CardOnBoard(Response):
    """A card, with everything that a board shows of it."""

    id: UUID
    number: int
    column_id: UUID
    rank: str = Field(description="Orders the cards of a column, compared bytewise.")
    title: str
    description: str
    acceptance_criteria: str
    priority: Literal["none", "low", "medium", "high", "urgent"]
    story_points: int | None
    due_date: date | None
    sprint_id: UUID | None
    assignee_ids: list[UUID]
    label_ids: list[UUID]
    started_at: datetime | None
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int = Field(description="The board's version that last changed this card.")


class BranchOnBoard(Response):
    """A branch of a card."""

    id: UUID
    card_id: UUID
    repository: str = Field(examples=["octo/payments"])
    name: str
    url: str
    state: Literal["creating", "created", "failed", "deleted"]
    error: str | None


class PullRequestOnBoard(Response):
    """A pull request on a card: one entry for each card that it is linked to."""

    id: UUID = Field(description="The link's id.")
    card_id: UUID
    repository: str = Field(examples=["octo/payments"])
    number: int
    title: str
    url: str
    state: Literal["open", "draft", "closed", "merged"]
    author: str
    head_branch: str
    base_branch: str
    review_decision: Literal["approved", "changes_requested", "review_required"] | None
    checks: Literal["passing", "failing", "pending"] | None
    source: Literal["manual", "branch", "title", "body", "commit", "created"]
    closes: bool = Field(description="Whether merging it completes the card.")
    merged_at: datetime | None
    verified_at: datetime = Field(description="How fresh these facts are.")


class BoardSnapshot(Response):
    """A whole board at one version."""

    id: UUID
    workspace_id: UUID
    name: str
    key: str
    version: int
    automation: dict[str, Any]
    archived_at: datetime | None
    columns: list[ColumnOnBoard]
    labels: list[LabelOnBoard]
    sprints: list[SprintOnBoard]
    cards: list[CardOnBoard] = Field(
        description="All but archived ones, column by column in order."
    )
    branches: list[BranchOnBoard]
    pull_requests: list[PullRequestOnBoard]


SNAPSHOT_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"model": BoardSnapshot, "description": "The board."},
    304: {"description": "The caller's copy is the present version."},
    **problems(NotFound),
}
