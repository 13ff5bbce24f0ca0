"""What the API shows of a card's code."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from taskly.boards.snapshot_schema import BranchOnBoard, PullRequestOnBoard
from taskly.github.rules.checks import ChecksState, CheckState
from taskly.github.rules.drift import Drift
from taskly.github.rules.reviews import ReviewState
from taskly.github.stopping.schemas import StoppedRuleResponse
from taskly.platform.http.schema import Response


class ReviewResponse(Response):
    """The last word of one reviewer."""

    reviewer: str = Field(examples=["hubot"])
    state: ReviewState = Field(examples=["approved"])
    submitted_at: datetime
    url: str | None = Field(
        examples=["https://github.com/octo/payments/pull/34#pullrequestreview-1"]
    )


class CheckResponse(Response):
    """A check run or a commit status of the head commit."""

    kind: Literal["check_run", "status"]
    app: str = Field(examples=["github-actions"])
    name: str = Field(examples=["tests"])
    state: CheckState
    required: bool = Field(
        examples=[True], description="Whether it has to pass before the pull request can be merged."
    )
    conclusion: str | None = Field(examples=["success"], description="GitHub's own word.")
    url: str | None = Field(examples=["https://github.com/octo/payments/actions/runs/1"])


class RequiredChecksResponse(Response):
    """What has to pass before a pull request can be merged, by its base branch's protection and rulesets."""

    state: ChecksState | None = Field(
        examples=["pending"],
        description="What the required checks come to; null if none is required.",
    )
    expected: list[str] = Field(
        examples=[["deploy"]], description="Required ones of which nothing was reported yet."
    )
    only_optional_fail: bool = Field(
        examples=[False], description="Whether checks fail, but none that is required."
    )


class MergeabilityResponse(Response):
    """Whether GitHub could merge a pull request, when it was last heard of."""

    mergeable: bool
    state: str = Field(
        examples=["clean"],
        description="GitHub's own word: `clean`; `dirty`, there are conflicts; `blocked` by a rule; `behind` its base; "
        "`unstable`, checks that are not required fail or go on; `draft`; `has_hooks`.",
    )
    verified_at: datetime = Field(description="The base branch may have changed since.")


class CommitResponse(Response):
    """A commit of a pull request."""

    sha: str = Field(examples=["9f2c1d0b7a5e4c3f8d6b1a0e9f2c1d0b7a5e4c3f"])
    message: str = Field(
        examples=["Refund a payment twice (PAY-12)"], description="Its first line."
    )
    author: str = Field(
        examples=["octocat"], description="The login at GitHub, or the name if it knows none."
    )
    url: str = Field(
        examples=[
            "https://github.com/octo/payments/pull/34/commits/9f2c1d0b7a5e4c3f8d6b1a0e9f2c1d0b7a5e4c3f"
        ]
    )
    committed_at: datetime


class PullRequestDetail(PullRequestOnBoard):
    """A pull request of a card, with what its reviewers and checks say."""

    draft: bool
    head_sha: str = Field(examples=["9f2c1d0b7a5e4c3f8d6b1a0e9f2c1d0b7a5e4c3f"])
    additions: int | None = Field(examples=[120])
    deletions: int | None = Field(examples=[8])
    changed_files: int | None = Field(examples=[5])
    commit_count: int | None = Field(
        examples=[3], description="How many commits GitHub says it has; null if it has not said."
    )
    commits: list[CommitResponse] = Field(
        description="Those that are known, newest first, at most 100."
    )
    mergeability: MergeabilityResponse | None = Field(
        description="Null while GitHub has not found out, and of closed ones."
    )
    merged_by: str | None = Field(examples=[None])
    requested_reviewers: list[str] = Field(examples=[["hubot"]])
    reviews: list[ReviewResponse]
    check_runs: list[CheckResponse]
    required_checks: RequiredChecksResponse | None = Field(
        description="Null while it is not known what the base branch requires, and of closed ones."
    )


class SignOfDrift(Response):
    """Something that shows that a card and its code have come apart."""

    kind: Drift = Field(examples=["merged_not_done"])
    repository: str = Field(examples=["octo/payments"])
    pull_request: int | None = Field(
        examples=[34], description="Its number; null if it is a branch that shows it."
    )
    branch: str | None = Field(examples=[None])
    since: datetime = Field(
        description="When it was merged, opened, last touched, or gone, or began to fail."
    )
    advice: str = Field(
        examples=[
            "octo/payments#34 is merged: move the card to Done, or go on in another pull request."
        ],
        description="What to do, in a sentence.",
    )


class DriftingCard(Response):
    """A card that has come apart from its code."""

    id: UUID
    key: str = Field(examples=["PAY-12"])
    title: str = Field(examples=["Refund a payment twice"])
    column_id: UUID
    column_name: str = Field(examples=["In Review"])
    drift: list[SignOfDrift]


class Development(Response):
    """The code of a card."""

    branches: list[BranchOnBoard]
    pull_requests: list[PullRequestDetail]
    drift: list[SignOfDrift] = Field(
        description="Where it and the card have come apart; nothing of cards in the archive."
    )
    stopped_rules: list[StoppedRuleResponse] = Field(
        description="The rules of the board that must not move the card."
    )
