"""Pull requests and who shall review them."""

from collections.abc import Callable
from typing import Any, cast

from taskly.fake_github.actions.closing import close, reopen
from taskly.fake_github.actions.pull_requests import (
    MergeMethod,
    edit_pull_request,
    merge_pull_request,
    open_pull_request,
    remove_reviewers,
    request_reviewers,
)
from taskly.fake_github.rest.call import Answer, Call
from taskly.fake_github.rest.paging import page_of
from taskly.fake_github.rest.pipeline import Operation
from taskly.fake_github.shapes.accounts import simple_user
from taskly.fake_github.shapes.commits import changed_file, listed_commit
from taskly.fake_github.shapes.pull_requests import listed_pull_request, pull_request
from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.commits import changes, merge_base
from taskly.fake_github.world.merging import own_commits
from taskly.fake_github.world.pull_requests import PullRequest
from taskly.fake_github.world.refusals import Refusal, forbidden, invalid, not_found
from taskly.fake_github.world.repositories import Repository

MOST_COMMITS = 250
_ORDERS: dict[str, Callable[[PullRequest], Any]] = {
    "created": lambda pull: (pull.created_at, pull.number),
    "updated": lambda pull: (pull.updated_at, pull.number),
    "popularity": lambda pull: (len(pull.comments), pull.number),
    "long-running": lambda pull: (pull.created_at, pull.number),
}
_METHODS = ("merge", "squash", "rebase")


def pull_requests(call: Call) -> Answer:
    """Pull requests, the newest first unless told otherwise."""
    repository = call.repository()
    state = call.query.get("state", "open")
    if state not in {"open", "closed", "all"}:
        raise invalid("PullRequest", "state")
    head, base = call.query.get("head"), call.query.get("base")
    found = [
        pull
        for pull in repository.pull_requests()
        if state in {"all", pull.state}
        and head in {None, f"{repository.owner.login}:{pull.head_ref}"}
        and base in {None, pull.base_ref}
    ]
    order = call.query.get("sort", "created")
    found.sort(key=_ORDERS.get(order, _ORDERS["created"]))
    if call.query.get("direction", "desc" if order == "created" else "asc") == "desc":
        found.reverse()
    shown, headers = page_of(call, found)
    return Answer(
        [listed_pull_request(call.github, repository, pull) for pull in shown], headers=headers
    )


def new_pull_request(call: Call) -> Answer:
    """Open one; whoever may push may ask."""
    user = call.user()
    repository = call.repository("push")
    head, base = call.required("head", str), call.required("base", str)
    issue_number = call.optional("issue", int)
    title = call.optional("title", str)
    if title is None and issue_number is None:
        raise invalid("PullRequest", "title", "missing_field")
    pull = open_pull_request(
        call.github,
        repository,
        user,
        title=title or "",
        head=head,
        base=base,
        body=call.optional("body", str),
        draft=call.optional("draft", bool) or False,
    )
    shape = pull_request(call.github, repository, pull, just_pushed=True)
    return Answer(shape, status=201, headers={"Location": shape["url"]})


def one_pull_request(call: Call) -> Answer:
    """One pull request; where somebody asked for that, GitHub has not found out yet whether it can be merged."""
    repository = call.repository()
    pull = call.pull_request(repository)
    fault = call.github.faults.for_request(
        "unknown_mergeability", method=call.method, path=call.path, login=None
    )
    shape = pull_request(call.github, repository, pull, just_pushed=fault is not None)
    return Answer(shape)


def change_pull_request(call: Call) -> Answer:
    """Change title, text, base or state."""
    user = call.user()
    repository = call.repository()
    pull = call.pull_request(repository)
    if pull.author is not user and not call.may(repository, "triage"):
        raise forbidden("Must have triage access to repository")
    state = call.one_of("state", ("open", "closed"))
    edit_pull_request(
        call.github,
        repository,
        pull,
        user,
        title=call.optional("title", str),
        body=call.optional("body", str),
        base=call.optional("base", str),
    )
    if state == "closed":
        close(call.github, repository, pull, user)
    elif state == "open":
        reopen(call.github, repository, pull, user)
    return Answer(pull_request(call.github, repository, pull))


