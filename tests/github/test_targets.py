"""Rules that hold only for pull requests into some branches."""

from dataclasses import replace

import pytest

from taskly.github.rules.automation import (
    Automation,
    Category,
    Column,
    RuleSetting,
    Target,
    read_automation,
    target_column,
    write_automation,
)
from taskly.github.rules.standing import CardCode, LinkedPullRequest, begins, standing
from tests.github.place import REPOSITORY, Place
from tests.github.test_board_settings import change
from tests.github.test_standing import BRANCH, COLUMNS, DONE, SHIPPED, TEST, pull, rule
from tests.github.test_story import where_is
from tests.support.actors import Actor, Json, column, expect

pytestmark = pytest.mark.anyio


def to(pattern: str, column: Column | None = None) -> Target:
    """Branches, and the column of their cards."""
    categories: dict[str, Category] = {"in_progress": "in_progress", "done": "done"}
    if column is None:
        return Target(pattern)
    return Target(pattern, column.id, categories[column.category])


MAIN = Automation(merged=RuleSetting(targets=(to("main"),)))
ALL_OF_MAIN = replace(MAIN, merged_needs="all")
STACKED = pull(2, "merged", opened=2, merged=4, base="feature/one")
LANDED = pull(1, "merged", opened=1, merged=5)


@pytest.mark.parametrize(
    ("pulls", "expected"),
    [
        ([pull(1, "merged", merged=5)], "merged"),
        ([STACKED], "pull_request_opened"),
        ([pull(1), STACKED], "pull_request_opened"),
        ([LANDED, STACKED], "merged"),
        # What is opened into another branch once the card is complete opens nothing again.
        ([LANDED, pull(3, opened=9, base="release/1")], "merged"),
        ([LANDED, pull(3, opened=9)], "pull_request_opened"),
    ],
)
def test_a_merge_into_another_branch_completes_nothing(
    pulls: list[LinkedPullRequest], expected: str
) -> None:
    assert rule(*pulls, automation=MAIN) == expected
    assert rule(*reversed(pulls), automation=MAIN) == expected


def test_all_means_open_pull_requests_into_other_branches_too() -> None:
    open_on_top = pull(2, opened=2, base="feature/one")
    assert rule(LANDED, open_on_top, automation=ALL_OF_MAIN) == "pull_request_opened"
    assert rule(LANDED, STACKED, automation=ALL_OF_MAIN) == "merged"


def test_each_rule_about_pull_requests_has_its_own_branches() -> None:
    only_main = RuleSetting(targets=(to("main"),))
    automation = Automation(
        pull_request_opened=only_main, changes_requested=only_main, closed=only_main
    )
    for state, changes, expected in (
        ("open", False, "pull_request_opened"),
        ("open", True, "changes_requested"),
        ("closed", False, "closed"),
    ):
        assert rule(pull(1, state, changes=changes), automation=automation) == expected
        elsewhere = pull(1, state, changes=changes, base="next")
        assert rule(elsewhere, automation=automation) == "branch_created"
    assert rule(pull(1, "merged", merged=5, base="next"), automation=automation) == "merged"


RELEASES = Automation(
    merged=RuleSetting(targets=(to("release/*", SHIPPED), to("release/**", TEST), to("main")))
)


@pytest.mark.parametrize(
    ("pulls", "expected"),
    [
        ([pull(1, "merged", merged=5)], DONE),
        ([pull(1, "merged", merged=5, base="release/1")], SHIPPED),
        ([pull(1, "merged", merged=5, base="release/1/x")], TEST),
        # Of several merges the last one counts, whichever was told last.
        (
            [pull(1, "merged", merged=5), pull(2, "merged", merged=9, base="release/1")],
            SHIPPED,
        ),
        (
            [pull(1, "merged", merged=9), pull(2, "merged", merged=5, base="release/1")],
            DONE,
        ),
    ],
)
def test_the_base_branch_says_where_the_card_goes(
    pulls: list[LinkedPullRequest], expected: Column
) -> None:
    for order in (pulls, pulls[::-1]):
        found = standing(CardCode(frozenset({BRANCH}), tuple(order)), RELEASES)
        assert found is not None
        setting = RELEASES.setting(found.rule).towards(found.target)
        assert target_column(found.rule, setting, COLUMNS) == expected


