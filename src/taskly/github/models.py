"""Tables of what we hold of GitHub, and of the links between that and cards.

Everything belongs to one connection, which is a repository in a workspace: two workspaces with the same
repository share nothing.
"""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskly.github.rules.automation import Rule
from taskly.github.rules.checks import CheckKind, ChecksState, CheckState
from taskly.github.rules.facts import PullRequestState
from taskly.github.rules.linking import LinkSource
from taskly.github.rules.permissions import Permission, permission_in
from taskly.github.rules.reviews import ReviewDecision, ReviewState
from taskly.platform.tables import Base, Identified, Timestamped, native_enum

NAME_LENGTH = 255
URL_LENGTH = 2000
TITLE_LENGTH = 1024
BODY_LENGTH = 65_536
MESSAGE_LENGTH = 4_000
ERROR_LENGTH = 2_048
OF_APP = "active AND installation_id IS NOT NULL"


class Health(enum.StrEnum):
    """How a connection is doing; what is wrong stands beside it in words."""

    CONNECTING = "connecting"
    HEALTHY = "healthy"
    FAILING = "failing"
    DISCONNECTED = "disconnected"


class Via(enum.StrEnum):
    """Through whom a connection acts at GitHub by itself."""

    APP = "app"
    TOKEN = "token"  # noqa: S105 - a word


class Alert(enum.StrEnum):
    """What admins are told of a connection at once, because boards may be wrong."""

    DELIVERIES_DEAD = "deliveries_dead"
    SILENT = "silent"
    ACCESS_LOST = "access_lost"
    REPOSITORY_DELETED = "repository_deleted"
    APP_SHUT_OUT = "app_shut_out"


