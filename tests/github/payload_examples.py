"""Small deliveries as GitHub sends them: only the fields that matter, and some that don't."""

from copy import deepcopy
from typing import Any

from tests.support.actors import Json

REPOSITORY_ID = 42
SENDER_ID = 7
SHA = "c0ffee" + "0" * 34


def repository(**fields: Any) -> Json:
    """The repository of a payload."""
    return {
        "id": REPOSITORY_ID,
        "name": "payments",
        "full_name": "octo/payments",
        "private": False,
        "owner": {"id": 1, "login": "octo", "type": "Organization"},
        "default_branch": "main",
        "pushed_at": "2026-11-23T09:00:05Z",
        "updated_at": "2026-11-23T09:00:00Z",
        **fields,
    }


def pull_request(**fields: Any) -> Json:
    """The pull request of a payload."""
    end = {"id": REPOSITORY_ID, "owner": {"id": 1, "login": "octo"}}
    return {
        "id": 700,
        "number": 7,
        "state": "open",
        "title": "PAY-1 Refunds",
        "body": None,
        "html_url": "https://github.example/octo/payments/pull/7",
        "user": {"id": SENDER_ID, "login": "ann"},
        "draft": False,
        "head": {"ref": "feature", "sha": SHA, "repo": end, "user": {"id": 1, "login": "octo"}},
        "base": {"ref": "main", "sha": "0" * 40, "repo": end},
        "requested_reviewers": [{"id": 9, "login": "rex"}],
        "requested_teams": [{"id": 3, "slug": "core"}],
        "created_at": "2026-11-23T09:00:00Z",
        "updated_at": "2026-11-23T09:00:01Z",
        "merged_at": None,
        "merged_by": None,
        "additions": 5,
        "deletions": 2,
        **fields,
    }


def _frame(**fields: Any) -> Json:
    sender = {"id": SENDER_ID, "login": "ann"}
    return {"repository": repository(), "sender": sender, **fields}


_REVIEW = {
    "id": 12,
    "user": {"id": 9, "login": "rex"},
    "state": "approved",
    "submitted_at": "2026-11-23T09:00:02Z",
    "html_url": "https://github.example/octo/payments/pull/7#r12",
    "body": "Fine.",
}
_CHECK_RUN = {
    "id": 31,
    "name": "build",
    "head_sha": SHA,
    "status": "completed",
    "conclusion": "success",
    "html_url": "https://github.example/octo/payments/runs/31",
    "started_at": "2026-11-23T09:00:02Z",
    "completed_at": "2026-11-23T09:00:04Z",
    "app": {"id": 5, "slug": "actions", "name": "Actions"},
    "check_suite": {"id": 6},
}
_COMMIT = {
    "id": SHA,
    "message": "PAY-1 Begin",
    "timestamp": "2026-11-23T10:00:00+01:00",
    "url": "https://github.example/octo/payments/commit/c0ffee",
    "author": {"name": "Ann", "username": "ann", "email": "ann@example.com"},
}
_STATUS = {
    "id": 51,
    "sha": SHA,
    "context": "deploy",
    "state": "pending",
    "target_url": None,
    "updated_at": "2026-11-23T09:00:03+00:00",
}

_EXAMPLES: dict[str, Json] = {
    "pull_request": _frame(action="opened", number=7, pull_request=pull_request()),
    "pull_request_review": _frame(action="submitted", review=_REVIEW, pull_request=pull_request()),
    "check_run": _frame(action="completed", check_run=_CHECK_RUN),
    "check_suite": _frame(action="completed", check_suite={"id": 6, "head_sha": SHA}),
    "status": _frame(**_STATUS),
    "create": _frame(ref="feature", ref_type="branch", master_branch="main"),
    "delete": _frame(ref="feature", ref_type="branch"),
    "push": _frame(
        ref="refs/heads/feature", created=True, deleted=False, forced=False, commits=[_COMMIT]
    ),
    "repository": _frame(action="renamed", changes={"repository": {"name": {"from": "pay"}}}),
}


def example(event: str, **fields: Any) -> Json:
    """A delivery's payload, with some fields changed."""
    return {**deepcopy(_EXAMPLES[event]), **fields}
