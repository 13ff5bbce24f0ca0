"""Repositories, pushes and branches."""

from fastapi import APIRouter

from taskly.fake_github.actions.branches import create_ref, delete_ref
from taskly.fake_github.actions.pushing import CommitToPush, push
from taskly.fake_github.actions.repositories import (
    create_repository,
    delete_repository,
    edit_repository,
    rename_repository,
    transfer_repository,
)
from taskly.fake_github.control import views
from taskly.fake_github.control.reaching import (
    GitHubNow,
    RepositoryHere,
    account_named,
    actor_of,
    sha_of,
)
from taskly.fake_github.wire import asked, told
from taskly.fake_github.world.repositories import RequiredChecks

router = APIRouter(prefix="/repositories", tags=["repositories"])
HERE = "/{owner}/{name}"


@router.post("", status_code=201)
async def new_repository(github: GitHubNow, wanted: asked.NewRepository) -> told.Repository:
    """A repository."""
    repository = create_repository(
        github,
        account_named(github, wanted.owner),
        wanted.name,
        private=wanted.private,
        description=wanted.description,
        default_branch=wanted.default_branch,
        with_commit=not wanted.empty,
        collaborators={
            account_named(github, login).id: permission
            for login, permission in wanted.collaborators.items()
        },
    )
    repository.delete_branch_on_merge = wanted.delete_branch_on_merge
    return views.repository(github, repository)


@router.get("")
async def all_repositories(github: GitHubNow) -> list[told.Repository]:
    """Every repository."""
    return [views.repository(github, each) for each in github.repositories.values()]


@router.get(HERE)
async def one_repository(github: GitHubNow, repository: RepositoryHere) -> told.Repository:
    """One repository."""
    return views.repository(github, repository)


@router.patch(HERE)
async def change_repository(
    github: GitHubNow, repository: RepositoryHere, wanted: asked.RepositoryChange
) -> told.Repository:
    """Rename it, move it, archive it and so on."""
    actor = actor_of(github, repository, wanted.actor)
    if wanted.name is not None:
        rename_repository(github, repository, wanted.name, actor)
    if wanted.owner is not None:
        owner = account_named(github, wanted.owner)
        transfer_repository(github, repository, owner, actor)
    if wanted.has_issues is not None:
        repository.has_issues = wanted.has_issues
    if wanted.has_drafts is not None:
        repository.has_drafts = wanted.has_drafts
    edit_repository(
        github,
        repository,
        actor,
        description=wanted.description,
        default_branch=wanted.default_branch,
        private=wanted.private,
        archived=wanted.archived,
        delete_branch_on_merge=wanted.delete_branch_on_merge,
    )
    return views.repository(github, repository)


@router.delete(HERE, status_code=204)
async def end_repository(github: GitHubNow, repository: RepositoryHere) -> None:
    """Gone."""
    delete_repository(github, repository, repository.owner)


@router.put(HERE + "/collaborators/{login}", status_code=204)
async def set_access(
    github: GitHubNow, repository: RepositoryHere, login: str, wanted: asked.Access
) -> None:
    """What somebody may do here."""
    account = account_named(github, login)
    if wanted.permission is None:
        repository.collaborators.pop(account.id, None)
    else:
        repository.collaborators[account.id] = wanted.permission


@router.put(HERE + "/required-checks/{branch:path}", status_code=204)
async def require_checks(
    repository: RepositoryHere, branch: str, wanted: asked.RequiredChecks
) -> None:
    """What has to pass before something is merged into a branch."""
    repository.required_checks[branch] = RequiredChecks(wanted.checks, wanted.by_ruleset)
    repository.protected_branches.add(branch)


@router.post(HERE + "/pushes", status_code=201)
async def new_push(
    github: GitHubNow, repository: RepositoryHere, wanted: asked.NewPush
) -> told.Push:
    """Commits for a branch."""
    actor = actor_of(github, repository, wanted.actor)
    commits = [
        CommitToPush(
            message=commit.message,
            author=None if commit.author is None else account_named(github, commit.author),
            author_name=commit.author_name,
            author_email=commit.author_email,
            files=commit.files,
        )
        for commit in wanted.commits
    ]
    made = push(
        github,
        repository,
        wanted.branch,
        commits,
        actor,
        start=None if wanted.start is None else sha_of(repository, wanted.start),
        force=wanted.force,
    )
    return told.Push(
        branch=wanted.branch,
        sha=repository.branches[wanted.branch],
        commits=[commit.sha for commit in made],
    )


@router.post(HERE + "/tags", status_code=204)
async def new_tag(github: GitHubNow, repository: RepositoryHere, wanted: asked.NewTag) -> None:
    """A tag."""
    actor = actor_of(github, repository, wanted.actor)
    sha = sha_of(repository, wanted.at or repository.default_branch)
    create_ref(github, repository, f"refs/tags/{wanted.name}", sha, actor)


@router.delete(HERE + "/branches/{branch:path}", status_code=204)
async def end_branch(
    github: GitHubNow, repository: RepositoryHere, branch: str, actor: str | None = None
) -> None:
    """A branch less."""
    delete_ref(github, repository, f"refs/heads/{branch}", actor_of(github, repository, actor))
