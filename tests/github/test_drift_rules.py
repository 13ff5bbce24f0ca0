"""Which drift a card has, and what is none."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from taskly.github.rules.automation import Automation, Column, RuleSetting
from taskly.github.rules.checks import ChecksState
from taskly.github.rules.drift import (
    FAILING_AFTER,
    IDLE_AFTER,
    BranchOnCard,
    CardAndCode,
    PullRequestOnCard,
    Sign,
    kinds,
    signs_of_drift,
)
from taskly.github.rules.facts import PullRequestState
from taskly.github.rules.reviews import ReviewDecision

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TODO = Column(UUID(int=1), "To Do", "todo")
WORK = Column(UUID(int=2), "In Progress", "in_progress")
REVIEW = Column(UUID(int=3), "Code review", "in_progress")
TEST = Column(UUID(int=4), "Testing", "in_progress")
DONE = Column(UUID(int=5), "Done", "done")
SHIPPED = Column(UUID(int=6), "Shipped", "done")
COLUMNS = (TODO, WORK, REVIEW, TEST, DONE, SHIPPED)
OFF = RuleSetting(enabled=False)
ALL = Automation(merged_needs="all")


def hour(count: int) -> datetime:
    """So many hours ago."""
    return NOW - timedelta(hours=count)


def pull(
    number: int = 7,
    state: str = "open",
    *,
    closes: bool = True,
    approved: bool = False,
    failing: datetime | None = None,
    opened: int = 10,
    merged: int | None = None,
    updated: datetime = NOW,
    base: str = "main",
) -> PullRequestOnCard:
    """A pull request of a card; `opened` and `merged` are so many hours ago."""
    return PullRequestOnCard(
        repository="octo/payments",
        number=number,
        state=PullRequestState.MERGED if merged is not None else PullRequestState(state),
        closes=closes,
        base=base,
        decision=ReviewDecision.APPROVED if approved else None,
        checks=ChecksState.PASSING if failing is None else ChecksState.FAILING,
        failing_since=failing,
        opened_at=hour(opened),
        merged_at=None if merged is None else hour(merged),
        updated_at=updated,
    )


def branch(*, exists: bool = False, merged: bool = False, name: str = "PAY-1") -> BranchOnCard:
    """A branch of a card, deleted an hour ago unless it exists."""
    return BranchOnCard("octo/payments", name, exists, merged, hour(1))


def signs(
    column: Column,
    *pulls: PullRequestOnCard,
    branches: tuple[BranchOnCard, ...] = (),
    automation: Automation | None = None,
    columns: tuple[Column, ...] = COLUMNS,
) -> list[Sign]:
    """The signs of drift of a card in a column, with this code."""
    rules = automation or Automation()
    card = CardAndCode(column.id, columns, rules, pulls, branches)
    return signs_of_drift(card, NOW)


def drift(
    column: Column,
    *pulls: PullRequestOnCard,
    branches: tuple[BranchOnCard, ...] = (),
    automation: Automation | None = None,
    columns: tuple[Column, ...] = COLUMNS,
) -> list[str]:
    """The kinds of drift, each in whatever order the code is given."""
    found = signs(column, *pulls, branches=branches, automation=automation, columns=columns)
    turned = signs(
        column, *reversed(pulls), branches=branches[::-1], automation=automation, columns=columns
    )
    assert set(turned) == set(found)
    return [kind.value for kind in kinds(found)]


MERGED = pull(merged=1)


def test_a_card_is_merged_and_not_done_until_it_is_where_merged_cards_go() -> None:
    for column in (TODO, WORK, REVIEW, TEST):
        assert drift(column, MERGED) == ["merged_not_done"]
    assert drift(DONE, MERGED) == drift(SHIPPED, MERGED) == []


def test_a_card_beyond_the_column_of_merged_ones_does_not_drift() -> None:
    to_test = Automation(merged=RuleSetting(column_id=TEST.id, category="in_progress"))
    assert drift(REVIEW, MERGED, automation=to_test) == ["merged_not_done"]
    assert drift(TEST, MERGED, automation=to_test) == []
    assert drift(TEST, MERGED, automation=to_test, columns=(TODO, TEST, REVIEW)) == []
    assert drift(REVIEW, MERGED, automation=to_test, columns=(TODO, TEST, REVIEW)) == []
    shipped = Automation(merged=RuleSetting(column_id=SHIPPED.id, category="done"))
    assert drift(DONE, MERGED, automation=shipped) == []


def test_a_board_without_a_column_for_merged_cards_has_none_that_are_merged_and_not_done() -> None:
    assert drift(WORK, MERGED, columns=(TODO, WORK, REVIEW)) == []
    lost = Automation(merged=RuleSetting(column_id=UUID(int=99), category="done"))
    assert drift(WORK, MERGED, automation=lost) == ["merged_not_done"]
    assert drift(WORK, MERGED, automation=lost, columns=(TODO, WORK)) == []


@pytest.mark.parametrize(
    ("pulls", "expected_any", "expected_all"),
    [
        ([pull(1, merged=1), pull(2, opened=3)], ["merged_not_done"], []),
        ([pull(1, merged=5), pull(2, opened=3)], [], []),
        ([pull(1, merged=5), pull(2, "draft", opened=3)], [], []),
        ([pull(1, merged=5), pull(2, "closed", opened=3)], ["merged_not_done"], ["merged_not_done"]),
        ([pull(1, merged=5), pull(2, opened=3, closes=False)], ["merged_not_done"], ["merged_not_done"]),
        ([pull(1, merged=5), pull(2, merged=1)], ["merged_not_done"], ["merged_not_done"]),
        ([pull(1, merged=5, closes=False)], [], []),
        ([pull(1, "closed")], [], []),
        ([], [], []),
    ],
)  # fmt: skip
def test_of_several_pull_requests_the_board_says_how_many_have_to_be_merged(
    pulls: list[PullRequestOnCard], expected_any: list[str], expected_all: list[str]
) -> None:
    assert drift(WORK, *pulls) == expected_any
    assert drift(WORK, *pulls, automation=ALL) == expected_all


@pytest.mark.parametrize(
    ("pulls", "expected_any", "expected_all"),
    [
        ([pull()], ["done_but_open"], ["done_but_open"]),
        ([pull(state="draft")], ["done_but_open"], ["done_but_open"]),
        ([pull(state="closed")], [], []),
        ([pull(closes=False)], [], []),
        # What was open before the merge that was enough, is left over.
        ([pull(1, merged=1), pull(2, opened=3)], [], ["done_but_open"]),
        ([pull(1, merged=5), pull(2, opened=3)], ["done_but_open"], ["done_but_open"]),
        ([pull(1, merged=5, closes=False), pull(2)], ["done_but_open"], ["done_but_open"]),
        ([pull(merged=1)], [], []),
    ],
)
def test_a_card_is_done_but_open_while_something_is_still_to_be_merged_for_it(
    pulls: list[PullRequestOnCard], expected_any: list[str], expected_all: list[str]
) -> None:
    for column in (DONE, SHIPPED):
        assert drift(column, *pulls) == expected_any
        assert drift(column, *pulls, automation=ALL) == expected_all


DRAFT = pull(state="draft")


def test_a_card_is_in_review_but_a_draft_only_in_the_column_of_reviews() -> None:
    assert drift(REVIEW, DRAFT) == ["in_review_but_draft"]
    assert drift(WORK, DRAFT) == drift(TEST, DRAFT) == []
    tested = Automation(pull_request_opened=RuleSetting(column_id=TEST.id, category="in_progress"))
    assert drift(REVIEW, DRAFT, automation=tested) == []
    assert drift(TEST, DRAFT, automation=tested) == ["in_review_but_draft"]


def test_where_work_and_reviews_share_a_column_drafts_are_at_home() -> None:
    assert drift(WORK, DRAFT, columns=(TODO, WORK, DONE)) == []


@pytest.mark.parametrize(
    "pulls",
    [
        [pull(1, "draft"), pull(2)],
        [pull(1, "draft"), pull(2, closes=False)],
        [pull(1, "draft", closes=False)],
        [pull(1, "closed")],
    ],
)
def test_a_review_of_something_that_is_ready_is_no_drift(pulls: list[PullRequestOnCard]) -> None:
    assert drift(REVIEW, *pulls) == []


def test_a_draft_beside_one_that_was_closed_is_one_all_the_same() -> None:
    assert drift(REVIEW, DRAFT, pull(8, "closed")) == ["in_review_but_draft"]


GONE = branch()


def test_a_branch_is_gone_if_work_is_said_to_go_on_without_any() -> None:
    for column in (WORK, REVIEW, TEST):
        assert drift(column, branches=(GONE,)) == ["branch_gone"]
    assert drift(TODO, branches=(GONE,)) == drift(DONE, branches=(GONE,)) == []
    assert drift(WORK) == []


def test_a_branch_that_went_after_its_merge_is_no_drift() -> None:
    assert drift(WORK, branches=(branch(merged=True),)) == []
    assert drift(WORK, pull(merged=1, closes=False), branches=(GONE,)) == []
    two = (branch(merged=True), branch(name="PAY-1-again"))
    assert drift(WORK, branches=two) == ["branch_gone"]


def test_a_branch_that_went_is_not_missed_while_other_code_is_there() -> None:
    there = branch(exists=True, name="PAY-1-again")
    assert drift(WORK, branches=(GONE, there)) == []
    assert drift(WORK, pull(), branches=(GONE,)) == []
    assert drift(WORK, pull(state="draft", closes=False), branches=(GONE,)) == []


def test_a_branch_that_went_with_a_closed_pull_request_is_the_business_of_its_rule() -> None:
    closed = pull(state="closed")
    assert drift(WORK, closed, branches=(GONE,)) == ["branch_gone"]
    has_rule = Automation(closed=RuleSetting())
    assert drift(WORK, closed, branches=(GONE,), automation=has_rule) == []
    assert drift(WORK, branches=(GONE,), automation=has_rule) == ["branch_gone"]


def test_an_approved_pull_request_is_idle_after_three_days() -> None:
    idle = pull(approved=True, updated=NOW - IDLE_AFTER)
    for column in (TODO, WORK, REVIEW):
        assert drift(column, idle) == ["approved_and_idle"]
    assert drift(REVIEW, replace(idle, updated_at=NOW - IDLE_AFTER + SECOND)) == []
    assert drift(REVIEW, replace(idle, decision=None)) == []
    assert drift(REVIEW, replace(idle, closes=False)) == []
    assert drift(WORK, replace(idle, state=PullRequestState.DRAFT)) == []
    assert drift(WORK, replace(idle, state=PullRequestState.CLOSED)) == []
    assert drift(REVIEW, replace(idle, checks=ChecksState.FAILING, failing_since=NOW)) == []
    assert drift(REVIEW, replace(idle, checks=ChecksState.PENDING)) == ["approved_and_idle"]
    assert drift(DONE, idle) == ["done_but_open"]


def test_checks_fail_too_long_after_two_days() -> None:
    failing = pull(failing=NOW - FAILING_AFTER)
    for column in (TODO, WORK, REVIEW):
        assert drift(column, failing) == ["checks_failing"]
    assert drift(REVIEW, replace(failing, failing_since=NOW - FAILING_AFTER + SECOND)) == []
    assert drift(REVIEW, replace(failing, closes=False)) == []
    assert drift(REVIEW, replace(failing, checks=ChecksState.PASSING)) == []
    assert drift(WORK, replace(failing, state=PullRequestState.DRAFT)) == []
    assert drift(WORK, replace(failing, state=PullRequestState.CLOSED)) == []
    assert drift(DONE, failing) == ["done_but_open"]


def test_what_a_merge_has_left_over_neither_idles_nor_fails() -> None:
    old = pull(1, approved=True, opened=99, updated=hour(99))
    red = pull(2, failing=hour(99), opened=99)
    assert drift(WORK, old, red, pull(3, merged=1)) == ["merged_not_done"]
    both = ["approved_and_idle", "checks_failing"]
    assert drift(WORK, old, red, pull(3, merged=1), automation=ALL) == both


def test_a_board_hears_of_no_drift_from_a_rule_that_it_has_switched_off() -> None:
    no_merges = Automation(merged=OFF)
    assert drift(WORK, MERGED, automation=no_merges) == []
    assert drift(DONE, pull(), automation=no_merges) == []
    assert drift(REVIEW, DRAFT, automation=Automation(pull_request_opened=OFF)) == []
    assert drift(WORK, branches=(GONE,), automation=Automation(branch_created=OFF)) == []
    everything = Automation(merged=OFF, pull_request_opened=OFF, branch_created=OFF)
    red = pull(failing=hour(99))
    assert drift(WORK, red, automation=everything) == ["checks_failing"]


def test_a_sign_tells_what_shows_it_since_when_and_what_to_do() -> None:
    [merged] = signs(REVIEW, pull(1, merged=5), pull(2, merged=1))
    assert (merged.repository, merged.pull_request, merged.branch) == ("octo/payments", 2, None)
    assert merged.since == hour(1)
    assert merged.advice == (
        "octo/payments#2 is merged: move the card to Done, or go on in another pull request."
    )
    [gone] = signs(WORK, branches=(GONE,))
    assert (gone.pull_request, gone.branch, gone.since) == (None, "PAY-1", hour(1))
    first, second = signs(DONE, pull(1), pull(2, opened=3))
    assert [(each.pull_request, each.since) for each in (first, second)] == [
        (1, hour(10)),
        (2, hour(3)),
    ]
    [idle] = signs(REVIEW, pull(approved=True, updated=hour(99)))
    [failing] = signs(REVIEW, pull(failing=hour(98)))
    assert (idle.since, failing.since) == (hour(99), hour(98))
