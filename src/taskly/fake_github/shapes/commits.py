"""Commits in the API and in webhooks, comparisons and files."""

from collections.abc import Sequence
from urllib.parse import quote

from taskly.fake_github.shapes.accounts import simple_user
from taskly.fake_github.shapes.writing import JsonObject, node_id, stamp
from taskly.fake_github.world.addresses import Addresses
from taskly.fake_github.world.commits import (
    Commit,
    FileChange,
    Signature,
    between,
    blob_sha,
    changes,
)
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.repositories import Repository

_UNSIGNED = {
    "verified": False,
    "reason": "unsigned",
    "signature": None,
    "payload": None,
    "verified_at": None,
}


def changes_of(repository: Repository, commit: Commit) -> list[FileChange]:
    """What a commit changed in its first parent's tree."""
    parent = repository.commits.get(commit.parents[0]) if commit.parents else None
    return changes(parent.files if parent is not None else {}, commit.files)


def listed_commit(github: GitHub, repository: Repository, commit: Commit) -> JsonObject:
    """A commit in a list."""
    url = github.addresses.repository(repository.full_name)
    page = github.addresses.page(repository.full_name)
    return {
        "sha": commit.sha,
        "node_id": node_id("Commit", f"{repository.id}:{commit.sha}"),
        "commit": {
            "author": _signature(commit.author),
            "committer": _signature(commit.committer),
            "message": commit.message,
            "tree": {"sha": commit.tree_sha, "url": f"{url}/git/trees/{commit.tree_sha}"},
            "url": f"{url}/git/commits/{commit.sha}",
            "comment_count": 0,
            "verification": dict(_UNSIGNED),
        },
        "url": f"{url}/commits/{commit.sha}",
        "html_url": f"{page}/commit/{commit.sha}",
        "comments_url": f"{url}/commits/{commit.sha}/comments",
        "author": _account(github, commit.author),
        "committer": _account(github, commit.committer),
        "parents": [
            {"sha": sha, "url": f"{url}/commits/{sha}", "html_url": f"{page}/commit/{sha}"}
            for sha in commit.parents
        ],
    }


def full_commit(github: GitHub, repository: Repository, commit: Commit) -> JsonObject:
    """A commit by itself, with its files."""
    changed = changes_of(repository, commit)
    additions = sum(change.additions for change in changed)
    deletions = sum(change.deletions for change in changed)
    return {
        **listed_commit(github, repository, commit),
        "stats": {
            "total": additions + deletions,
            "additions": additions,
            "deletions": deletions,
        },
        "files": [changed_file(github.addresses, repository, commit, each) for each in changed],
    }


def changed_file(
    addresses: Addresses, repository: Repository, commit: Commit, change: FileChange
) -> JsonObject:
    """One file of a commit or a comparison."""
    page = addresses.page(repository.full_name)
    url = addresses.repository(repository.full_name)
    path = quote(change.path)
    return {
        "sha": blob_sha(commit.files.get(change.path, "")),
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{page}/blob/{commit.sha}/{path}",
        "raw_url": f"{page}/raw/{commit.sha}/{path}",
        "contents_url": f"{url}/contents/{path}?ref={commit.sha}",
        "patch": change.patch,
    }


def comparison(
    github: GitHub,
    repository: Repository,
    base: Commit,
    head: Commit,
    shared: Commit,
    shown: Sequence[Commit],
    *,
    with_files: bool,
) -> JsonObject:
    """What `head` has and `base` has not, and the other way round; with a page of the former's commits."""
    url = github.addresses.repository(repository.full_name)
    page = github.addresses.page(repository.full_name)
    ahead = between(repository.commits, [base.sha], head.sha)
    behind = between(repository.commits, [head.sha], base.sha)
    name = f"{base.sha}...{head.sha}"
    return {
        "url": f"{url}/compare/{name}",
        "html_url": f"{page}/compare/{name}",
        "permalink_url": f"{page}/compare/{name}",
        "diff_url": f"{page}/compare/{name}.diff",
        "patch_url": f"{page}/compare/{name}.patch",
        "base_commit": listed_commit(github, repository, base),
        "merge_base_commit": listed_commit(github, repository, shared),
        "status": _relation(len(ahead), len(behind)),
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [listed_commit(github, repository, commit) for commit in shown],
        "files": [
            changed_file(github.addresses, repository, head, change)
            for change in (changes(shared.files, head.files) if with_files else ())
        ],
    }


def pushed_commit(
    addresses: Addresses, repository: Repository, commit: Commit, *, is_distinct: bool
) -> JsonObject:
    """A commit in a push; a distinct one is on no other branch."""
    changed = changes_of(repository, commit)
    return {
        "id": commit.sha,
        "tree_id": commit.tree_sha,
        "distinct": is_distinct,
        "message": commit.message,
        "timestamp": stamp(commit.committer.at),
        "url": f"{addresses.page(repository.full_name)}/commit/{commit.sha}",
        "author": _pusher(commit.author),
        "committer": _pusher(commit.committer),
        "added": _paths(changed, "added"),
        "removed": _paths(changed, "removed"),
        "modified": _paths(changed, "modified"),
    }


def simple_commit(commit: Commit) -> JsonObject:
    """A commit as a check suite's head."""
    return {
        "id": commit.sha,
        "tree_id": commit.tree_sha,
        "message": commit.message,
        "timestamp": stamp(commit.committer.at),
        "author": {"name": commit.author.name, "email": commit.author.email},
        "committer": {"name": commit.committer.name, "email": commit.committer.email},
    }


def _relation(ahead: int, behind: int) -> str:
    if ahead and behind:
        return "diverged"
    return "ahead" if ahead else "behind" if behind else "identical"


def _paths(changed: Sequence[FileChange], status: str) -> list[str]:
    return [change.path for change in changed if change.status == status]


def _signature(signature: Signature) -> JsonObject:
    return {"name": signature.name, "email": signature.email, "date": stamp(signature.at)}


def _pusher(signature: Signature) -> JsonObject:
    person = {
        "name": signature.name,
        "email": signature.email,
        "date": stamp(signature.at),
    }
    return person if signature.login is None else {**person, "username": signature.login}


def _account(github: GitHub, signature: Signature) -> JsonObject | None:
    account = None if signature.login is None else github.find_account(signature.login)
    return None if account is None else simple_user(github.addresses, account)
