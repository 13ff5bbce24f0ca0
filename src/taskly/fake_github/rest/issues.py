"""Issues, and what is said below all of them."""

from taskly.fake_github.actions.issues import open_issue
from taskly.fake_github.rest.call import Answer, Call, read_time
from taskly.fake_github.rest.paging import page_of
from taskly.fake_github.rest.pipeline import Operation
from taskly.fake_github.shapes.pull_requests import comment, issue
from taskly.fake_github.world.refusals import Refusal
from taskly.fake_github.world.repositories import Repository


def issues(call: Call) -> Answer:
    """Issues and pull requests, the newest first unless told otherwise."""
    repository = _with_issues(call)
    query = call.query
    state = query.get("state", "open")
    found = [
        record
        for record in repository.issues.values()
        if state in {"all", record.state}
        and query.get("creator") in {None, record.author.login}
        and ("since" not in query or record.updated_at >= read_time(query["since"]))
    ]
    by_update = query.get("sort") == "updated"
    found.sort(key=lambda each: (each.updated_at if by_update else each.created_at, each.number))
    if query.get("direction", "desc") == "desc":
        found.reverse()
    shown, headers = page_of(call, found)
    return Answer([issue(call.addresses, repository, each) for each in shown], headers=headers)


def new_issue(call: Call) -> Answer:
    """Open an issue."""
    user = call.user()
    repository = _with_issues(call)
    record = open_issue(
        call.github,
        repository,
        user,
        title=call.required("title", str),
        body=call.optional("body", str),
    )
    shape = issue(call.addresses, repository, record)
    return Answer(shape, status=201, headers={"Location": shape["url"]})


def all_comments(call: Call) -> Answer:
    """What was said below all issues and pull requests, in the order of the ids unless told otherwise."""
    repository = call.repository()
    query = call.query
    found = [
        (record, said)
        for record in repository.issues.values()
        for said in record.comments
        if "since" not in query or said.updated_at >= read_time(query["since"])
    ]
    sort = query.get("sort")
    found.sort(key=lambda each: each[1].id)
    if sort == "updated":
        found.sort(key=lambda each: each[1].updated_at)
    if sort is not None and query.get("direction", "desc") == "desc":
        found.reverse()
    shown, headers = page_of(call, found)
    return Answer(
        [comment(call.addresses, repository, record, said) for record, said in shown],
        headers=headers,
    )


def _with_issues(call: Call) -> Repository:
    """The repository of the path, if it has issues."""
    repository = call.repository()
    if not repository.has_issues:
        raise Refusal(410, "Issues has been disabled in this repository.")
    return repository


_ISSUES = "/repos/{owner}/{repo}/issues"

OPERATIONS = (
    Operation("GET", _ISSUES, issues),
    Operation("POST", _ISSUES, new_issue),
    Operation("GET", _ISSUES + "/comments", all_comments),
)
