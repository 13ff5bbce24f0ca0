"""Branches and tags are made, pushed to and deleted; pull requests follow."""

import re
from datetime import datetime

from taskly.fake_github.actions.following import follow_branch
from taskly.fake_github.actions.telling import tell
from taskly.fake_github.shapes.commits import pushed_commit
from taskly.fake_github.shapes.repositories import repository_in_push
from taskly.fake_github.shapes.writing import JsonObject
from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.commits import NO_COMMIT, Commit, between, reachable
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.refusals import Refusal, unprocessable
from taskly.fake_github.world.repositories import Repository

_HEADS, _TAGS = "refs/heads/", "refs/tags/"
# What `git check-ref-format` refuses, as far as anybody tries.
_MALFORMED = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/$|/\.|\.$|\.lock(/|$)")


def create_ref(github: GitHub, repository: Repository, ref: str, sha: str, actor: Account) -> None:
    """A new branch (`refs/heads/…`) or tag (`refs/tags/…`) at a commit.

    Raises:
        Refusal: 409 for an empty repository, 422 for a bad or taken name or an unknown commit.
    """
    if repository.is_empty:
        raise Refusal(409, "Git Repository is empty.")
    if not ref.startswith((_HEADS, _TAGS)) or _MALFORMED.search(ref.partition("/")[2]):
        raise unprocessable(f"{ref} is not a valid ref name.")
    if sha not in repository.commits:
        raise unprocessable("Object does not exist")
    name = short_name(ref)
    if ref.startswith(_TAGS):
        if name in repository.tags:
            raise unprocessable("Reference already exists")
        repository.tags[name] = sha
        _announce_ref(github, repository, ref, None, sha, actor)
        return
    if name in repository.branches:
        raise unprocessable("Reference already exists")
    if any(
        other.startswith(name + "/") or name.startswith(other + "/")
        for other in repository.branches
    ):
        raise unprocessable("Reference update failed")
    set_branch(github, repository, name, sha, actor)


def update_ref(
    github: GitHub, repository: Repository, ref: str, sha: str, actor: Account, *, force: bool
) -> None:
    """Point a branch or tag to another commit.

    Raises:
        Refusal: 422 for an unknown ref or commit, or when it is no fast-forward and not forced.
    """
    name = short_name(ref)
    current = (repository.tags if ref.startswith(_TAGS) else repository.branches).get(name)
    if current is None:
        raise unprocessable("Reference does not exist")
    if sha not in repository.commits:
        raise unprocessable("Object does not exist")
    if not force and current not in reachable(repository.commits, [sha]):
        raise unprocessable("Update is not a fast forward")
    if ref.startswith(_TAGS):
        repository.tags[name] = sha
        _announce_ref(github, repository, ref, current, sha, actor)
    else:
        set_branch(github, repository, name, sha, actor)


def delete_ref(github: GitHub, repository: Repository, ref: str, actor: Account) -> None:
    """Take a branch or a tag away. Pull requests from or into a deleted branch are closed.

    Raises:
        Refusal: 422 when it is not there or is the default branch.
    """
    name = short_name(ref)
    refs = repository.tags if ref.startswith(_TAGS) else repository.branches
    if name not in refs:
        raise unprocessable("Reference does not exist")
    if refs is repository.branches and name == repository.default_branch:
        raise unprocessable("Cannot delete the default branch")
    before = refs.pop(name)
    at = github.clock.time_of_change()
    repository.pushed_at = repository.updated_at = at
    _announce_ref(github, repository, ref, before, None, actor)
    if refs is repository.branches:
        follow_branch(github, repository, name, before, actor, at)


def set_branch(
    github: GitHub,
    repository: Repository,
    name: str,
    sha: str,
    actor: Account,
    at: datetime | None = None,
) -> None:
    """Make the branch or move it, whatever it was, and tell everybody."""
    before = repository.branches.get(name)
    if before == sha:
        return
    at = at or github.clock.time_of_change()
    repository.branches[name] = sha
    repository.pushed_at = repository.updated_at = at
    _announce_ref(github, repository, _HEADS + name, before, sha, actor)
    follow_branch(github, repository, name, before, actor, at)


def short_name(ref: str) -> str:
    """`feature/x` of `refs/heads/feature/x`."""
    return ref.removeprefix(_HEADS).removeprefix(_TAGS)


def _announce_ref(
    github: GitHub,
    repository: Repository,
    ref: str,
    before: str | None,
    after: str | None,
    actor: Account,
) -> None:
    name = short_name(ref)
    kind = "tag" if ref.startswith(_TAGS) else "branch"
    if before is None:
        tell(
            github,
            repository,
            "create",
            actor,
            lambda: {
                "ref": name,
                "ref_type": kind,
                "master_branch": repository.default_branch,
                "description": repository.description,
                "pusher_type": "user",
            },
        )
    elif after is None:
        tell(
            github,
            repository,
            "delete",
            actor,
            lambda: {"ref": name, "ref_type": kind, "pusher_type": "user"},
        )
    tell(
        github,
        repository,
        "push",
        actor,
        lambda: _push(github, repository, ref, before, after, actor),
    )


def _push(
    github: GitHub,
    repository: Repository,
    ref: str,
    before: str | None,
    after: str | None,
    actor: Account,
) -> JsonObject:
    commits = _pushed(repository, ref, before, after)
    elsewhere = reachable(repository.commits, _other_tips(repository, short_name(ref)))

    def show(commit: Commit) -> JsonObject:
        is_distinct = commit.sha not in elsewhere
        return pushed_commit(github.addresses, repository, commit, is_distinct=is_distinct)

    tip = None if after is None else repository.commits[after]
    forced = None not in {before, after} and before not in reachable(
        repository.commits, [after or ""]
    )
    return {
        "ref": ref,
        "before": before or NO_COMMIT,
        "after": after or NO_COMMIT,
        "repository": repository_in_push(github.addresses, repository),
        "pusher": {"name": actor.login, "email": actor.commit_email},
        "created": before is None,
        "deleted": after is None,
        "forced": forced,
        "base_ref": _base_ref(repository, ref, before, after),
        "compare": _compare_page(github, repository, ref, before, after, commits),
        "commits": [show(commit) for commit in commits],
        "head_commit": tip and show(tip),
    }


def _pushed(
    repository: Repository, ref: str, before: str | None, after: str | None
) -> list[Commit]:
    if after is None or ref.startswith(_TAGS):
        return []
    bases = [before] if before is not None else _other_tips(repository, short_name(ref))
    return between(repository.commits, bases, after)


def _other_tips(repository: Repository, name: str) -> list[str]:
    return [tip for branch, tip in repository.branches.items() if branch != name]


def _base_ref(
    repository: Repository, ref: str, before: str | None, after: str | None
) -> str | None:
    default = repository.default_branch
    is_new = before is None and short_name(ref) != default
    return _HEADS + default if is_new and repository.branches.get(default) == after else None


def _compare_page(
    github: GitHub,
    repository: Repository,
    ref: str,
    before: str | None,
    after: str | None,
    commits: list[Commit],
) -> str:
    page = github.addresses.page(repository.full_name)
    if before is not None:
        return f"{page}/compare/{before[:12]}...{(after or NO_COMMIT)[:12]}"
    if not commits:
        return f"{page}/compare/{short_name(ref)}"
    if len(commits) == 1:
        return f"{page}/commit/{commits[0].sha[:12]}"
    return f"{page}/compare/{commits[0].sha[:12]}^...{commits[-1].sha[:12]}"
