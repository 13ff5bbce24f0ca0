"""Reviews of pull requests, and comments below them and below issues."""

from typing import cast

from taskly.fake_github.actions.reviews import (
    add_comment,
    add_review,
    delete_comment,
    dismiss_review,
    edit_comment,
    edit_review,
)
from taskly.fake_github.rest.call import Answer, Call, read_time
from taskly.fake_github.rest.paging import page_of
from taskly.fake_github.rest.pipeline import Operation
from taskly.fake_github.shapes.pull_requests import comment, review
from taskly.fake_github.world.pull_requests import (
    STATE_AFTER,
    Comment,
    Issue,
    PullRequest,
    Review,
    Verdict,
)
from taskly.fake_github.world.refusals import forbidden, not_found
from taskly.fake_github.world.repositories import Repository


def reviews(call: Call) -> Answer:
    """All reviews, oldest first; a pending one only for its author."""
    repository = call.repository()
    pull = call.pull_request(repository)
    visible = [
        each for each in pull.reviews if each.state != "PENDING" or each.author is call.account
    ]
    shown, headers = page_of(call, visible)
    return Answer(
        [review(call.addresses, repository, pull, each) for each in shown], headers=headers
    )


def new_review(call: Call) -> Answer:
    """Approve, ask for changes, or comment."""
    user = call.user()
    repository = call.repository()
    pull = call.pull_request(repository)
    verdict = call.one_of("event", tuple(STATE_AFTER))
    record = add_review(
        call.github,
        repository,
        pull,
        user,
        cast("Verdict | None", verdict),
        body=call.optional("body", str) or "",
        commit_sha=call.optional("commit_id", str),
    )
    return Answer(review(call.addresses, repository, pull, record))


def one_review(call: Call) -> Answer:
    """One review."""
    repository = call.repository()
    pull = call.pull_request(repository)
    return Answer(review(call.addresses, repository, pull, _review(call, pull)))


def change_review(call: Call) -> Answer:
    """Other words for one's own review."""
    user = call.user()
    repository = call.repository()
    pull = call.pull_request(repository)
    record = _review(call, pull)
    if record.author is not user:
        raise forbidden("Must be the author of the review")
    edit_review(call.github, repository, pull, record, user, call.required("body", str))
    return Answer(review(call.addresses, repository, pull, record))


def dismiss(call: Call) -> Answer:
    """A verdict that counts no longer."""
    user = call.user()
    repository = call.repository("push")
    pull = call.pull_request(repository)
    record = _review(call, pull)
    call.required("message", str)
    dismiss_review(call.github, repository, pull, record, user)
    return Answer(review(call.addresses, repository, pull, record))


def _review(call: Call, pull: PullRequest) -> Review:
    review_id = call.number("review_id")
    found = next((each for each in pull.reviews if each.id == review_id), None)
    if found is None:
        raise not_found()
    return found


def comments(call: Call) -> Answer:
    """What was said below an issue or a pull request, oldest first."""
    repository = call.repository()
    record = call.issue(repository)
    since = call.query.get("since")
    found = [
        said for said in record.comments if since is None or said.updated_at >= read_time(since)
    ]
    shown, headers = page_of(call, found)
    return Answer(
        [comment(call.addresses, repository, record, said) for said in shown], headers=headers
    )


def new_comment(call: Call) -> Answer:
    """Say something."""
    user = call.user()
    repository = call.repository()
    record = call.issue(repository)
    said = add_comment(call.github, repository, record, user, call.required("body", str))
    shape = comment(call.addresses, repository, record, said)
    return Answer(shape, status=201, headers={"Location": shape["url"]})


def one_comment(call: Call) -> Answer:
    """One comment."""
    repository = call.repository()
    record, said = _comment(call, repository)
    return Answer(comment(call.addresses, repository, record, said))


def change_comment(call: Call) -> Answer:
    """Other words for a comment: one's own, or anybody's for whoever may push."""
    user = call.user()
    repository = call.repository()
    record, said = _comment(call, repository)
    if said.author is not user and not call.may(repository, "push"):
        raise forbidden("Must have push access to repository")
    edit_comment(call.github, repository, record, said, user, call.required("body", str))
    return Answer(comment(call.addresses, repository, record, said))


def remove_comment(call: Call) -> Answer:
    """A comment less: one's own, or anybody's for whoever may push."""
    user = call.user()
    repository = call.repository()
    record, said = _comment(call, repository)
    if said.author is not user and not call.may(repository, "push"):
        raise forbidden("Must have push access to repository")
    delete_comment(call.github, repository, record, said, user)
    return Answer(status=204)


def _comment(call: Call, repository: Repository) -> tuple[Issue, Comment]:
    comment_id = call.number("comment_id")
    for record in repository.issues.values():
        for said in record.comments:
            if said.id == comment_id:
                return record, said
    raise not_found()


_REVIEWS = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews"
_ISSUES = "/repos/{owner}/{repo}/issues"

OPERATIONS = (
    Operation("GET", _REVIEWS, reviews, reads="pull_requests"),
    Operation("POST", _REVIEWS, new_review),
    Operation("GET", _REVIEWS + "/{review_id}", one_review, reads="pull_requests"),
    Operation("PUT", _REVIEWS + "/{review_id}", change_review),
    Operation("PUT", _REVIEWS + "/{review_id}/dismissals", dismiss),
    Operation("GET", _ISSUES + "/comments/{comment_id}", one_comment),
    Operation("PATCH", _ISSUES + "/comments/{comment_id}", change_comment),
    Operation("DELETE", _ISSUES + "/comments/{comment_id}", remove_comment),
    Operation("GET", _ISSUES + "/{issue_number}/comments", comments),
    Operation("POST", _ISSUES + "/{issue_number}/comments", new_comment),
)
