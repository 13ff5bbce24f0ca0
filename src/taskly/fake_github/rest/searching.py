"""Search over issues and pull requests, and the rate limits."""

import shlex
from collections.abc import Callable

from taskly.fake_github.rest.call import Answer, Call
from taskly.fake_github.rest.paging import page_of
from taskly.fake_github.rest.pipeline import Operation
from taskly.fake_github.shapes.pull_requests import issue
from taskly.fake_github.world.limits import ANONYMOUS, RESOURCES
from taskly.fake_github.world.pull_requests import Issue, PullRequest
from taskly.fake_github.world.refusals import invalid
from taskly.fake_github.world.repositories import Repository

Filter = Callable[[Repository, Issue, str], bool]


def _is(repository: Repository, record: Issue, value: str) -> bool:
    return {
        "pr": isinstance(record, PullRequest),
        "pull-request": isinstance(record, PullRequest),
        "issue": not isinstance(record, PullRequest),
        "open": record.is_open,
        "closed": not record.is_open,
        "merged": isinstance(record, PullRequest) and record.is_merged,
        "unmerged": isinstance(record, PullRequest) and not record.is_merged,
        "draft": isinstance(record, PullRequest) and record.draft,
        "public": not repository.private,
        "private": repository.private,
    }.get(value.lower(), False)


def _is_on_branch(record: Issue, value: str, side: str) -> bool:
    return isinstance(record, PullRequest) and getattr(record, f"{side}_ref") == value


_FILTERS: dict[str, Filter] = {
    "repo": lambda repository, _, value: repository.full_name.lower() == value.lower(),
    "user": lambda repository, _, value: repository.owner.login.lower() == value.lower(),
    "org": lambda repository, _, value: repository.owner.login.lower() == value.lower(),
    "author": lambda _, record, value: record.author.login.lower() == value.lower(),
    "is": _is,
    "type": _is,
    "state": _is,
    "head": lambda _, record, value: _is_on_branch(record, value, "head"),
    "base": lambda _, record, value: _is_on_branch(record, value, "base"),
    "in": lambda _repository, _record, _value: True,
}


def search_issues(call: Call) -> Answer:
    """What fits all words and all `name:value` filters of `q`."""
    text = call.query.get("q", "")
    if not text.strip():
        raise invalid("Search", "q", "missing")
    filters, words = _understood(text)
    found = [
        (repository, record)
        for repository in call.github.repositories.values()
        if call.sees(repository)
        for record in repository.issues.values()
        if all(_FILTERS[name](repository, record, value) for name, value in filters)
        and all(word in f"{record.title}\n{record.body or ''}".lower() for word in words)
    ]
    found.sort(key=lambda pair: pair[1].updated_at, reverse=call.query.get("order") != "asc")
    shown, headers = page_of(call, found)
    return Answer(
        {
            "total_count": len(found),
            "incomplete_results": False,
            "items": [{**_found(call, *pair), "score": 1.0} for pair in shown],
            "search_type": "lexical",
        },
        headers=headers,
    )


def _understood(text: str) -> tuple[list[tuple[str, str]], list[str]]:
    try:
        parts = shlex.split(text)
    except ValueError:
        parts = text.split()
    filters, words = [], []
    for part in parts:
        name, colon, value = part.partition(":")
        if colon and name in _FILTERS:
            filters.append((name, value))
        else:
            words.append(part.lower())
    return filters, words


def _found(call: Call, repository: Repository, record: Issue) -> dict[str, object]:
    shape = issue(call.addresses, repository, record)
    del shape["closed_by"]
    return shape


def rate_limit(call: Call) -> Answer:
    """What is left; asking costs nothing."""
    who = ANONYMOUS if call.account is None else call.account.login
    now = call.github.now()
    resources = {}
    for resource in RESOURCES:
        budget = call.github.limits.budget(who, resource, now)
        resources[resource] = {
            "limit": budget.limit,
            "used": budget.used,
            "remaining": budget.remaining,
            "reset": int(budget.reset_at.timestamp()),
        }
    return Answer({"resources": resources, "rate": resources["core"]})


OPERATIONS = (
    Operation("GET", "/search/issues", search_issues, resource="search"),
    Operation("GET", "/rate_limit", rate_limit, resource=None),
)
