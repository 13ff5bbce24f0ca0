"""Webhook payloads: from the bytes of a delivery to what they say, without looking anything up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pydantic import ValidationError

from taskly.github.remote.resources import (
    Account,
    CheckRunObject,
    GitHubObject,
    Key,
    Moment,
    Name,
    PullRequestObject,
    PushedCommit,
    RepositoryObject,
    ReviewObject,
    StatusObject,
)
from taskly.github.rules.facts import Branch, Push, Told

MOST_COMMITS = 250
"""Of a push so many of the newest commits are kept."""
_HEADS = "refs/heads/"


class UnreadablePayload(Exception):
    """The body is not what GitHub sends for this event; the message says where, without its values."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a delivery says, or why it is of no interest."""

    action: str | None
    repository_id: int | None
    """GitHub's id of the repository that it speaks of."""
    sender_id: int | None
    """GitHub's id of the account that caused it."""
    told: Told
    ignored: str | None = None


class _Payload(GitHubObject):
    action: Name | None = None
    repository: RepositoryObject | None = None
    sender: Account | None = None


class _PullRequestPayload(_Payload):
    pull_request: PullRequestObject


class _ReviewPayload(_PullRequestPayload):
    review: ReviewObject


class _CheckRunPayload(_Payload):
    check_run: CheckRunObject


class _Suite(GitHubObject):
    head_sha: Key


class _CheckSuitePayload(_Payload):
    check_suite: _Suite


class _StatusPayload(_Payload, StatusObject):
    sha: Key


class _RefPayload(_Payload):
    ref: Key
    ref_type: str


class _PushPayload(_Payload):
    ref: Key
    deleted: bool = False
    commits: list[PushedCommit] = []


class _RepositoryPayload(_Payload):
    repository: RepositoryObject


Said = Told | str
"""What a payload says, or why that does not matter here."""
PayloadT = TypeVar("PayloadT", bound=_Payload)


def _pull_request(payload: _PullRequestPayload, _at: datetime) -> Said:
    return Told(pull_requests=(payload.pull_request.facts(),), opening=payload.action == "opened")


def _review(payload: _ReviewPayload, _at: datetime) -> Said:
    review = payload.review.facts(payload.pull_request.number)
    return Told(
        pull_requests=(payload.pull_request.facts(),),
        reviews=() if review is None else (review,),
    )


def _check_run(payload: _CheckRunPayload, _at: datetime) -> Said:
    return Told(checks=(payload.check_run.facts(),))


def _check_suite(payload: _CheckSuitePayload, _at: datetime) -> Said:
    if payload.action != "completed":
        return "its check runs are told one by one"
    return Told(suspicious_sha=payload.check_suite.head_sha)


def _status(payload: _StatusPayload, _at: datetime) -> Said:
    return Told(checks=(payload.facts(payload.sha),))


def _ref(exists: bool) -> Callable[[_RefPayload, datetime], Said]:
    def read(payload: _RefPayload, at: datetime) -> Said:
        if payload.ref_type != "branch":
            return "only branches matter here"
        return Told(branches=(Branch(payload.ref, exists, _pushed_at(payload, at)),))

    return read


def _push(payload: _PushPayload, at: datetime) -> Said:
    if not payload.ref.startswith(_HEADS):
        return "only branches matter here"
    name = payload.ref.removeprefix(_HEADS)
    branch = Branch(name, not payload.deleted, _pushed_at(payload, at))
    repository = payload.repository
    if repository is not None and name == repository.identity().default_branch:
        # What arrives there was linked on the way: its messages name every card that was ever merged.
        return Told(branches=(branch,))
    if payload.deleted:
        return Told(branches=(branch,))
    own = [commit.facts() for commit in payload.commits[-MOST_COMMITS:] if commit.distinct]
    return Told(branches=(branch,), pushed=Push(name, tuple(own), branch.as_of))


def _repository(payload: _RepositoryPayload, _at: datetime) -> Said:
    return Told(identity=payload.repository.identity(gone=payload.action == "deleted"))


def _pushed_at(payload: _Payload, received_at: datetime) -> Moment:
    repository = payload.repository
    return received_at if repository is None else repository.pushed_at or received_at


@dataclass(frozen=True, slots=True)
class _Reader:
    """How the payload of an event is read."""

    model: type[_Payload]
    read: Callable[[Any, datetime], Said]
    actions: frozenset[str | None]


_ANY = frozenset[str | None]({None})
_PULL_REQUEST_ACTIONS = frozenset[str | None](
    [
        "assigned",
        "auto_merge_disabled",
        "auto_merge_enabled",
        "closed",
        "converted_to_draft",
        "demilestoned",
        "dequeued",
        "edited",
        "enqueued",
        "labeled",
        "locked",
        "milestoned",
        "opened",
        "ready_for_review",
        "reopened",
        "review_request_removed",
        "review_requested",
        "synchronize",
        "unassigned",
        "unlabeled",
        "unlocked",
    ]
)
_REPOSITORY_ACTIONS = frozenset[str | None](
    [
        "archived",
        "created",
        "deleted",
        "edited",
        "privatized",
        "publicized",
        "renamed",
        "transferred",
        "unarchived",
    ]
)
_READERS = {
    "pull_request": _Reader(_PullRequestPayload, _pull_request, _PULL_REQUEST_ACTIONS),
    "pull_request_review": _Reader(
        _ReviewPayload, _review, frozenset({"submitted", "edited", "dismissed"})
    ),
    "check_run": _Reader(
        _CheckRunPayload,
        _check_run,
        frozenset({"created", "completed", "rerequested", "requested_action"}),
    ),
    "check_suite": _Reader(
        _CheckSuitePayload, _check_suite, frozenset({"completed", "requested", "rerequested"})
    ),
    "status": _Reader(_StatusPayload, _status, _ANY),
    "create": _Reader(_RefPayload, _ref(exists=True), _ANY),
    "delete": _Reader(_RefPayload, _ref(exists=False), _ANY),
    "push": _Reader(_PushPayload, _push, _ANY),
    "repository": _Reader(_RepositoryPayload, _repository, _REPOSITORY_ACTIONS),
}

EVENTS = frozenset(_READERS)
"""The events that Taskly asks for and understands."""


def read_payload(event: str, body: bytes, *, received_at: datetime) -> Reading:
    """What a delivery says.

    Raises:
        UnreadablePayload: the body is not JSON, or lacks what the event is about.
    """
    reader = _READERS.get(event)
    if reader is None:
        return Reading(None, None, None, Told(), f"the event {event} does not matter here")
    frame = _parse(_Payload, body)
    if frame.action not in reader.actions and reader.actions is not _ANY:
        return _reading(frame, f"the action {frame.action} is not known")
    return _reading(frame, reader.read(_parse(reader.model, body), received_at))


def _reading(frame: _Payload, said: Said) -> Reading:
    return Reading(
        action=None if frame.action is None else frame.action[:100],
        repository_id=None if frame.repository is None else frame.repository.id,
        sender_id=None if frame.sender is None else frame.sender.id,
        told=said if isinstance(said, Told) else Told(),
        ignored=said if isinstance(said, str) else None,
    )


def _parse(model: type[PayloadT], body: bytes) -> PayloadT:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in problem["loc"])
        raise UnreadablePayload(f"{place or 'body'}: {problem['msg']}") from None