class GitRepository(Identified, Timestamped, Base):
    """A repository of GitHub in a workspace. A disconnected one stays, with its history."""

    __tablename__ = "git_repositories"
    __table_args__ = (
        UniqueConstraint("workspace_id", "github_id"),
        UniqueConstraint("workspace_id", "id"),
        Index("ix_git_repositories_connected_by", "connected_by"),
        Index("ix_git_repositories_next_sync_at", "next_sync_at", postgresql_where=text("active")),
        Index(
            "ix_git_repositories_installation_id", "installation_id", postgresql_where=text(OF_APP)
        ),
        Index("ix_git_repositories_of_app", "github_id", postgresql_where=text(OF_APP)),
        CheckConstraint("char_length(owner) BETWEEN 1 AND 255", name="owner_length"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 255", name="name_length"),
        CheckConstraint("char_length(default_branch) <= 255", name="default_branch_length"),
        CheckConstraint("char_length(problem) <= 2048", name="problem_length"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    github_id: Mapped[int] = mapped_column(BigInteger)
    owner: Mapped[str]
    name: Mapped[str]
    default_branch: Mapped[str]
    private: Mapped[bool]
    archived: Mapped[bool] = mapped_column(default=False, server_default="false")
    permissions: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    """What the account that connected it may do there, in GitHub's words."""
    gone_at: Mapped[datetime | None]
    """When it was told that the repository was deleted at GitHub."""
    installation_id: Mapped[int | None] = mapped_column(BigInteger)
    """The installation of our GitHub App through which it is connected; None if by the token of a person."""
    webhook_id: Mapped[int | None] = mapped_column(BigInteger)
    webhook_refusal: Mapped[str | None]
    """Why GitHub makes none, as it can't reach this installation: then it is asked instead."""
    webhook_secret: Mapped[str | None]
    """Encrypted, see `taskly.github.deliveries.webhook_secrets`."""
    previous_webhook_secret: Mapped[str | None]
    """Encrypted. Counts too until GitHub has taken the new one."""
    connected_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    connected_at: Mapped[datetime] = mapped_column(server_default=func.now())
    """Since when what happens there is seen: when it was connected, the last time if it was disconnected meanwhile."""
    active: Mapped[bool] = mapped_column(default=True, server_default="true")
    health: Mapped[Health] = mapped_column(
        native_enum(Health, "repository_health"),
        default=Health.CONNECTING,
        server_default="connecting",
    )
    problem: Mapped[str | None]
    refused_at: Mapped[datetime | None]
    """When the access of whoever connected it was refused, see `connections.access_lost`."""
    last_sync_at: Mapped[datetime | None]
    """When the last reconciliation began that came to its end: what GitHub changed before is known."""
    next_sync_at: Mapped[datetime | None]
    """When the next one is due; None until the first has been."""
    last_reconciliation: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """What the last one did, see `syncing.reconciliation`."""
    heard_at: Mapped[datetime | None]
    """When the webhook first said something. One that never did can't reach us, and GitHub is asked often."""
    silent_since: Mapped[datetime | None]
    """Since when changes were found of which the webhook should have told."""
    github_updated_at: Mapped[datetime]
    """As of when name, default branch and visibility are known."""

    @property
    def via(self) -> Via:
        """Through whom it acts when nobody in particular does something."""
        return Via.TOKEN if self.installation_id is None else Via.APP

    @property
    def has_webhook(self) -> bool:
        """Whether GitHub was asked to tell what happens: by a webhook of its own, or that of the app."""
        return self.webhook_id is not None or self.via is Via.APP

    @property
    def full_name(self) -> str:
        """What GitHub calls it: `owner/name`."""
        return f"{self.owner}/{self.name}"

    @property
    def permission(self) -> Permission:
        """The highest that the account has there that connected it."""
        return permission_in(self.permissions)


def of_repository(table: str) -> tuple[Any, ...]:
    """What ties the rows of a table to their connection, and finds them by it."""
    return (
        ForeignKeyConstraint(
            ["workspace_id", "repository_id"],
            ["git_repositories.workspace_id", "git_repositories.id"],
            ondelete="CASCADE",
            name=f"fk_{table}_repository",
        ),
        Index(f"ix_{table}_workspace_id_repository_id", "workspace_id", "repository_id"),
    )


def of_pull_request(table: str) -> tuple[Any, ...]:
    """What ties the rows of a table to a pull request, and finds them by it."""
    return (
        ForeignKeyConstraint(
            ["workspace_id", "pull_request_id"],
            ["pull_requests.workspace_id", "pull_requests.id"],
            ondelete="CASCADE",
            name=f"fk_{table}_pull_request",
        ),
        Index(f"ix_{table}_workspace_id_pull_request_id", "workspace_id", "pull_request_id"),
    )


def _of_card(table: str) -> tuple[Any, ...]:
    return (
        ForeignKeyConstraint(
            ["board_id", "card_id"],
            ["cards.board_id", "cards.id"],
            ondelete="CASCADE",
            onupdate="CASCADE",
            name=f"fk_{table}_card",
        ),
        Index(f"ix_{table}_board_id_card_id", "board_id", "card_id"),
    )


class PullRequestRow(Identified, Timestamped, Base):
    """A pull request as GitHub last described it, with what its reviews and checks come to."""

    __tablename__ = "pull_requests"
    __table_args__ = (
        *of_repository("pull_requests"),
        UniqueConstraint("repository_id", "number"),
        UniqueConstraint("workspace_id", "id"),
        Index("ix_pull_requests_repository_id_head_sha", "repository_id", "head_sha"),
        Index("ix_pull_requests_repository_id_head_branch", "repository_id", "head_branch"),
        Index(
            "ix_pull_requests_repository_id_merged_at",
            "repository_id",
            "merged_at",
            postgresql_where=text("merged_at IS NOT NULL"),
        ),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint(f"char_length(title) <= {TITLE_LENGTH}", name="title_length"),
        CheckConstraint(f"char_length(body) <= {BODY_LENGTH}", name="body_length"),
        CheckConstraint(f"char_length(url) <= {URL_LENGTH}", name="url_length"),
    )

    workspace_id: Mapped[UUID]
    repository_id: Mapped[UUID]
    github_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int]
    title: Mapped[str]
    body: Mapped[str]
    url: Mapped[str]
    author: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(BigInteger)
    """GitHub's id of the account; None if that is gone, or nothing was told since it is kept."""
    state: Mapped[PullRequestState] = mapped_column(
        native_enum(PullRequestState, "pull_request_state")
    )
    draft: Mapped[bool]
    """Whether it is, or ended as, a draft."""
    was_ready: Mapped[bool]
    """Whether it was ever anything else."""
    drafted_at: Mapped[datetime | None]
    """As of when it is first known to have been a draft; None if it never was."""
    ready_at: Mapped[datetime | None]
    """As of when it is first known to have been ready for review."""
    head_branch: Mapped[str]
    head_sha: Mapped[str]
    head_fork: Mapped[str | None]
    base_branch: Mapped[str]
    requested_reviewers: Mapped[list[str]] = mapped_column(JSONB)
    opened_at: Mapped[datetime]
    merged_at: Mapped[datetime | None]
    merged_by: Mapped[str | None]
    merge_sha: Mapped[str | None]
    """The commit with which it came into the base branch."""
    additions: Mapped[int | None]
    deletions: Mapped[int | None]
    changed_files: Mapped[int | None]
    size_as_of: Mapped[datetime | None]
    commit_count: Mapped[int | None]
    """None if it was not told of this head and this base."""
    mergeable: Mapped[bool | None]
    mergeable_state: Mapped[str | None]
    """GitHub's word for what stands in the way. Both are None while it has not found out."""
    mergeability_verified_at: Mapped[datetime | None]
    github_updated_at: Mapped[datetime]
    """GitHub's `updated_at`: what is older does not overwrite it."""
    asked: Mapped[bool]
    """Whether GitHub was asked for this description, see `rules.facts`."""
    review_decision: Mapped[ReviewDecision | None] = mapped_column(
        native_enum(ReviewDecision, "review_decision")
    )
    checks: Mapped[ChecksState | None] = mapped_column(native_enum(ChecksState, "checks_state"))
    required_checks: Mapped[ChecksState | None] = mapped_column(
        native_enum(ChecksState, "checks_state")
    )
    """What those come to that its base branch requires; None if none are, as far as is known."""
    verified_at: Mapped[datetime]
    """When GitHub last told something new of it, or confirmed what was known."""


class PullRequestReview(Identified, Timestamped, Base):
    """The last word of one reviewer on a pull request."""

    __tablename__ = "pull_request_reviews"
    __table_args__ = (
        *of_pull_request("pull_request_reviews"),
        UniqueConstraint("pull_request_id", "reviewer_id"),
    )

    workspace_id: Mapped[UUID]
    pull_request_id: Mapped[UUID]
    reviewer_id: Mapped[int] = mapped_column(BigInteger)
    reviewer: Mapped[str]
    state: Mapped[ReviewState] = mapped_column(native_enum(ReviewState, "review_state"))
    github_id: Mapped[int] = mapped_column(BigInteger)
    submitted_at: Mapped[datetime]
    first_submitted_at: Mapped[datetime | None]
    """When they first reviewed it, as far as GitHub told; None of what was told before that was kept."""
    url: Mapped[str | None]


class CheckRun(Identified, Timestamped, Base):
    """The newest run of one check, or the newest status of one context, on one commit."""

    __tablename__ = "check_runs"
    __table_args__ = (
        *of_repository("check_runs"),
        UniqueConstraint("repository_id", "head_sha", "kind", "app", "name"),
        CheckConstraint(f"char_length(name) <= {NAME_LENGTH}", name="name_length"),
        CheckConstraint(f"char_length(app) <= {NAME_LENGTH}", name="app_length"),
    )

    workspace_id: Mapped[UUID]
    repository_id: Mapped[UUID]
    head_sha: Mapped[str]
    kind: Mapped[CheckKind] = mapped_column(native_enum(CheckKind, "check_kind"))
    app: Mapped[str]
    app_id: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[str]
    github_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[CheckState] = mapped_column(native_enum(CheckState, "check_state"))
    conclusion: Mapped[str | None]
    url: Mapped[str | None]
    github_updated_at: Mapped[datetime]


class CardPullRequest(Identified, Timestamped, Base):
    """A pull request on a card. One that a person took away stays here, so that it stays away."""

    __tablename__ = "card_pull_requests"
    __table_args__ = (
        *_of_card("card_pull_requests"),
        *of_pull_request("card_pull_requests"),
        UniqueConstraint("card_id", "pull_request_id"),
    )

    workspace_id: Mapped[UUID]
    board_id: Mapped[UUID]
    card_id: Mapped[UUID]
    pull_request_id: Mapped[UUID]
    source: Mapped[LinkSource] = mapped_column(native_enum(LinkSource, "link_source"))
    closes: Mapped[bool]
    removed_at: Mapped[datetime | None]


class StoppedRule(Identified, Timestamped, Base):
    """A rule that must not move a card any more, because somebody took its move back for good."""

    __tablename__ = "stopped_rules"
    __table_args__ = (
        *_of_card("stopped_rules"),
        UniqueConstraint("card_id", "rule"),
        Index("ix_stopped_rules_workspace_id", "workspace_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    board_id: Mapped[UUID]
    card_id: Mapped[UUID]
    rule: Mapped[Rule] = mapped_column(native_enum(Rule, "board_rule"))


class BranchState(enum.StrEnum):
    """Where a branch of a card stands."""

    CREATING = "creating"
    CREATED = "created"
    FAILED = "failed"
    DELETED = "deleted"


class CardBranch(Identified, Timestamped, Base):
    """A branch of a card: made from it, or found by the card's key in its name."""

    __tablename__ = "card_branches"
    __table_args__ = (
        *_of_card("card_branches"),
        *of_repository("card_branches"),
        UniqueConstraint("card_id", "repository_id", "name"),
        Index("ix_card_branches_repository_id_name", "repository_id", "name"),
        Index("ix_card_branches_created_by", "created_by"),
        CheckConstraint(f"char_length(name) BETWEEN 1 AND {NAME_LENGTH}", name="name_length"),
        CheckConstraint(f"char_length(error) <= {ERROR_LENGTH}", name="error_length"),
    )

    workspace_id: Mapped[UUID]
    board_id: Mapped[UUID]
    card_id: Mapped[UUID]
    repository_id: Mapped[UUID]
    name: Mapped[str]
    url: Mapped[str]
    state: Mapped[BranchState] = mapped_column(native_enum(BranchState, "branch_state"))
    error: Mapped[str | None]
    base: Mapped[str | None]
    """The branch to begin at; None for branches that were found."""
    base_sha: Mapped[str | None]
    """The commit at which we began to make it: a branch there is ours, if an attempt got lost."""
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    github_updated_at: Mapped[datetime | None]
    """As of which push of the repository its being there is known."""
