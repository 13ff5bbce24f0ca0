"""Commits are made."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.commits import Commit, Signature
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.repositories import Repository


def sign(account: Account, at: datetime) -> Signature:
    """The account's signature."""
    return Signature(account.name or account.login, account.commit_email, at, account.login)


def add_commit(
    github: GitHub,
    repository: Repository,
    *,
    message: str,
    author: Signature,
    parents: Sequence[str],
    files: Mapping[str, str],
    committer: Signature | None = None,
) -> Commit:
    """A commit with this whole tree. No branch points to it yet."""
    commit = Commit(
        order=github.numbers.next("commit"),
        sha=github.numbers.next_sha(),
        tree_sha=github.numbers.next_sha(),
        message=message,
        author=author,
        committer=committer or author,
        parents=tuple(parents),
        files=dict(files),
    )
    repository.commits[commit.sha] = commit
    return commit


def add_change(
    github: GitHub,
    repository: Repository,
    *,
    parent: str | None,
    message: str,
    author: Signature,
    files: Mapping[str, str | None] | None = None,
) -> Commit:
    """A commit on top of another one. A file of None is removed.

    Without files it changes a file of its own, so that it never conflicts with anything.
    """
    tree = dict(repository.commits[parent].files) if parent is not None else {}
    if files is None:
        number = len(repository.commits) + 1
        files = {f"changes/{number}.md": message + "\n"}
    for path, content in files.items():
        if content is None:
            tree.pop(path, None)
        else:
            tree[path] = content
    return add_commit(
        github,
        repository,
        message=message,
        author=author,
        parents=[] if parent is None else [parent],
        files=tree,
    )
