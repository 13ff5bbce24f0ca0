"""Pull requests, issues, comments and reviews."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from taskly.fake_github.world.accounts import Account

ReviewState = Literal["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING"]
Verdict = Literal["APPROVE", "REQUEST_CHANGES", "COMMENT"]

STATE_AFTER: dict[Verdict, ReviewState] = {
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
    "COMMENT": "COMMENTED",
}
VERDICTS: frozenset[ReviewState] = frozenset({"APPROVED", "CHANGES_REQUESTED"})
"""Reviews that count until they are dismissed."""


@dataclass(frozen=True)
class Label:
    """A label of a repository."""

    id: int
    name: str
    color: str
    description: str | None = None


@dataclass(eq=False)
class Milestone:
    """What issues are to be done for, and by when."""

    id: int
    number: int
    title: str
    creator: Account
    created_at: datetime
    updated_at: datetime
    due_on: datetime | None = None
    closed_at: datetime | None = None


@dataclass(eq=False)
class Comment:
    """A comment below an issue or a pull request."""

    id: int
    author: Account
    body: str
    created_at: datetime
    updated_at: datetime


@dataclass(eq=False)
class Review:
    """A review of a pull request, for the commit that was its head."""

    id: int
    author: Account
    state: ReviewState
    body: str
    commit_sha: str
    submitted_at: datetime | None


@dataclass(eq=False)
class Issue:
    """An issue, or what a pull request has in common with issues."""

    id: int
    number: int
    author: Account
    title: str
    body: str | None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None
    closed_by: Account | None = None
    state_reason: str | None = None
    labels: list[Label] = field(default_factory=list)
    assignees: list[Account] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    milestone: Milestone | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is neither closed nor merged."""
        return self.closed_at is None

    @property
    def state(self) -> Literal["open", "closed"]:
        """GitHub's word for it; a merged pull request is closed."""
        return "open" if self.is_open else "closed"


@dataclass(eq=False, kw_only=True)
class PullRequest(Issue):
    """A wish to merge one branch of the repository into another.

    `id` is the pull request's, `issue_id` that of the issue behind it. `base_sha` is the tip of the
    base branch when the pull request was opened, last pushed to or merged.
    """

    issue_id: int
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str
    draft: bool = False
    merged_at: datetime | None = None
    merged_by: Account | None = None
    merge_commit_sha: str | None = None
    requested_reviewers: list[Account] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)

    @property
    def is_merged(self) -> bool:
        """Whether its commits are in the base branch."""
        return self.merged_at is not None
