"""Issues are opened, changed, closed and opened again."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from taskly.fake_github.actions.telling import tell
from taskly.fake_github.shapes.pull_requests import issue
from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.pull_requests import Issue, Label, Milestone
from taskly.fake_github.world.refusals import invalid
from taskly.fake_github.world.repositories import Repository


def open_issue(
    github: GitHub, repository: Repository, author: Account, *, title: str, body: str | None = None
) -> Issue:
    """A new issue.

    Raises:
        Refusal: 422 for a blank title.
    """
    if not title.strip():
        raise invalid("Issue", "title", "missing_field")
    at = github.clock.time_of_change()
    record = Issue(
        id=github.numbers.next("issue"),
        number=repository.next_number(),
        author=author,
        title=title,
        body=body,
        created_at=at,
        updated_at=at,
    )
    repository.issues[record.number] = record
    _tell(github, repository, record, "opened", author)
    return record


def edit_issue(
    github: GitHub,
    repository: Repository,
    record: Issue,
    *,
    title: str | None = None,
    body: str | None = None,
    labels: Mapping[str, str] | None = None,
    assignees: Sequence[Account] | None = None,
    milestone: Milestone | None = None,
) -> None:
    """Another title or text, and what hangs on it; labels with the colours that they get if they are new.

    Nobody is told: the webhooks that we make do not ask for it.
    """
    record.title = record.title if title is None else title
    record.body = record.body if body is None else body
    if labels is not None:
        record.labels = [_label(github, repository, *each) for each in labels.items()]
    if assignees is not None:
        record.assignees = list(assignees)
    record.milestone = milestone or record.milestone
    record.updated_at = github.clock.time_of_change()


def close_issue(
    github: GitHub, repository: Repository, record: Issue, actor: Account, reason: str
) -> None:
    """Close it as `completed` or `not_planned`."""
    record.closed_at = record.updated_at = github.clock.time_of_change()
    record.closed_by, record.state_reason = actor, reason
    _tell(github, repository, record, "closed", actor)


def reopen_issue(github: GitHub, repository: Repository, record: Issue, actor: Account) -> None:
    """Open it again."""
    record.closed_at = record.closed_by = None
    record.updated_at, record.state_reason = github.clock.time_of_change(), "reopened"
    _tell(github, repository, record, "reopened", actor)


def milestone_called(
    github: GitHub,
    repository: Repository,
    title: str,
    creator: Account,
    *,
    due_on: datetime | None = None,
    closed: bool = False,
) -> Milestone:
    """The milestone of this title, made if it is new; closed now, if it is to be and was not."""
    at = github.clock.time_of_change()
    found = repository.milestones.get(title) or Milestone(
        id=github.numbers.next("milestone"),
        number=len(repository.milestones) + 1,
        title=title,
        creator=creator,
        created_at=at,
        updated_at=at,
        due_on=due_on,
    )
    repository.milestones[title] = found
    found.closed_at = found.closed_at or (at if closed else None)
    return found


def _label(github: GitHub, repository: Repository, name: str, color: str) -> Label:
    found = next((each for each in repository.labels if each.name == name), None)
    if found is None:
        found = Label(id=github.numbers.next("label"), name=name, color=color)
        repository.labels.append(found)
    return found


def _tell(
    github: GitHub, repository: Repository, record: Issue, action: str, actor: Account
) -> None:
    tell(
        github,
        repository,
        "issues",
        actor,
        lambda: {"issue": issue(github.addresses, repository, record)},
        action=action,
    )
