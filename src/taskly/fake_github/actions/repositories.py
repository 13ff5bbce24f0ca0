"""Repositories are made, renamed and deleted."""

import re
from collections.abc import Mapping

from taskly.fake_github.actions.commits import add_change, sign
from taskly.fake_github.actions.telling import tell
from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.pull_requests import Label
from taskly.fake_github.world.refusals import Refusal, invalid
from taskly.fake_github.world.repositories import Permission, Repository

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
_USUAL_LABELS = {"bug": "d73a4a", "documentation": "0075ca", "enhancement": "a2eeef"}


def create_repository(
    github: GitHub,
    owner: Account,
    name: str,
    *,
    private: bool = False,
    description: str | None = None,
    default_branch: str = "main",
    with_commit: bool = True,
    collaborators: Mapping[int, Permission] | None = None,
) -> Repository:
    """A new repository, with a first commit unless it shall be empty.

    Raises:
        Refusal: 422 when the name is bad or taken.
    """
    _check_name(github, owner, name)
    at = github.clock.time_of_change()
    repository = Repository(
        id=github.numbers.next("repository"),
        owner=owner,
        name=name,
        private=private,
        default_branch=default_branch,
        created_at=at,
        updated_at=at,
        pushed_at=at,
        description=description,
        collaborators=dict(collaborators or {}),
    )
    for label, color in _USUAL_LABELS.items():
        repository.labels.append(Label(github.numbers.next("label"), label, color))
    if with_commit:
        commit = add_change(
            github,
            repository,
            parent=None,
            message="Initial commit",
            author=sign(owner, at),
            files={"README.md": f"# {name}\n"},
        )
        repository.branches[default_branch] = commit.sha
    github.repositories[repository.id] = repository
    github.former_names.pop(repository.full_name.lower(), None)
    return repository


def rename_repository(github: GitHub, repository: Repository, name: str, actor: Account) -> None:
    """Another name for it; requests for the old one are redirected.

    Raises:
        Refusal: 422 when the name is bad or taken.
    """
    if name == repository.name:
        return
    _check_name(github, repository.owner, name, itself=repository)
    before = repository.name
    github.former_names[repository.full_name.lower()] = repository.id
    repository.name = name
    github.former_names.pop(repository.full_name.lower(), None)
    repository.updated_at = github.clock.time_of_change()
    changes = {"repository": {"name": {"from": before}}}
    tell(github, repository, "repository", actor, lambda: {"changes": changes}, action="renamed")


def edit_repository(
    github: GitHub,
    repository: Repository,
    actor: Account,
    *,
    description: str | None = None,
    homepage: str | None = None,
    default_branch: str | None = None,
    private: bool | None = None,
    archived: bool | None = None,
    delete_branch_on_merge: bool | None = None,
) -> None:
    """Change what is given and differs; each kind of change is told by itself.

    Raises:
        Refusal: 422 when the default branch is not there.
    """
    if default_branch is not None and default_branch not in repository.branches:
        raise invalid("Repository", "default_branch")
    if delete_branch_on_merge is not None:
        repository.delete_branch_on_merge = delete_branch_on_merge
    wanted = {"description": description, "homepage": homepage, "default_branch": default_branch}
    changes = {
        name: {"from": getattr(repository, name)}
        for name, value in wanted.items()
        if value is not None and value != getattr(repository, name)
    }
    repository.updated_at = github.clock.time_of_change()
    if changes:
        for name in changes:
            setattr(repository, name, wanted[name])
        tell(github, repository, "repository", actor, lambda: {"changes": changes}, action="edited")
    if private is not None and private != repository.private:
        repository.private = private
        action = "privatized" if private else "publicized"
        tell(github, repository, "repository", actor, dict, action=action)
    if archived is not None and archived != repository.archived:
        repository.archived = archived
        action = "archived" if archived else "unarchived"
        tell(github, repository, "repository", actor, dict, action=action)


def delete_repository(github: GitHub, repository: Repository, actor: Account) -> None:
    """Gone, with everything in it."""
    github.clock.time_of_change()
    tell(github, repository, "repository", actor, dict, action="deleted")
    del github.repositories[repository.id]


def transfer_repository(
    github: GitHub, repository: Repository, owner: Account, actor: Account
) -> None:
    """Another owner; the old name redirects."""
    _check_name(github, owner, repository.name, itself=repository)
    before = repository.owner
    github.former_names[repository.full_name.lower()] = repository.id
    repository.owner = owner
    repository.updated_at = github.clock.time_of_change()
    changes = {"owner": {"from": {before.kind.lower(): {"login": before.login, "id": before.id}}}}
    tell(
        github, repository, "repository", actor, lambda: {"changes": changes}, action="transferred"
    )


def _check_name(
    github: GitHub, owner: Account, name: str, *, itself: Repository | None = None
) -> None:
    if _NAME.fullmatch(name) is None:
        raise invalid("Repository", "name")
    if github.find_repository(owner.login, name) not in {None, itself}:
        raise Refusal(
            422,
            "Repository creation failed.",
            errors=[
                {
                    "resource": "Repository",
                    "code": "custom",
                    "field": "name",
                    "message": "name already exists on this account",
                }
            ],
        )
