"""What becomes of pull requests when a branch moves or goes."""

from datetime import datetime

from taskly.fake_github.actions.closing import close, mark_merged, tell_pull_request
from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.commits import NO_COMMIT, reachable
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.pull_requests import PullRequest
from taskly.fake_github.world.repositories import Repository


def follow_branch(
    github: GitHub,
    repository: Repository,
    branch: str,
    before: str | None,
    actor: Account,
    at: datetime,
) -> None:
    """Let open pull requests follow a branch that is no longer at `before`."""
    tip = repository.branches.get(branch)
    for pull in repository.open_pull_requests():
        if tip is None and branch in {pull.head_ref, pull.base_ref}:
            close(github, repository, pull, actor, at)
        elif tip is not None and branch == pull.head_ref and tip != pull.head_sha:
            _synchronize(github, repository, pull, tip, before, actor, at)
        if tip is not None and branch == pull.base_ref and pull.is_open:
            _notice_merge(github, repository, pull, tip, before, actor, at)


def _synchronize(
    github: GitHub,
    repository: Repository,
    pull: PullRequest,
    tip: str,
    before: str | None,
    actor: Account,
    at: datetime,
) -> None:
    pull.head_sha = tip
    pull.base_sha = repository.branches[pull.base_ref]
    pull.updated_at = at
    tell_pull_request(
        github,
        repository,
        pull,
        "synchronize",
        actor,
        more={"before": before or NO_COMMIT, "after": tip},
    )


def _notice_merge(
    github: GitHub,
    repository: Repository,
    pull: PullRequest,
    tip: str,
    before: str | None,
    actor: Account,
    at: datetime,
) -> None:
    """A pull request whose commits were pushed to its base by hand counts as merged."""
    if pull.head_sha in reachable(repository.commits, [tip]):
        pull.base_sha = before or pull.base_sha
        mark_merged(github, repository, pull, actor, at, pull.head_sha)