def test_a_pull_request_that_gets_another_base_may_begin_its_rule_again() -> None:
    opened = Automation(
        pull_request_opened=RuleSetting(targets=(to("main", TEST), to("feature/**")))
    )
    before = standing(CardCode(frozenset(), (pull(1, base="feature/one"),)), opened)
    after = standing(CardCode(frozenset(), (pull(1),)), opened)
    assert begins(before, after)
    assert not begins(after, after)
    other = standing(CardCode(frozenset(), (pull(1, base="feature/two"),)), opened)
    assert not begins(before, other)


def test_targets_are_read_as_they_were_written_and_left_out_where_they_make_no_sense() -> None:
    assert read_automation(write_automation(RELEASES)) == RELEASES
    odd = {"merged": {"targets": [3, {"pattern": 4}, {"pattern": "main", "column_id": "x"}]}}
    assert read_automation(odd).merged.targets == (Target("main"),)
    assert read_automation({"merged": {"targets": "main"}}) == Automation()


async def test_a_stack_completes_its_card_when_it_lands(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await ann.card(board, "Refund twice")
    changed = await change(ann, board, merged={"targets": [{"pattern": "main"}]})
    assert changed["merged"]["targets"] == [{"pattern": "main", "column_id": None}]
    await place.github.push(REPOSITORY, "PAY-1-model", ["Model"], actor="ann")
    below = await place.github.open_pull_request(REPOSITORY, "PAY-1-model", "Model", author="ann")
    await place.github.push(REPOSITORY, "PAY-1-form", ["Form"], actor="ann")
    above = await place.github.open_pull_request(
        REPOSITORY, "PAY-1-form", "Form", author="ann", base="PAY-1-model"
    )
    await place.settle()
    await place.github.merge(REPOSITORY, above.number, actor="ann")
    await place.settle()
    assert await where_is(ann, board, "Refund twice") == "In Review"
    drifting = expect(await ann.get(f"/boards/{board['id']}/drift"), 200)
    assert drifting["items"] == []
    await place.github.merge(REPOSITORY, below.number, actor="ann")
    await place.settle()
    assert await where_is(ann, board, "Refund twice") == "Done"


async def test_merges_into_releases_go_to_a_column_of_their_own(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await ann.card(board, "Refund twice")
    work = column(board, "In Progress")["id"]
    await change(
        ann,
        board,
        merged={"targets": [{"pattern": "release/**", "column_id": work}], "forward_only": False},
    )
    await place.github.push(REPOSITORY, "release/1", ["Begin"], actor="ann")
    await place.github.push(REPOSITORY, "PAY-1", ["Work"], actor="ann")
    made = await place.github.open_pull_request(
        REPOSITORY, "PAY-1", "Work", author="ann", base="release/1"
    )
    await place.settle()
    assert await where_is(ann, board, "Refund twice") == "In Review"
    await place.github.merge(REPOSITORY, made.number, actor="ann")
    await place.settle()
    assert await where_is(ann, board, "Refund twice") == "In Progress"
    snapshot = await ann.snapshot(board["id"])
    assert snapshot["automation"]["merged"]["targets"] == [
        {"pattern": "release/**", "column_id": work, "category": "in_progress"}
    ]


async def test_a_pattern_that_fits_no_branch_is_refused_in_words(ann: Actor, board: Json) -> None:
    body = {"merged": {"targets": [{"pattern": "release/[12]"}]}}
    answer = await ann.patch(f"/boards/{board['id']}/automation", json=body)
    assert answer.status_code == 422
    assert "no branch is called like 'release/[12]'" in answer.text
