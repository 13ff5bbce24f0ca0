"""The form of a board's snapshot, which is also the form of the things that live events speak of.

Boards set the form; the domains to the right fill their lists (see `SnapshotPart`). The bytes come
straight from PostgreSQL: these classes document them, and tests hold the two together.
"""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from taskly.boards.rules import Category, WipPolicy
from taskly.platform.http.problems import NotFound, problems
from taskly.platform.http.schema import Response


class ColumnOnBoard(Response):
    """A column; columns stand in the order of their ranks."""

    id: UUID
    name: str = Field(examples=["In Review"])
    category: Category
    rank: str = Field(examples=["a1"], description="Orders the columns, compared bytewise.")
    wip_limit: int | None = Field(examples=[3])


class LabelOnBoard(Response):
    """A label."""

    id: UUID
    name: str = Field(examples=["bug"])
    color: str = Field(examples=["#d73a4a"])


class SprintOnBoard(Response):
    """A sprint; its status follows from its days, unless people started or completed it."""

    id: UUID
    name: str = Field(examples=["Sprint 12"])
    goal: str = Field(examples=["Refunds work twice"])
    starts_on: date = Field(examples=["2026-11-23"])
    ends_on: date = Field(examples=["2026-12-04"])
    capacity: int = Field(examples=[40])
    started_at: datetime | None = Field(description="When people started it, if they did.")
    completed_at: datetime | None = Field(
        examples=[None], description="When people completed it, if they did."
    )


class ChecklistItem(Response):
    """A step on the way to a card's end."""

    id: UUID
    text: str = Field(examples=["Ask the bank"])
    done: bool


class Attachment(Response):
    """A link that belongs to a card."""

    id: UUID
    url: str = Field(examples=["https://example.com/refunds.pdf"])
    title: str = Field(examples=["How refunds work"])


class CardOnBoard(Response):
    """A card, with everything that a board shows of it."""

    id: UUID
    number: int = Field(examples=[12])
    column_id: UUID
    rank: str = Field(
        examples=["a1"], description="Orders the cards of a column, compared bytewise."
    )
    title: str = Field(examples=["Refund a payment twice"])
    description: str = Field(examples=["The second refund fails."])
    acceptance_criteria: str = Field(examples=["- [ ] Both refunds arrive"])
    priority: Literal["none", "low", "medium", "high", "urgent"]
    story_points: int | None = Field(examples=[3])
    due_date: date | None
    sprint_id: UUID | None
    assignee_ids: list[UUID]
    label_ids: list[UUID]
    blocker_ids: list[UUID] = Field(description="Cards that have to be done before this one.")
    checklist: list[ChecklistItem]
    attachments: list[Attachment]
    comment_count: int = Field(examples=[2])
    started_at: datetime | None
    completed_at: datetime | None = Field(examples=[None])
    created_at: datetime
    updated_at: datetime
    version: int = Field(
        examples=[7], description="The board's version that last changed this card."
    )


class BranchOnBoard(Response):
    """A branch of a card."""

    id: UUID
    card_id: UUID
    repository: str = Field(examples=["octo/payments"])
    name: str = Field(examples=["feature/PAY-12-refund-a-payment-twice"])
    url: str = Field(
        examples=["https://github.com/octo/payments/tree/feature/PAY-12-refund-a-payment-twice"]
    )
    state: Literal["creating", "created", "failed", "deleted"] = Field(examples=["created"])
    error: str | None = Field(examples=[None])


class PullRequestOnBoard(Response):
    """A pull request on a card: one entry for each card that it is linked to."""

    id: UUID = Field(description="The link's id.")
    card_id: UUID
    repository: str = Field(examples=["octo/payments"])
    number: int = Field(examples=[34])
    title: str = Field(examples=["PAY-12 Refund a payment twice"])
    url: str = Field(examples=["https://github.com/octo/payments/pull/34"])
    state: Literal["open", "draft", "closed", "merged"]
    author: str = Field(examples=["octocat"])
    head_branch: str = Field(examples=["feature/PAY-12-refund-a-payment-twice"])
    base_branch: str = Field(examples=["main"])
    review_decision: Literal["approved", "changes_requested", "review_required"] | None
    checks: Literal["passing", "failing", "pending"] | None
    source: Literal["manual", "branch", "title", "body", "commit", "created"] = Field(
        examples=["branch"]
    )
    closes: bool = Field(examples=[True], description="Whether merging it completes the card.")
    merged_at: datetime | None = Field(examples=[None])
    verified_at: datetime = Field(description="How fresh these facts are.")


class BoardSnapshot(Response):
    """A whole board at one version."""

    id: UUID
    workspace_id: UUID
    name: str = Field(examples=["Payments"])
    key: str = Field(examples=["PAY"])
    version: int = Field(examples=[7])
    automation: dict[str, Any] = Field(examples=[{}])
    wip_policy: WipPolicy
    archived_at: datetime | None = Field(examples=[None])
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
