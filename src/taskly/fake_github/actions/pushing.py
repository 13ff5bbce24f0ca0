"""Somebody pushes commits, as `git push` does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from taskly.fake_github.actions.branches import set_branch
from taskly.fake_github.actions.commits import add_change, sign
from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.commits import Commit, Signature
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.refusals import unprocessable
from taskly.fake_github.world.repositories import Repository


@dataclass(frozen=True)
class CommitToPush:
    """A commit to be made. The author is an account, or a name and an address of anybody."""

    message: str
    author: Account | None = None
    author_name: str | None = None
    author_email: str | None = None
    files: Mapping[str, str | None] | None = None


def push(
    github: GitHub,
    repository: Repository,
    branch: str,
    commits: Sequence[CommitToPush],
    actor: Account,
    *,
    start: str | None = None,
    force: bool = False,
) -> list[Commit]:
    """Add commits to a branch, in one push; says which, oldest first.

    A branch that is not there is made at `start`, or at the tip of the default branch. With `force`
    a branch that is there goes back to `start` first.

    Raises:
        Refusal: 422 when there is nothing to push to an empty repository.
    """
    tip = repository.branches.get(branch)
    if tip is None or force:
        tip = start or repository.branches.get(repository.default_branch)
    at = github.clock.time_of_change()
    made: list[Commit] = []
    for commit in commits:
        added = add_change(
            github,
            repository,
            parent=tip,
            message=commit.message,
            author=_signature(github, commit, actor, at),
            files=commit.files,
        )
        made.append(added)
        tip = added.sha
    if tip is None:
        raise unprocessable("The repository is empty, and there is no commit to push")
    set_branch(github, repository, branch, tip, actor, at)
    return made


def _signature(github: GitHub, commit: CommitToPush, actor: Account, at: datetime) -> Signature:
    if commit.author_email is None:
        return sign(commit.author or actor, at)
    account = github.find_account_by_email(commit.author_email)
    return Signature(
        name=commit.author_name or commit.author_email,
        email=commit.author_email,
        at=at,
        login=None if account is None else account.login,
    )
