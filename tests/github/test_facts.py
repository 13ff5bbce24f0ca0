"""Whichever way facts come in, the same ones stay."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.github.rules.checks import (
    Check,
    CheckKind,
    ChecksState,
    CheckState,
    newest_run,
    roll_up,
    run_state,
    status_state,
)
from taskly.github.rules.facts import (
    Branch,
    PullRequest,
    PullRequestState,
    Size,
    later_branch,
    settle,
)
from taskly.github.rules.reviews import Review, ReviewDecision, ReviewState, decide, last_word

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def at(second: int) -> datetime:
    """So many seconds after the start."""
    return START + timedelta(seconds=second)


PULL = PullRequest(
    number=7,
    github_id=700,
    title="Refunds",
    body="",
    url="https://github.example/octo/payments/pull/7",
    author="ann",
    head_branch="feature",
    head_sha="a" * 40,
    head_fork=None,
    base_branch="main",
    draft=False,
    closed=False,
    requested_reviewers=(),
    opened_at=at(0),
    merged_at=None,
    as_of=at(0),
)


@pytest.mark.parametrize(
    ("draft", "closed", "merged_at", "state"),
    [
        (False, False, None, PullRequestState.OPEN),
        (True, False, None, PullRequestState.DRAFT),
        (False, True, None, PullRequestState.CLOSED),
        (True, True, None, PullRequestState.CLOSED),
        (False, True, at(5), PullRequestState.MERGED),
    ],
)
def test_a_pull_request_is_merged_or_closed_or_a_draft_or_open(
    draft: bool, closed: bool, merged_at: datetime | None, state: PullRequestState
) -> None:
    assert replace(PULL, draft=draft, closed=closed, merged_at=merged_at).state is state


def test_a_branch_of_a_fork_is_not_one_of_the_repository() -> None:
    assert PULL.head == "feature"
    assert replace(PULL, head_fork="bob").head == "bob:feature"


def test_an_older_description_changes_nothing() -> None:
    merged = replace(PULL, closed=True, merged_at=at(9), as_of=at(9))
    settled = settle(merged, replace(PULL, title="Old", as_of=at(8)))
    assert settled.pull_request == merged
    assert not settled.unsure


def test_within_a_second_the_end_of_a_pull_request_counts() -> None:
    merged = replace(PULL, closed=True, merged_at=at(0))
    assert settle(PULL, merged).pull_request == merged
    assert settle(merged, PULL).pull_request == merged


def test_within_a_second_the_opening_is_the_earliest() -> None:
    edited = replace(PULL, title="PAY-1 Refunds")
    settled = settle(edited, PULL, opening=True)
    assert settled.pull_request == edited
    assert not settled.unsure


def test_two_edits_of_the_same_second_are_for_github_to_settle() -> None:
    edited = replace(PULL, title="PAY-1 Refunds")
    settled = settle(PULL, edited)
    assert settled.pull_request == edited
    assert settled.unsure


def test_what_github_answered_when_asked_settles_its_second() -> None:
    answer = replace(PULL, title="PAY-2 Refunds", asked=True)
    assert settle(PULL, answer).pull_request == answer
    late = settle(answer, replace(PULL, title="PAY-1 Refunds"))
    assert late.pull_request == answer
    assert late.unsure


def test_a_message_without_the_size_leaves_the_size() -> None:
    sized = replace(PULL, size=Size(5, 2, at(0)))
    reviewed = replace(PULL, as_of=at(3))
    assert settle(sized, reviewed).pull_request == replace(reviewed, size=sized.size)
    assert settle(reviewed, sized).pull_request == replace(reviewed, size=sized.size)


def test_who_merged_is_kept_when_a_later_message_does_not_say() -> None:
    merged = replace(PULL, closed=True, merged_at=at(3), merged_by="rex", as_of=at(3))
    labeled = replace(merged, merged_by=None, as_of=at(5))
    assert settle(merged, labeled).pull_request.merged_by == "rex"


def test_the_commit_of_the_merge_is_kept_when_a_later_message_does_not_say() -> None:
    merged = replace(PULL, closed=True, merged_at=at(3), merge_sha="b" * 40, as_of=at(3))
    labeled = replace(merged, merge_sha=None, as_of=at(5))
    assert settle(merged, labeled).pull_request.merge_sha == "b" * 40
    assert settle(replace(merged, merge_sha=None), merged).pull_request.merge_sha == "b" * 40


def freshly_told(pull: PullRequest) -> PullRequest:
    """The same as one message has it, which says nothing of the time before."""
    return replace(pull, was_ready=False, drafted_at=None, ready_at=None)


@st.composite
def histories(draw: st.DrawFn) -> list[PullRequest]:
    """What GitHub says of a pull request over time, one thing a second."""
    told = [PULL]
    for second in range(1, draw(st.integers(1, 8))):
        before = told[-1]
        change = draw(st.sampled_from(["title", "draft", "close", "merge", "push", "size"]))
        changed = replace(before, as_of=at(second), size=None)
        if change == "title":
            changed = replace(changed, title=f"PAY-{second} Refunds")
        elif change == "draft":
            changed = replace(changed, draft=not before.draft)
        elif change == "close":
            changed = replace(changed, closed=not before.closed)
        elif change == "merge" and not before.closed:
            changed = replace(changed, closed=True, merged_at=at(second), merged_by="rex")
            changed = replace(changed, merge_sha=f"{second + 100:040}")
        elif change == "push":
            changed = replace(changed, head_sha=f"{second:040}")
        else:
            changed = replace(changed, size=Size(second, second, at(second)))
        told.append(freshly_told(changed))
        if changed.merged_at is not None:
            break
    return told


@given(histories(), st.data())
def test_any_order_with_repetitions_ends_like_the_right_one(
    told: list[PullRequest], data: st.DataObject
) -> None:
    def end_of(messages: list[PullRequest]) -> PullRequest:
        held = settle(None, messages[0]).pull_request
        for message in messages[1:]:
            held = settle(held, message).pull_request
        return held

    repeated = told + data.draw(st.lists(st.sampled_from(told), max_size=5))
    ended = end_of(data.draw(st.permutations(repeated)))
    assert ended == end_of(told)
    drafts, ready = (
        [pull.as_of for pull in told if pull.draft is draft] for draft in (True, False)
    )
    assert (ended.drafted_at, ended.ready_at) == (
        min(drafts, default=None),
        min(ready, default=None),
    )
    assert ended.was_ready is bool(ready)


REVIEW = Review(7, 1, "rex", ReviewState.APPROVED, 10, at(0))
STATES = st.sampled_from(ReviewState)
REVIEWS = st.lists(
    st.builds(
        lambda state, id_: Review(7, 1, "rex", state, id_, at(id_)),
        STATES,
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=8,
)


@given(REVIEWS, st.data())
def test_the_last_word_of_a_reviewer_does_not_depend_on_the_order(
    told: list[Review], data: st.DataObject
) -> None:
    # A review says one thing, and may be dismissed later: other pairs of the same id don't happen.
    first = {review.github_id: review.state for review in reversed(told)}
    told = [
        replace(review, state=first[review.github_id])
        if review.state is not ReviewState.DISMISSED
        else review
        for review in told
    ]

    def end_of(messages: list[Review]) -> Review:
        held: Review | None = None
        for message in messages:
            held = last_word(held, message)
        assert held is not None
        return held

    ended = end_of(data.draw(st.permutations(told)))
    assert ended == end_of(told)
    assert ended.first_submitted_at == min(review.submitted_at for review in told)


def test_a_comment_takes_back_nothing() -> None:
    comment = replace(REVIEW, state=ReviewState.COMMENTED, github_id=11, submitted_at=at(5))
    assert last_word(REVIEW, comment) == REVIEW


def test_a_dismissed_review_stays_so() -> None:
    dismissed = replace(REVIEW, state=ReviewState.DISMISSED)
    assert last_word(REVIEW, dismissed) == dismissed
    assert last_word(dismissed, REVIEW) == dismissed


@pytest.mark.parametrize(
    ("states", "asked", "decision"),
    [
        ([], [], None),
        ([], ["rex"], ReviewDecision.REVIEW_REQUIRED),
        (["commented"], [], None),
        (["approved"], [], ReviewDecision.APPROVED),
        (["approved"], ["tom"], ReviewDecision.APPROVED),
        (["approved", "changes_requested"], [], ReviewDecision.CHANGES_REQUESTED),
        (["dismissed"], [], None),
        (["dismissed", "approved"], [], ReviewDecision.APPROVED),
    ],
)
def test_one_who_wants_changes_outweighs_all_who_approve(
    states: list[str], asked: list[str], decision: ReviewDecision | None
) -> None:
    reviews = [
        replace(REVIEW, reviewer_id=number, state=ReviewState(state))
        for number, state in enumerate(states)
    ]
    assert decide(reviews, asked=asked) is decision


CHECK = Check(
    "a" * 40, CheckKind.CHECK_RUN, "actions", "build", 1, CheckState.PENDING, None, None, at(0)
)


@pytest.mark.parametrize(
    ("status", "conclusion", "state"),
    [
        ("queued", None, CheckState.PENDING),
        ("in_progress", None, CheckState.PENDING),
        ("waiting", None, CheckState.PENDING),
        ("completed", "success", CheckState.PASSING),
        ("completed", "neutral", CheckState.NEUTRAL),
        ("completed", "skipped", CheckState.NEUTRAL),
        ("completed", "failure", CheckState.FAILING),
        ("completed", "timed_out", CheckState.FAILING),
        ("completed", "cancelled", CheckState.FAILING),
        ("completed", "action_required", CheckState.FAILING),
        ("completed", "startup_failure", CheckState.FAILING),
        ("completed", "stale", CheckState.FAILING),
    ],
)
def test_a_check_run_stands_as_github_says(
    status: str, conclusion: str | None, state: CheckState
) -> None:
    assert run_state(status, conclusion) is state


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("success", CheckState.PASSING),
        ("pending", CheckState.PENDING),
        ("failure", CheckState.FAILING),
        ("error", CheckState.FAILING),
    ],
)
def test_a_status_stands_as_github_says(told: str, state: CheckState) -> None:
    assert status_state(told) is state


@pytest.mark.parametrize(
    ("states", "together"),
    [
        ([], None),
        (["neutral"], ChecksState.PASSING),
        (["passing", "neutral"], ChecksState.PASSING),
        (["passing", "pending"], ChecksState.PENDING),
        (["passing", "pending", "failing"], ChecksState.FAILING),
    ],
)
def test_failing_outweighs_pending_outweighs_passing(
    states: list[str], together: ChecksState | None
) -> None:
    checks = [replace(CHECK, state=CheckState(state)) for state in states]
    assert roll_up(checks) is together


@given(
    st.lists(
        st.builds(
            lambda run, second, state: replace(
                CHECK, github_id=run, as_of=at(10 * run + second), state=state
            ),
            st.integers(1, 3),
            st.integers(0, 5),
            st.sampled_from([CheckState.PENDING, CheckState.PASSING]),
        ),
        min_size=1,
        max_size=6,
    ),
    st.data(),
)
def test_the_newest_run_does_not_depend_on_the_order(
    told: list[Check], data: st.DataObject
) -> None:
    def end_of(messages: list[Check]) -> Check:
        held: Check | None = None
        for message in messages:
            held = newest_run(held, message)
        assert held is not None
        return held

    assert end_of(data.draw(st.permutations(told))) == end_of(told)


def test_a_rerun_counts_even_if_the_first_run_ends_after_it_began() -> None:
    ended = replace(CHECK, state=CheckState.FAILING, as_of=at(60))
    rerun = replace(CHECK, github_id=2, as_of=at(30))
    assert newest_run(ended, rerun) == rerun
    assert newest_run(rerun, ended) == rerun


@given(
    st.lists(
        st.builds(
            lambda exists, second: Branch("feature", exists, at(second)),
            st.booleans(),
            st.integers(0, 3),
        ),
        min_size=1,
        max_size=6,
    ),
    st.data(),
)
def test_whether_a_branch_is_there_does_not_depend_on_the_order(
    told: list[Branch], data: st.DataObject
) -> None:
    def end_of(messages: list[Branch]) -> Branch:
        held: Branch | None = None
        for message in messages:
            held = later_branch(held, message)
        assert held is not None
        return held

    assert end_of(data.draw(st.permutations(told))) == end_of(told)


@pytest.mark.parametrize(("known", "told"), [(7, 1), (None, 1)])
def test_the_number_of_commits_is_what_github_answered(known: int | None, told: int) -> None:
    counted = replace(PULL, commit_count=known)
    answered = replace(PULL, commit_count=told, asked=True)
    assert settle(counted, answered).pull_request.commit_count == told


def test_the_number_of_commits_is_unknown_of_another_head() -> None:
    counted = replace(PULL, commit_count=7)
    moved = replace(PULL, head_sha="b" * 40, as_of=at(5))
    assert settle(counted, moved).pull_request.commit_count is None
    assert settle(counted, replace(moved, commit_count=8)).pull_request.commit_count == 8
    assert settle(counted, replace(PULL, as_of=at(5))).pull_request.commit_count == 7
