"""Pull requests, reviews and checks."""

from fastapi import APIRouter

from taskly.fake_github.actions.checks import report_check_run, report_status, update_check_run
from taskly.fake_github.actions.closing import close, reopen
from taskly.fake_github.actions.pull_requests import (
    edit_pull_request,
    merge_pull_request,
    open_pull_request,
    remove_reviewers,
    request_reviewers,
    set_draft,
)
from taskly.fake_github.actions.reviews import add_comment, add_review, dismiss_review
from taskly.fake_github.control import views
from taskly.fake_github.control.reaching import (
    GitHubNow,
    PullRequestHere,
    RepositoryHere,
    account_named,
    actor_of,
    sha_of,
)
from taskly.fake_github.wire import asked, told
from taskly.fake_github.world.refusals import not_found

router = APIRouter(prefix="/repositories/{owner}/{name}", tags=["pull requests"])
PULL = "/pulls/{number}"


@router.post("/pulls", status_code=201)
async def new_pull_request(
    github: GitHubNow, repository: RepositoryHere, wanted: asked.NewPullRequest
) -> told.PullRequest:
    """A pull request."""
    pull = open_pull_request(
        github,
        repository,
        actor_of(github, repository, wanted.author),
        title=wanted.title,
        head=wanted.head,
        base=wanted.base or repository.default_branch,
        body=wanted.body,
        draft=wanted.draft,
    )
    return views.pull_request(github, repository, pull)


@router.get(PULL)
async def one_pull_request(
    github: GitHubNow, repository: RepositoryHere, pull: PullRequestHere
) -> told.PullRequest:
    """One pull request."""
    return views.pull_request(github, repository, pull)


@router.patch(PULL)
async def change_pull_request(
    github: GitHubNow,
    repository: RepositoryHere,
    pull: PullRequestHere,
    wanted: asked.PullRequestChange,
) -> told.PullRequest:
    """Another title, text or base."""
    edit_pull_request(
        github,
        repository,
        pull,
        actor_of(github, repository, wanted.actor),
        title=wanted.title,
        body=wanted.body,
        base=wanted.base,
    )
    return views.pull_request(github, repository, pull)


@router.post(PULL + "/merge")
async def merge(
    github: GitHubNow, repository: RepositoryHere, pull: PullRequestHere, wanted: asked.Merge
) -> told.PullRequest:
    """Merge it."""
    merge_pull_request(
        github,
        repository,
        pull,
        actor_of(github, repository, wanted.actor),
        method=wanted.method,
        delete_branch=wanted.delete_branch,
    )
    return views.pull_request(github, repository, pull)


@router.post(PULL + "/close")
async def close_it(
    github: GitHubNow, repository: RepositoryHere, pull: PullRequestHere, wanted: asked.Act
) -> told.PullRequest:
    """Close it without merging."""
    close(github, repository, pull, actor_of(github, repository, wanted.actor))
    return views.pull_request(github, repository, pull)


@router.post(PULL + "/reopen")
async def reopen_it(
    github: GitHubNow, repository: RepositoryHere, pull: PullRequestHere, wanted: asked.Act
) -> told.PullRequest:
    """Open it again."""
    reopen(github, repository, pull, actor_of(github, repository, wanted.actor))
    return views.pull_request(github, repository, pull)


@router.post(PULL + "/draft")
async def make_draft(
    github: GitHubNow, repository: RepositoryHere, pull: PullRequestHere, wanted: asked.Act
) -> told.PullRequest:
    """Make it a draft."""
    set_draft(github, repository, pull, actor_of(github, repository, wanted.actor), draft=True)
    return views.pull_request(github, repository, pull)


@router.post(PULL + "/ready")
async def make_ready(
    github: GitHubNow, repository: RepositoryHere, pull: PullRequestHere, wanted: asked.Act
) -> told.PullRequest:
    """Make it ready for review."""
    set_draft(github, repository, pull, actor_of(github, repository, wanted.actor), draft=False)
    return views.pull_request(github, repository, pull)


@router.post(PULL + "/reviewers")
async def change_reviewers(
    github: GitHubNow,
    repository: RepositoryHere,
    pull: PullRequestHere,
    wanted: asked.ReviewersChange,
) -> told.PullRequest:
    """Ask for reviews, or no longer."""
    change = request_reviewers if wanted.asked else remove_reviewers
    reviewers = [account_named(github, login) for login in wanted.reviewers]
    change(github, repository, pull, actor_of(github, repository, wanted.actor), reviewers)
    return views.pull_request(github, repository, pull)


@router.post(PULL + "/reviews", status_code=201)
async def new_review(
    github: GitHubNow, repository: RepositoryHere, pull: PullRequestHere, wanted: asked.NewReview
) -> told.Review:
    """A verdict."""
    author = account_named(github, wanted.author)
    review = add_review(github, repository, pull, author, wanted.verdict, body=wanted.body)
    return views.review(review)


@router.post(PULL + "/reviews/{review_id}/dismiss")
async def dismiss(
    github: GitHubNow,
    repository: RepositoryHere,
    pull: PullRequestHere,
    review_id: int,
    wanted: asked.Act,
) -> told.Review:
    """A verdict that counts no longer."""
    for review in pull.reviews:
        if review.id == review_id:
            actor = actor_of(github, repository, wanted.actor)
            dismiss_review(github, repository, pull, review, actor)
            return views.review(review)
    raise not_found()


@router.post(PULL + "/comments", status_code=201)
async def new_comment(
    github: GitHubNow, repository: RepositoryHere, pull: PullRequestHere, wanted: asked.NewComment
) -> told.Comment:
    """Something said."""
    said = add_comment(github, repository, pull, account_named(github, wanted.author), wanted.body)
    return views.comment(said)


@router.post("/check-runs", status_code=201)
async def new_check_run(
    github: GitHubNow, repository: RepositoryHere, wanted: asked.NewCheckRun
) -> told.CheckRun:
    """A check of a commit."""
    run = report_check_run(
        github,
        repository,
        actor_of(github, repository, wanted.actor),
        name=wanted.name,
        head_sha=sha_of(repository, wanted.ref),
        status=wanted.status,
        conclusion=wanted.conclusion,
        details_url=wanted.details_url,
    )
    return views.check_run(run)


@router.patch("/check-runs/{check_run_id}")
async def change_check_run(
    github: GitHubNow, repository: RepositoryHere, check_run_id: int, wanted: asked.CheckRunChange
) -> told.CheckRun:
    """What became of a check."""
    run = repository.check_runs.get(check_run_id)
    if run is None:
        raise not_found()
    update_check_run(
        github,
        repository,
        run,
        actor_of(github, repository, wanted.actor),
        status=wanted.status,
        conclusion=wanted.conclusion,
    )
    return views.check_run(run)


@router.post("/statuses", status_code=201)
async def new_status(
    github: GitHubNow, repository: RepositoryHere, wanted: asked.NewStatus
) -> told.Status:
    """A status of a commit."""
    record = report_status(
        github,
        repository,
        actor_of(github, repository, wanted.actor),
        sha=sha_of(repository, wanted.ref),
        state=wanted.state,
        context=wanted.context,
        description=wanted.description,
        target_url=wanted.target_url,
    )
    return views.status(record)
