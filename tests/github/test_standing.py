"""Which rule holds for a card, and where it sends it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from taskly.github.rules.automation import (
    Automation,
    Column,
    Rule,
    RuleSetting,
    may_move,
    read_automation,
    target_column,
    write_automation,
)
from taskly.github.rules.facts import PullRequestState
from taskly.github.rules.moving import taken_back
from taskly.github.rules.reviews import ReviewDecision
from taskly.github.rules.standing import (
    CardCode,
    LinkedPullRequest,
    Standing,
    begins,
    newest,
    standing,
    steps,
)

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BRANCH = UUID(int=100)
ALL = Automation(merged_needs="all")


def pull(
    number: int,
    state: str = "open",
    *,
    draft: bool = False,
    changes: bool = False,
    closes: bool = True,
    opened: int = 0,
    merged: int | None = None,
    base: str = "main",
) -> LinkedPullRequest:
    """A pull request of a card; times are minutes."""
    return LinkedPullRequest(
        id=UUID(int=number),
        state=PullRequestState(state),
        was_ready=not draft and state != "draft",
        decision=ReviewDecision.CHANGES_REQUESTED if changes else None,
        closes=closes,
        opened_at=START + timedelta(minutes=opened),
        merged_at=None if merged is None else START + timedelta(minutes=merged),
        base=base,
    )


def rule(
    *pulls: LinkedPullRequest, branch: bool = True, automation: Automation = ALL
) -> str | None:
    """The rule that holds for a card with these pull requests."""
    branches = frozenset({BRANCH}) if branch else frozenset[UUID]()
    found = standing(CardCode(branches, pulls), automation)
    return None if found is None else found.rule.value


ANY = Automation()


@pytest.mark.parametrize(
    ("pulls", "expected"),
    [
        ([], "branch_created"),
        ([pull(1, "draft")], "branch_created"),
        ([pull(1)], "pull_request_opened"),
        ([pull(1, changes=True)], "changes_requested"),
        ([pull(1, "merged", merged=5)], "merged"),
        ([pull(1, "merged", merged=5, changes=True)], "merged"),
        # Closing moves nothing: what held before goes on to hold.
        ([pull(1, "closed")], "pull_request_opened"),
        ([pull(1, "closed", draft=True)], "branch_created"),
        ([pull(1, "closed", changes=True)], "changes_requested"),
        # Of several the open ones count, and one that is refused outweighs.
        ([pull(1), pull(2, "draft")], "pull_request_opened"),
        ([pull(1), pull(2, changes=True)], "changes_requested"),
        ([pull(1, "closed", changes=True), pull(2)], "pull_request_opened"),
        ([pull(1, "closed", opened=1), pull(2, "closed", draft=True)], "pull_request_opened"),
        ([pull(1, "closed"), pull(2, "closed", draft=True, opened=1)], "branch_created"),
        # A bare mention completes nothing.
        ([pull(1, "merged", merged=5, closes=False)], "pull_request_opened"),
        # One merged is enough, unless another one was opened after it.
        ([pull(1, "merged", merged=5), pull(2, opened=3)], "merged"),
        ([pull(1, "merged", merged=5), pull(2, opened=6)], "pull_request_opened"),
        ([pull(1, "merged", merged=5), pull(2, opened=6, closes=False)], "merged"),
        ([pull(1, "merged", merged=5), pull(2, "closed", opened=6)], "merged"),
    ],
)
def test_the_rule_that_holds_when_any_merge_completes(
    pulls: list[LinkedPullRequest], expected: str
) -> None:
    assert rule(*pulls, automation=ANY) == expected
    assert rule(*reversed(pulls), automation=ANY) == expected


@pytest.mark.parametrize(
    ("pulls", "expected"),
    [
        ([pull(1, "merged", merged=5), pull(2, opened=3)], "pull_request_opened"),
        ([pull(1, "merged", merged=5), pull(2, "draft")], "branch_created"),
        ([pull(1, "merged", merged=5), pull(2, closes=False)], "merged"),
        ([pull(1, "merged", merged=5), pull(2, "closed")], "merged"),
        ([pull(1, "merged", merged=5), pull(2, "merged", merged=6)], "merged"),
        ([pull(1, "closed"), pull(2, "closed")], "pull_request_opened"),
    ],
)
def test_the_rule_that_holds_when_all_have_to_be_merged(
    pulls: list[LinkedPullRequest], expected: str
) -> None:
    assert rule(*pulls, automation=ALL) == expected


def test_no_rule_holds_for_a_card_without_code() -> None:
    assert rule(branch=False) is None


def test_a_rule_that_is_off_leaves_the_one_before_it() -> None:
    off = RuleSetting(enabled=False)
    merged = pull(1, "merged", merged=5)
    assert rule(merged, automation=Automation(merged=off)) == "pull_request_opened"
    assert (
        rule(merged, automation=Automation(merged=off, pull_request_opened=off)) == "branch_created"
    )
    everything = Automation(merged=off, pull_request_opened=off, branch_created=off)
    assert rule(merged, automation=everything) is None


def test_closing_moves_when_the_board_wants_it() -> None:
    automation = Automation(closed=RuleSetting())
    assert rule(pull(1, "closed"), automation=automation) == "closed"
    assert rule(pull(1, "closed"), pull(2), automation=automation) == "pull_request_opened"


def test_the_last_merge_is_named_as_the_reason() -> None:
    first = [pull(2), pull(1, opened=1)]
    then = [pull(2, "merged", merged=5), pull(1, opened=1)]
    last = [pull(2, "merged", merged=5), pull(1, "merged", opened=1, merged=9)]

    assert because(ALL, first, last) == because(ALL, then, last) == UUID(int=1)
    assert because(ANY, first, then) == UUID(int=2)
    assert because(ANY, then, last) == UUID(int=1)


def test_what_was_learnt_of_last_is_named_as_the_reason_of_the_other_rules() -> None:
    assert because(ANY, [], [pull(1)]) == UUID(int=1)
    assert because(ANY, [pull(1)], [pull(1), pull(2)]) == UUID(int=2)
    assert because(ANY, [pull(2)], [pull(2), pull(1)]) == UUID(int=1)


def because(
    automation: Automation, before: list[LinkedPullRequest], after: list[LinkedPullRequest]
) -> UUID:
    """What is named as the reason for a rule that begins to hold."""
    was, now = (
        standing(CardCode(frozenset(), tuple(pulls)), automation) for pulls in (before, after)
    )
    assert now is not None
    return newest(was, now, CardCode(frozenset(), tuple(after)))


def test_a_rule_begins_with_another_one_or_with_more_reasons() -> None:
    opened = Standing(Rule.PULL_REQUEST_OPENED, frozenset({UUID(int=1)}))
    twice = Standing(Rule.PULL_REQUEST_OPENED, frozenset({UUID(int=1), UUID(int=2)}))
    merged = Standing(Rule.MERGED, opened.because)
    assert begins(None, opened)
    assert begins(opened, twice)
    assert begins(opened, merged)
    assert begins(merged, opened)
    assert not begins(opened, opened)
    assert not begins(twice, opened)
    assert not begins(opened, None)
    assert not begins(None, None)


TODO = Column(UUID(int=1), "To Do", "todo")
WORK = Column(UUID(int=2), "In Progress", "in_progress")
REVIEW = Column(UUID(int=3), "Code review", "in_progress")
TEST = Column(UUID(int=4), "Testing", "in_progress")
DONE = Column(UUID(int=5), "Done", "done")
SHIPPED = Column(UUID(int=6), "Shipped", "done")
COLUMNS = [TODO, WORK, REVIEW, TEST, DONE, SHIPPED]
DEFAULT = RuleSetting()


@pytest.mark.parametrize(
    ("named", "columns", "expected"),
    [
        (Rule.BRANCH_CREATED, COLUMNS, WORK),
        (Rule.PULL_REQUEST_OPENED, COLUMNS, REVIEW),
        (Rule.CHANGES_REQUESTED, COLUMNS, WORK),
        (Rule.MERGED, COLUMNS, DONE),
        (Rule.PULL_REQUEST_OPENED, [TODO, WORK, TEST, DONE], TEST),
        (Rule.PULL_REQUEST_OPENED, [TODO, WORK, DONE], WORK),
        (Rule.PULL_REQUEST_OPENED, [TODO, DONE], None),
        (Rule.BRANCH_CREATED, [TODO, DONE], None),
        (Rule.MERGED, [TODO, WORK], None),
    ],
)
def test_without_a_choice_a_rule_finds_its_column(
    named: Rule, columns: list[Column], expected: Column | None
) -> None:
    assert target_column(named, DEFAULT, columns) == expected


def test_a_chosen_column_counts_and_a_lost_one_is_replaced_by_its_category() -> None:
    chosen = RuleSetting(column_id=SHIPPED.id, category="done")
    assert target_column(Rule.MERGED, chosen, COLUMNS) == SHIPPED
    assert target_column(Rule.MERGED, chosen, [TODO, WORK, DONE]) == DONE
    assert target_column(Rule.MERGED, chosen, [TODO, WORK]) is None
    odd = RuleSetting(column_id=UUID(int=99), category="todo")
    assert target_column(Rule.MERGED, odd, COLUMNS) == TODO


def test_cards_move_forward_only_unless_the_rule_says_otherwise() -> None:
    both_ways = replace(DEFAULT, forward_only=False)
    assert may_move(TODO.id, DONE, COLUMNS, DEFAULT)
    assert not may_move(DONE.id, WORK, COLUMNS, DEFAULT)
    assert may_move(DONE.id, WORK, COLUMNS, both_ways)
    assert not may_move(WORK.id, WORK, COLUMNS, both_ways)


def test_settings_are_read_as_they_were_written() -> None:
    automation = Automation(
        pull_request_opened=RuleSetting(column_id=TEST.id, category="in_progress"),
        merged=RuleSetting(enabled=False),
        merged_needs="all",
        branch_template="{key}-{number}",
        comment_on_pull_requests=True,
        default_repository_id=UUID(int=7),
    )
    assert read_automation(write_automation(automation)) == automation
    assert write_automation(Automation()) == {}


@pytest.mark.parametrize(
    "written",
    [
        {"merged": None},
        {"merged": "on"},
        {"merged": {"enabled": "yes", "column_id": "nowhere", "category": "later"}},
        {"merged_needs": "some"},
        {"comment_on_pull_requests": "yes"},
        {"default_repository_id": "octo/payments"},
        {"unknown": {"enabled": False}},
    ],
)
def test_settings_that_make_no_sense_are_the_defaults(written: dict[str, object]) -> None:
    assert read_automation(written) == Automation()


def rules_on_the_way(before: CardCode, after: CardCode, automation: Automation = ANY) -> list[str]:
    """The rules that begin to hold, one after the other."""
    way = [standing(step, automation) for step in steps(before, after)]
    return [now.rule.value for was, now in pairwise(way) if now is not None and begins(was, now)]


@pytest.mark.parametrize(
    ("pulls", "rules"),
    [
        ([pull(1)], ["pull_request_opened"]),
        ([pull(1, "closed")], ["pull_request_opened"]),
        ([pull(1, "merged", merged=5)], ["pull_request_opened", "merged"]),
        (
            [pull(1, "merged", merged=5), pull(2, opened=9)],
            ["pull_request_opened", "merged", "pull_request_opened"],
        ),
        (
            [pull(1, "merged", merged=5), pull(2, opened=3)],
            ["pull_request_opened", "pull_request_opened", "merged"],
        ),
        (
            [pull(1, "closed"), pull(2, "draft", opened=3)],
            ["pull_request_opened", "branch_created"],
        ),
    ],
)
def test_code_that_is_learnt_at_once_meets_the_rules_in_the_order_of_githubs_times(
    pulls: list[LinkedPullRequest], rules: list[str]
) -> None:
    assert rules_on_the_way(CardCode(), CardCode(frozenset(), tuple(pulls))) == rules


def test_what_was_known_before_begins_nothing_again() -> None:
    known = CardCode(frozenset({BRANCH}), (pull(1),))
    merged = CardCode(frozenset({BRANCH}), (pull(1, "merged", merged=5),))

    assert rules_on_the_way(known, known) == []
    assert rules_on_the_way(known, merged) == ["merged"]


def test_a_merge_that_is_heard_of_after_a_later_pull_request_completes_the_card() -> None:
    later = pull(2, opened=9)
    known = CardCode(frozenset(), (later,))
    all_of_it = CardCode(frozenset(), (pull(1, "merged", merged=5), later))

    assert "merged" in rules_on_the_way(known, all_of_it)


MERGED = pull(1, "merged", opened=0, merged=9)


@pytest.mark.parametrize(
    ("missed", "column", "goes_to"),
    [
        (pull(2, opened=5), DONE, REVIEW),
        (pull(2, "draft", opened=5), DONE, REVIEW),  # The merged one had been in review.
        (pull(2, opened=5), SHIPPED, None),  # Somebody took the card on.
        (pull(2, opened=5), WORK, None),
        (pull(2, opened=10), DONE, None),  # That is more work on a card that was done.
        (pull(2, opened=5, closes=False), DONE, None),
        (pull(2, "closed", opened=5), DONE, None),
    ],
)
def test_a_card_that_was_done_too_early_goes_back_when_what_was_missed_is_heard_of(
    missed: LinkedPullRequest, column: Column, goes_to: Column | None
) -> None:
    before, after = CardCode(pull_requests=(MERGED,)), CardCode(pull_requests=(MERGED, missed))
    found = taken_back(column.id, before, after, ALL, COLUMNS)
    assert (None if found is None else found[1]) == goes_to
    assert taken_back(column.id, before, after, ANY, COLUMNS) is None


def test_it_goes_back_also_if_more_work_has_begun_since() -> None:
    later, missed = pull(3, "draft", opened=12), pull(2, opened=5)
    before = CardCode(pull_requests=(MERGED, later))
    after = CardCode(pull_requests=(MERGED, missed, later))
    found = taken_back(DONE.id, before, after, ALL, COLUMNS)
    assert found is not None
    assert found[1] == REVIEW
