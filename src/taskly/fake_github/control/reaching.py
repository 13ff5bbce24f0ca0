"""How the control API's endpoints get at what they work on."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from taskly.fake_github.site import Site
from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.pull_requests import PullRequest
from taskly.fake_github.world.refusals import Refusal, not_found
from taskly.fake_github.world.repositories import Repository


async def _site(request: Request) -> AsyncIterator[Site]:
    """The site; what an endpoint made happen is handed to the deliverer when it is done."""
    site: Site = request.app.state.site
    try:
        yield site
    finally:
        site.deliverer.dispatch(site.github)


SiteNow = Annotated[Site, Depends(_site, scope="function")]


async def _github(site: SiteNow) -> GitHub:
    return site.github


GitHubNow = Annotated[GitHub, Depends(_github, scope="function")]


async def _repository(github: GitHubNow, owner: str, name: str) -> Repository:
    repository = github.find_repository(owner, name)
    if repository is None:
        raise not_found()
    return repository


RepositoryHere = Annotated[Repository, Depends(_repository, scope="function")]


async def _pull_request(repository: RepositoryHere, number: int) -> PullRequest:
    pull = repository.pull_request(number)
    if pull is None:
        raise not_found()
    return pull


PullRequestHere = Annotated[PullRequest, Depends(_pull_request, scope="function")]


async def _account(github: GitHubNow, login: str) -> Account:
    return account_named(github, login)


AccountHere = Annotated[Account, Depends(_account, scope="function")]


def account_named(github: GitHub, login: str) -> Account:
    """The account, else 404 with its login."""
    account = github.find_account(login)
    if account is None:
        raise Refusal(404, f"There is no user {login}")
    return account


def actor_of(github: GitHub, repository: Repository, login: str | None) -> Account:
    """The named account, or the repository's owner."""
    return repository.owner if login is None else account_named(github, login)


def sha_of(repository: Repository, ref: str) -> str:
    """The commit that a branch or a hash stands for, else 404."""
    sha = repository.sha_of(ref)
    if sha is None:
        raise Refusal(404, f"There is no branch or commit {ref}")
    return sha
