"""Issues."""

from fastapi import APIRouter

from taskly.fake_github.actions.issues import (
    close_issue,
    edit_issue,
    milestone_called,
    open_issue,
    reopen_issue,
)
from taskly.fake_github.actions.reviews import add_comment
from taskly.fake_github.control import views
from taskly.fake_github.control.reaching import (
    GitHubNow,
    RepositoryHere,
    account_named,
    actor_of,
)
from taskly.fake_github.wire import asked, told
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.pull_requests import Issue
from taskly.fake_github.world.refusals import not_found
from taskly.fake_github.world.repositories import Repository

router = APIRouter(prefix="/repositories/{owner}/{name}/issues", tags=["issues"])


@router.post("", status_code=201)
async def new_issues(
    github: GitHubNow, repository: RepositoryHere, wanted: asked.NewIssues
) -> list[told.Issue]:
    """Issues with all that hangs on them."""
    return [views.issue(_open(github, repository, each)) for each in wanted.issues]


@router.patch("/{number}")
async def change_issue(
    github: GitHubNow, repository: RepositoryHere, number: int, wanted: asked.IssueChange
) -> told.Issue:
    """Other words, other labels, closed or open."""
    record = _issue(repository, number)
    _hang(github, repository, record, wanted, title=wanted.title)
    if wanted.closed_as is not None:
        close_issue(github, repository, record, repository.owner, wanted.closed_as)
    if wanted.reopened:
        reopen_issue(github, repository, record, repository.owner)
    return views.issue(record)


@router.post("/{number}/comments", status_code=201)
async def new_comment(
    github: GitHubNow, repository: RepositoryHere, number: int, wanted: asked.NewComment
) -> told.Comment:
    """Something said."""
    record, author = _issue(repository, number), account_named(github, wanted.author)
    return views.comment(add_comment(github, repository, record, author, wanted.body))


def _open(github: GitHub, repository: Repository, wanted: asked.NewIssue) -> Issue:
    author = actor_of(github, repository, wanted.author)
    record = open_issue(github, repository, author, title=wanted.title)
    _hang(github, repository, record, wanted)
    for said in wanted.comments:
        add_comment(github, repository, record, account_named(github, said.author), said.body)
    if wanted.closed_as is not None:
        close_issue(github, repository, record, author, wanted.closed_as)
    return record


def _hang(
    github: GitHub,
    repository: Repository,
    record: Issue,
    wanted: asked.IssueFields,
    *,
    title: str | None = None,
) -> None:
    people, milestone = wanted.assignees, wanted.milestone
    edit_issue(
        github,
        repository,
        record,
        title=title,
        body=wanted.body,
        labels=wanted.labels,
        assignees=None if people is None else [account_named(github, each) for each in people],
        milestone=None
        if milestone is None
        else milestone_called(
            github,
            repository,
            milestone.title,
            record.author,
            due_on=milestone.due_on,
            closed=milestone.closed,
        ),
    )


def _issue(repository: Repository, number: int) -> Issue:
    record = repository.issues.get(number)
    if record is None:
        raise not_found()
    return record
