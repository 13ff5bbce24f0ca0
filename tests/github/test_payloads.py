"""What GitHub's payloads say, and that no oddity of theirs does harm."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskly.github.deliveries.payloads import EVENTS, Reading, UnreadablePayload, read_payload
from taskly.github.rules.checks import CheckKind, CheckState
from taskly.github.rules.facts import Branch, Identity, PullRequestState, Size, Told
from taskly.github.rules.reviews import ReviewState
from tests.github.payload_examples import SHA, example, pull_request, repository
from tests.support.actors import Json

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PUSHED = datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC)


def read(event: str, payload: Json) -> Reading:
    """What a payload says, received at noon."""
    return read_payload(event, json.dumps(payload).encode(), received_at=NOW)


def told(event: str, **fields: Any) -> Told:
    """What an example says."""
    reading = read(event, example(event, **fields))
    assert reading.ignored is None
    return reading.told


def test_a_pull_request_is_read_with_all_that_matters() -> None:
    reading = read("pull_request", example("pull_request"))
    assert (reading.action, reading.repository_id, reading.sender_id) == ("opened", 42, 7)
    [pull] = reading.told.pull_requests
    assert reading.told.opening
    assert (pull.number, pull.title, pull.body) == (7, "PAY-1 Refunds", "")
    assert (pull.author, pull.head, pull.head_sha, pull.base_branch) == (
        "ann",
        "feature",
        SHA,
        "main",
    )
    assert pull.requested_reviewers == ("rex", "team core")
    assert pull.state is PullRequestState.OPEN
    assert pull.size == Size(5, 2, pull.as_of)


def test_a_pull_request_that_says_little_is_read_too() -> None:
    bare = {
        "id": 700,
        "number": 7,
        "state": "closed",
        "head": {"ref": "feature"},
        "base": {"ref": "main"},
        "created_at": "2026-11-23T09:00:00Z",
        "updated_at": "2026-11-23T09:00:01Z",
    }
    [pull] = told("pull_request", action="closed", pull_request=bare).pull_requests
    assert (pull.title, pull.author, pull.size) == ("", "ghost", None)
    assert pull.state is PullRequestState.CLOSED


def test_the_branch_of_a_fork_is_known_by_its_owner_even_when_the_fork_is_gone() -> None:
    there = {"ref": "fix", "sha": SHA, "repo": {"id": 9, "owner": {"id": 3, "login": "bob"}}}
    gone = {"ref": "fix", "sha": SHA, "repo": None, "user": {"id": 3, "login": "bob"}}
    for head in (there, gone):
        [pull] = told("pull_request", pull_request=pull_request(head=head)).pull_requests
        assert pull.head == "bob:fix"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"merged_at": "2026-11-23T09:00:01Z", "merge_commit_sha": "b" * 40}, "b" * 40),
        ({"merged_at": "2026-11-23T09:00:01Z", "merge_commit_sha": None}, None),
        ({"merged_at": None, "merge_commit_sha": "b" * 40}, None),
    ],
)
def test_the_commit_of_a_merge_is_one_only_when_it_is_merged(
    fields: Json, expected: str | None
) -> None:
    [pull] = told("pull_request", pull_request=pull_request(**fields)).pull_requests
    assert pull.merge_sha == expected


def test_nul_and_too_long_texts_are_made_storable() -> None:
    long = pull_request(title="a\u0000b", body="x" * 70_000)
    [pull] = told("pull_request", pull_request=long).pull_requests
    assert (pull.title, len(pull.body)) == ("ab", 65_536)


def test_only_web_addresses_are_kept_to_be_linked_to() -> None:
    for address in ("javascript:alert(1)", "data:text/html,x", "", "/relative"):
        assert told("status", target_url=address).checks[0].url is None
    assert told("status", target_url="https://ci.example/1").checks[0].url == "https://ci.example/1"


def test_a_review_brings_its_pull_request_along() -> None:
    said = told("pull_request_review")
    [review] = said.reviews
    assert (review.number, review.reviewer, review.state) == (7, "rex", ReviewState.APPROVED)
    assert [pull.number for pull in said.pull_requests] == [7]


@pytest.mark.parametrize(
    "change",
    [{"user": None}, {"submitted_at": None}, {"state": "pending"}, {"state": "unheard_of"}],
)
def test_a_review_of_nobody_or_not_yet_submitted_counts_for_nothing(change: Json) -> None:
    review = {**example("pull_request_review")["review"], **change}
    said = told("pull_request_review", review=review)
    assert said.reviews == ()
    assert [pull.number for pull in said.pull_requests] == [7]


def test_a_check_run_and_a_status_are_two_kinds_of_check() -> None:
    [run] = told("check_run").checks
    [status] = told("status").checks
    assert (run.kind, run.app, run.name, run.state) == (
        CheckKind.CHECK_RUN,
        "actions",
        "build",
        CheckState.PASSING,
    )
    assert (status.kind, status.app, status.name, status.state) == (
        CheckKind.STATUS,
        "",
        "deploy",
        CheckState.PENDING,
    )
    assert (run.head_sha, status.head_sha) == (SHA, SHA)


def test_the_end_of_a_check_suite_makes_running_checks_suspicious() -> None:
    assert told("check_suite").suspicious_sha == SHA
    begun = read("check_suite", example("check_suite", action="requested"))
    assert begun.ignored == "its check runs are told one by one"


def test_a_branch_comes_and_goes_as_of_the_last_push() -> None:
    assert told("create").branches == (Branch("feature", True, PUSHED),)
    assert told("delete").branches == (Branch("feature", False, PUSHED),)
    epoch = repository(pushed_at=int(PUSHED.timestamp()))
    assert told("push", repository=epoch).branches == (Branch("feature", True, PUSHED),)
    gone = told("push", deleted=True, commits=[])
    assert gone.branches == (Branch("feature", False, PUSHED),)
    timeless = repository(pushed_at=None)
    assert told("create", repository=timeless).branches == (Branch("feature", True, NOW),)


def test_the_commits_of_a_push_are_read_but_not_on_the_default_branch() -> None:
    push = told("push").pushed
    assert push is not None
    assert (push.branch, push.at) == ("feature", PUSHED)
    [commit] = push.commits
    assert (commit.sha, commit.author) == (SHA, "ann")
    assert commit.committed_at == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert told("push", ref="refs/heads/main").pushed is None


def test_a_repository_tells_its_name() -> None:
    assert told("repository").identity == Identity(
        "octo", "payments", "main", False, datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    ("event", "fields", "reason"),
    [
        ("create", {"ref_type": "tag"}, "only branches matter here"),
        ("delete", {"ref_type": "tag"}, "only branches matter here"),
        ("push", {"ref": "refs/tags/v1"}, "only branches matter here"),
        ("pull_request", {"action": "sung"}, "the action sung is not known"),
        ("check_run", {"action": None}, "the action None is not known"),
    ],
)
def test_what_does_not_matter_is_ignored_for_a_reason(
    event: str, fields: Json, reason: str
) -> None:
    assert read(event, example(event, **fields)).ignored == reason


def test_an_event_that_we_do_not_know_is_ignored_whatever_it_holds() -> None:
    reading = read_payload("star", b"not even JSON", received_at=NOW)
    assert reading.ignored == "the event star does not matter here"
    assert not reading.told


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "body: Invalid JSON"),
        (b"{", "body: Invalid JSON"),
        (b"[]", "body: "),
        (b'"\xff"', "body: Invalid JSON"),
        (b'{"action": "opened"}', "pull_request: Field required"),
    ],
)
def test_a_body_that_is_not_what_github_sends_is_unreadable_and_says_where(
    body: bytes, reason: str
) -> None:
    with pytest.raises(UnreadablePayload) as caught:
        read_payload("pull_request", body, received_at=NOW)
    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize("nothing", [None, "", "\u0000"])
@pytest.mark.parametrize(
    ("event", "place"),
    [
        ("check_run", "check_run.head_sha"),
        ("check_suite", "check_suite.head_sha"),
        ("status", "sha"),
        ("create", "ref"),
        ("push", "ref"),
        ("pull_request", "pull_request.head.ref"),
        ("repository", "repository.name"),
    ],
)
def test_a_message_that_does_not_name_its_subject_is_unreadable(
    event: str, place: str, nothing: str | None
) -> None:
    payload = deepcopy(example(event))
    *way, last = place.split(".")
    holder = payload
    for step in way:
        holder = holder[step]
    holder[last] = nothing
    with pytest.raises(UnreadablePayload, match=f"^{place}: "):
        read(event, payload)


def _places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += _places(inner, (*path, key))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            found += _places(inner, (*path, index))
    return found


ODDITIES = st.sampled_from(
    [None, True, 0, -1, 2**70, 1.5, "", "nonsense", "\u0000", [], {}, [None], {"id": None}]
)


@settings(max_examples=400)
@given(st.sampled_from(sorted(EVENTS)), st.data())
def test_a_missing_or_mistyped_field_is_read_ignored_or_unreadable_and_nothing_worse(
    event: str, data: st.DataObject
) -> None:
    payload = deepcopy(example(event))
    path = data.draw(st.sampled_from(_places(payload)))
    holder: Any = payload
    for step in path[:-1]:
        holder = holder[step]
    if data.draw(st.booleans()):
        del holder[path[-1]]
    else:
        holder[path[-1]] = data.draw(ODDITIES)
    try:
        reading = read(event, payload)
    except UnreadablePayload:
        return
    assert reading.ignored or reading.told
