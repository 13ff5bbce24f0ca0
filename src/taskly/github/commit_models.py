"""Tables of commits: what was pushed to branches, and what pull requests have."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from taskly.github.models import MESSAGE_LENGTH, NAME_LENGTH, of_pull_request, of_repository
from taskly.platform.tables import Base, Identified, Timestamped


class _Described:
    """What is known of every commit."""

    sha: Mapped[str]
    message: Mapped[str]
    author: Mapped[str]
    committed_at: Mapped[datetime]


class CommitRow(_Described, Identified, Timestamped, Base):
    """A commit that was pushed to a branch of a repository: a pull request that is opened may have it."""

    __tablename__ = "commits"
    __table_args__ = (
        *of_repository("commits"),
        UniqueConstraint("repository_id", "branch", "sha"),
        CheckConstraint(f"char_length(message) <= {MESSAGE_LENGTH}", name="message_length"),
        CheckConstraint(f"char_length(branch) <= {NAME_LENGTH * 2}", name="branch_length"),
    )

    workspace_id: Mapped[UUID]
    repository_id: Mapped[UUID]
    branch: Mapped[str]


class PullRequestCommit(_Described, Identified, Timestamped, Base):
    """A commit of a pull request, kept for the cards that its message names."""

    __tablename__ = "pull_request_commits"
    __table_args__ = (
        *of_pull_request("pull_request_commits"),
        UniqueConstraint("pull_request_id", "sha"),
        CheckConstraint(f"char_length(message) <= {MESSAGE_LENGTH}", name="message_length"),
    )

    workspace_id: Mapped[UUID]
    pull_request_id: Mapped[UUID]
