"""Pull requests end, and are opened again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from taskly.fake_github.actions.telling import tell
from taskly.fake_github.shapes.pull_requests import pull_request
from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.pull_requests import PullRequest
from taskly.fake_github.world.refusals import against_the_rules
from taskly.fake_github.world.repositories import Repository

# After these GitHub does not know yet whether the pull request can be merged.
_JUST_PUSHED = frozenset({"opened", "reopened", "synchronize"})


def tell_pull_request(
    github: GitHub,
    repository: Repository,
    pull: PullRequest,
    action: str,
    actor: Account,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Tell webhooks about a pull request."""
    tell(
        github,
        repository,
        "pull_request",
        actor,
        lambda: {
            "number": pull.number,
            "pull_request": pull_request(
                github, repository, pull, just_pushed=action in _JUST_PUSHED
            ),
            **(more or {}),
        },
        action=action,
    )


def close(
    github: GitHub,
    repository: Repository,
    pull: PullRequest,
    actor: Account,
    at: datetime | None = None,
) -> None:
    """Close without merging. Nothing happens to a pull request that is closed already."""
    if not pull.is_open:
        return
    at = at or github.clock.time_of_change()
    pull.closed_at = pull.updated_at = at
    pull.closed_by = actor
    tell_pull_request(github, repository, pull, "closed", actor)


def mark_merged(
    github: GitHub,
    repository: Repository,
    pull: PullRequest,
    actor: Account,
    at: datetime,
    merge_commit_sha: str,
) -> None:
    """Its commits have got into the base branch."""
    pull.merged_at = pull.closed_at = pull.updated_at = at
    pull.merged_by = pull.closed_by = actor
    pull.merge_commit_sha = merge_commit_sha
    tell_pull_request(github, repository, pull, "closed", actor)


def reopen(github: GitHub, repository: Repository, pull: PullRequest, actor: Account) -> None:
    """Open it again, at its branch's present commit.

    Raises:
        Refusal: 422 when it is merged, or a branch is gone.
    """
    if pull.is_open:
        return
    if pull.is_merged:
        raise against_the_rules("PullRequest", "The pull request cannot be reopened.")
    head_sha = repository.branches.get(pull.head_ref)
    base_sha = repository.branches.get(pull.base_ref)
    if head_sha is None or base_sha is None:
        gone = pull.head_ref if head_sha is None else pull.base_ref
        raise against_the_rules(
            "PullRequest",
            f"state cannot be changed. The {gone} branch was force-pushed or recreated.",
        )
    pull.head_sha, pull.base_sha = head_sha, base_sha
    pull.closed_at = pull.closed_by = None
    pull.updated_at = github.clock.time_of_change()
    tell_pull_request(github, repository, pull, "reopened", actor)