def commits_of_pull_request(call: Call) -> Answer:
    """Its commits, oldest first; GitHub shows 250 at most."""
    repository = call.repository()
    found = own_commits(repository, call.pull_request(repository))
    shown, headers = page_of(call, found[:MOST_COMMITS])
    return Answer([listed_commit(call.github, repository, each) for each in shown], headers=headers)


def files_of_pull_request(call: Call) -> Answer:
    """What it changes."""
    repository = call.repository()
    pull = call.pull_request(repository)
    head = repository.commits[pull.head_sha]
    shared = merge_base(repository.commits, pull.base_sha, pull.head_sha)
    changed = changes(shared.files if shared else {}, head.files)
    shown, headers = page_of(call, changed)
    return Answer(
        [changed_file(call.addresses, repository, head, each) for each in shown], headers=headers
    )


def is_merged(call: Call) -> Answer:
    """204 when it is merged, 404 when not."""
    if not call.pull_request(call.repository()).is_merged:
        raise not_found()
    return Answer(status=204)


def merge(call: Call) -> Answer:
    """Bring it into its base."""
    user = call.user()
    repository = call.repository("push")
    pull = call.pull_request(repository)
    method = call.one_of("merge_method", _METHODS) or "merge"
    commit = merge_pull_request(
        call.github,
        repository,
        pull,
        user,
        method=cast("MergeMethod", method),
        title=call.optional("commit_title", str),
        sha=call.optional("sha", str),
    )
    return Answer(
        {"sha": commit.sha, "merged": True, "message": "Pull Request successfully merged"}
    )


def requested_reviewers(call: Call) -> Answer:
    """Who was asked for a review and has not given one."""
    pull = call.pull_request(call.repository())
    users = [simple_user(call.addresses, each) for each in pull.requested_reviewers]
    return Answer({"users": users, "teams": []})


def ask_reviewers(call: Call) -> Answer:
    """Ask somebody for a review."""
    user = call.user()
    repository = call.repository("push")
    pull = call.pull_request(repository)
    request_reviewers(call.github, repository, pull, user, _reviewers(call, repository))
    return Answer(listed_pull_request(call.github, repository, pull), status=201)


def ask_no_longer(call: Call) -> Answer:
    """Take requests for reviews back."""
    user = call.user()
    repository = call.repository("push")
    pull = call.pull_request(repository)
    remove_reviewers(call.github, repository, pull, user, _reviewers(call, repository))
    return Answer(listed_pull_request(call.github, repository, pull))


def _reviewers(call: Call, repository: Repository) -> list[Account]:
    found = [(login, call.github.find_account(login)) for login in call.texts("reviewers") or []]
    unknown = [login for login, account in found if account is None]
    if unknown:
        raise Refusal(
            422,
            "Reviews may only be requested from collaborators. One or more of the users or teams "
            f"you specified is not a collaborator of the {repository.full_name} repository.",
        )
    return [account for _, account in found if account is not None]


_PULLS = "/repos/{owner}/{repo}/pulls"
_PULL = _PULLS + "/{pull_number}"

OPERATIONS = (
    Operation("GET", _PULLS, pull_requests, reads="pull_requests"),
    Operation("POST", _PULLS, new_pull_request),
    Operation("GET", _PULL, one_pull_request, reads="pull_requests"),
    Operation("PATCH", _PULL, change_pull_request),
    Operation("GET", _PULL + "/commits", commits_of_pull_request, reads="pull_requests"),
    Operation("GET", _PULL + "/files", files_of_pull_request, reads="pull_requests"),
    Operation("GET", _PULL + "/merge", is_merged, reads="pull_requests"),
    Operation("PUT", _PULL + "/merge", merge),
    Operation("GET", _PULL + "/requested_reviewers", requested_reviewers, reads="pull_requests"),
    Operation("POST", _PULL + "/requested_reviewers", ask_reviewers),
    Operation("DELETE", _PULL + "/requested_reviewers", ask_no_longer),
)
