"""What the API shows of GitHub and takes for it."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from taskly.boards.snapshot_schema import BranchOnBoard
from taskly.github.models import GitRepository, Health, Via
from taskly.github.rules.automation import Needed
from taskly.github.rules.branch_patterns import LONGEST_PATTERN, check_pattern
from taskly.github.rules.permissions import Permission
from taskly.platform.http.schema import Flag, Line, Request, Response, written

FullName = Annotated[
    str,
    Field(
        pattern=written(
            r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}/\.?[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}$",
            "write the repository as owner/name",
        ),
        description="`owner/name`.",
        examples=["octo/payments"],
    ),
]
BranchName = Annotated[Line, Field(max_length=200, examples=["feature/PAY-12-refund-twice"])]


class ConnectRepository(Request):
    """A repository that the caller administers at GitHub."""

    full_name: FullName


class CreateBranch(Request):
    """A branch to make. What is left out is chosen: the board's default repository or the only one there is, its default
    branch, a name.

    A chosen name that is taken gets a number behind it; a given one is refused.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{}, {"base": "main", "name": "feature/PAY-12-refund-twice"}]
        }
    )

    repository_id: UUID | None = None
    base: BranchName | None = None
    name: BranchName | None = None


class RepositoryResponse(Response):
    """A connected repository."""

    id: UUID
    workspace_id: UUID
    full_name: str = Field(examples=["octo/payments"])
    default_branch: str = Field(examples=["main"])
    private: bool = Field(examples=[True])
    archived: bool = Field(
        examples=[False], description="Read-only at GitHub, so no branch can be made there."
    )
    permission: Permission = Field(
        examples=["admin"],
        description="The highest that the account has there in whose name Taskly acts.",
    )
    via: Via = Field(
        examples=["app"],
        description="Who acts for it at GitHub: the GitHub `app`, or the `token` of who connected it.",
    )
    health: Health = Field(examples=["healthy"])
    problem: str | None = Field(
        examples=[None], description="What is wrong, and what to do about it."
    )
    last_sync_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, row: GitRepository) -> Self:
        """The answer for a repository."""
        return cls.model_validate(row)


class ConnectedRepository(RepositoryResponse):
    """A repository whose webhook is being made by a job."""

    job_id: UUID


class ReceiptResponse(Response):
    """What became of a delivery."""

    state: str = Field(
        examples=["received"],
        description="`received` will be worked out, `ignored` will not; `duplicate` was here before.",
    )
    duplicate: bool


class JobPromise(Response):
    """Work that a job does."""

    job_id: UUID


class BranchPromise(Response):
    """A branch that is being made by a job."""

    job_id: UUID
    branch: BranchOnBoard


class RuleResponse(Response):
    """How a board wants one of its rules."""

    enabled: bool = Field(examples=[True])
    column_id: UUID | None = Field(
        examples=[None],
        description="Where cards go; null for the column that the rule finds by itself.",
    )
    forward_only: bool = Field(
        examples=[True], description="Whether cards never go back to the left."
    )


class TargetResponse(Response):
    """Base branches that a rule heeds, and where their cards go."""

    pattern: str = Field(examples=["release/*"])
    column_id: UUID | None = Field(examples=[None], description="Null for the column of the rule.")


class PullRequestRuleResponse(RuleResponse):
    """How a board wants one of its rules about pull requests."""

    targets: list[TargetResponse] = Field(
        description="The base branches that the rule heeds; it heeds all if there is none."
    )


class AutomationResponse(Response):
    """How a board wants its rules."""

    branch_created: RuleResponse
    pull_request_opened: PullRequestRuleResponse
    changes_requested: PullRequestRuleResponse
    closed: PullRequestRuleResponse
    merged: PullRequestRuleResponse
    merged_needs: Needed = Field(
        description="Whether any or all of the closing pull requests have to be merged."
    )
    branch_template: str = Field(
        examples=["feature/{key}-{number}-{title}"], description="The names of new branches."
    )
    comment_on_pull_requests: bool = Field(
        examples=[False],
        description="Whether a comment on each pull request shows its reviewers the card. When it is switched off, "
        "those on open pull requests are taken away.",
    )
    default_repository_id: UUID | None = Field(
        examples=[None], description="Where branches are made, unless another repository is named."
    )
    assign_author: bool = Field(
        examples=[False],
        description="Whether who begins to work at GitHub is put on a card on which nobody is.",
    )


class UpdateRule(Request):
    """Settings of a rule to change; absent ones stay, a null column is chosen by the rule itself."""

    enabled: Flag = True
    column_id: UUID | None = None
    forward_only: Flag = True

    def changes(self) -> dict[str, Any]:
        """The settings that the caller sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class TargetBranches(Request):
    """Base branches that a rule is to heed, and where their cards go."""

    pattern: Annotated[
        Line,
        AfterValidator(check_pattern),
        Field(
            max_length=LONGEST_PATTERN,
            description="The name of a branch; * stands for anything up to the next slash, ** for anything at all, "
            "and ? for one character.",
            examples=["release/*"],
        ),
    ]
    column_id: UUID | None = Field(default=None, description="Null for the column of the rule.")


class UpdatePullRequestRule(UpdateRule):
    """Settings of a rule about pull requests to change."""

    targets: Annotated[list[TargetBranches], Field(max_length=20)] = Field(
        default=[],
        description="The only base branches that the rule is to heed; the first that fits says where the card goes. "
        "Without any it heeds all.",
    )


class UpdateAutomation(Request):
    """Rules to change; absent ones stay."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"closed": {"enabled": True}, "merged_needs": "all"},
                {"merged": {"targets": [{"pattern": "main"}, {"pattern": "release/*"}]}},
            ],
        }
    )

    branch_created: UpdateRule = UpdateRule()
    pull_request_opened: UpdatePullRequestRule = UpdatePullRequestRule()
    changes_requested: UpdatePullRequestRule = UpdatePullRequestRule()
    closed: UpdatePullRequestRule = UpdatePullRequestRule()
    merged: UpdatePullRequestRule = UpdatePullRequestRule()
    merged_needs: Needed | None = None
    branch_template: Annotated[Line, Field(max_length=200)] | None = Field(
        default=None, description="With the variables {key}, {number}, {title}, {type} and {user}."
    )
    comment_on_pull_requests: Flag | None = Field(
        default=None,
        description="Whoever may see the pull request reads the card's title and criteria there.",
    )
    default_repository_id: UUID | None = Field(
        default=None, description="One that is connected to the workspace; null for none."
    )
    assign_author: Flag | None = Field(
        default=None,
        description="It happens once in a card's life, and never beside somebody else.",
    )


class JobResponse(Response):
    """How a promised piece of work stands."""

    id: UUID
    kind: str = Field(examples=["github.create_branch"])
    state: Literal["pending", "running", "done", "dead"] = Field(examples=["done"])
    attempts: int = Field(examples=[1])
    progress: dict[str, Any] | None = Field(examples=[None])
    result: dict[str, Any] | None = Field(examples=[None])
    error: str | None = Field(examples=[None], description="What went wrong in the last attempt.")
    created_at: datetime
    finished_at: datetime | None
