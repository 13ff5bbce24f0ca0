"""Pull requests are reviewed and talked about."""

from taskly.fake_github.actions.telling import tell
from taskly.fake_github.shapes.pull_requests import (
    comment,
    issue,
    listed_pull_request,
)
from taskly.fake_github.shapes.pull_requests import review as review_shape
from taskly.fake_github.shapes.writing import JsonObject
from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.pull_requests import (
    STATE_AFTER,
    VERDICTS,
    Comment,
    Issue,
    PullRequest,
    Review,
    Verdict,
)
from taskly.fake_github.world.refusals import Refusal, invalid, unprocessable
from taskly.fake_github.world.repositories import Repository


def add_review(
    github: GitHub,
    repository: Repository,
    pull: PullRequest,
    author: Account,
    verdict: Verdict | None,
    *,
    body: str = "",
    commit_sha: str | None = None,
) -> Review:
    """Review a pull request; without a verdict the review is pending and nobody is told.

    Raises:
        Refusal: 422 when the author judges the own work, a needed text is missing, or the commit
            is unknown.
    """
    if verdict in {"APPROVE", "REQUEST_CHANGES"} and author is pull.author:
        what = "approve" if verdict == "APPROVE" else "request changes on"
        raise Refusal(422, "Unprocessable Entity", errors=[f"Can not {what} your own pull request"])
    if verdict in {"REQUEST_CHANGES", "COMMENT"} and not body.strip():
        raise Refusal(422, "Unprocessable Entity", errors=["body is required for this event"])
    if commit_sha is not None and commit_sha not in repository.commits:
        raise Refusal(
            422, "Unprocessable Entity", errors=["commit_id is not part of the pull request"]
        )
    at = github.clock.time_of_change()
    review = Review(
        id=github.numbers.next("review"),
        author=author,
        state="PENDING" if verdict is None else STATE_AFTER[verdict],
        body=body,
        commit_sha=commit_sha or pull.head_sha,
        submitted_at=None if verdict is None else at,
    )
    pull.reviews.append(review)
    if verdict is not None:
        pull.updated_at = at
        if author in pull.requested_reviewers:
            pull.requested_reviewers.remove(author)
        _tell_review(github, repository, pull, review, "submitted", author)
    return review


def dismiss_review(
    github: GitHub, repository: Repository, pull: PullRequest, review: Review, actor: Account
) -> None:
    """A verdict counts no longer.

    Raises:
        Refusal: 422 when it was no verdict.
    """
    if review.state not in VERDICTS:
        raise unprocessable("Can not dismiss a review that is not an approval or change request")
    review.state = "DISMISSED"
    pull.updated_at = github.clock.time_of_change()
    _tell_review(github, repository, pull, review, "dismissed", actor)


def edit_review(
    github: GitHub,
    repository: Repository,
    pull: PullRequest,
    review: Review,
    actor: Account,
    body: str,
) -> None:
    """Other words for the same verdict."""
    changes = {"body": {"from": review.body}}
    review.body = body
    pull.updated_at = github.clock.time_of_change()
    _tell_review(github, repository, pull, review, "edited", actor, changes)


def _tell_review(
    github: GitHub,
    repository: Repository,
    pull: PullRequest,
    review: Review,
    action: str,
    actor: Account,
    changes: JsonObject | None = None,
) -> None:
    def body() -> JsonObject:
        shape = review_shape(github.addresses, repository, pull, review)
        told: JsonObject = {
            "review": {**shape, "body": review.body or None, "state": review.state.lower()},
            "pull_request": listed_pull_request(github, repository, pull),
        }
        return told if changes is None else {**told, "changes": changes}

    tell(github, repository, "pull_request_review", actor, body, action=action)


def add_comment(
    github: GitHub, repository: Repository, record: Issue, author: Account, text: str
) -> Comment:
    """Say something below an issue or a pull request.

    Raises:
        Refusal: 422 for nothing said.
    """
    if not text.strip():
        raise invalid("IssueComment", "body", "missing_field")
    at = github.clock.time_of_change()
    said = Comment(
        id=github.numbers.next("comment"), author=author, body=text, created_at=at, updated_at=at
    )
    record.comments.append(said)
    record.updated_at = at
    addresses = github.addresses
    tell(
        github,
        repository,
        "issue_comment",
        author,
        lambda: {
            "issue": issue(addresses, repository, record),
            "comment": comment(addresses, repository, record, said),
        },
        action="created",
    )
    return said


def delete_comment(
    github: GitHub, repository: Repository, record: Issue, said: Comment, actor: Account
) -> None:
    """A comment less."""
    record.comments.remove(said)
    addresses = github.addresses
    tell(
        github,
        repository,
        "issue_comment",
        actor,
        lambda: {
            "issue": issue(addresses, repository, record),
            "comment": comment(addresses, repository, record, said),
        },
        action="deleted",
    )


def edit_comment(
    github: GitHub, repository: Repository, record: Issue, said: Comment, actor: Account, text: str
) -> None:
    """Other words for a comment; the webhook says what they were.

    Raises:
        Refusal: 422 for nothing said.
    """
    if not text.strip():
        raise invalid("IssueComment", "body", "missing_field")
    if text == said.body:
        return
    changes = {"body": {"from": said.body}}
    said.body, said.updated_at = text, github.clock.time_of_change()
    addresses = github.addresses
    tell(
        github,
        repository,
        "issue_comment",
        actor,
        lambda: {
            "changes": changes,
            "issue": issue(addresses, repository, record),
            "comment": comment(addresses, repository, record, said),
        },
        action="edited",
    )
