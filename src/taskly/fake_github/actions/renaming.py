"""A branch gets another name."""

from taskly.fake_github.actions.branches import create_ref, delete_ref
from taskly.fake_github.actions.pull_requests import edit_pull_request
from taskly.fake_github.actions.repositories import edit_repository
from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.refusals import not_found
from taskly.fake_github.world.repositories import Repository


def rename_branch(
    github: GitHub, repository: Repository, before: str, name: str, actor: Account
) -> None:
    """Pull requests into the branch follow it, and so does the default branch; those from it are closed.

    Raises:
        Refusal: 404 when it is not there, 422 when the name is bad or taken.
    """
    sha = repository.branches.get(before)
    if sha is None:
        raise not_found()
    create_ref(github, repository, f"refs/heads/{name}", sha, actor)
    for pull in repository.open_pull_requests():
        if pull.base_ref == before:
            edit_pull_request(github, repository, pull, actor, base=name)
    if repository.default_branch == before:
        edit_repository(github, repository, actor, default_branch=name)
    delete_ref(github, repository, f"refs/heads/{before}", actor)
