"""Which commits a pull request has by what was told, and when that leaves doubt."""

from dataclasses import replace

import pytest

from taskly.github.rules.commits import (
    PushedCommits,
    are_all,
    as_described,
    as_listed,
    as_pushed,
    may_have_pushed,
)
from taskly.github.rules.facts import Commit, Push
from tests.github.test_facts import PULL, at

A, B, C = "a" * 40, "b" * 40, "c" * 40
TWO = replace(PULL, head_sha=B, commit_count=2, as_of=at(10))


def commits(*shas: str) -> dict[str, Commit]:
    """Commits by their SHA."""
    return {sha: Commit(sha, "Refund", "ann", at(0)) for sha in shas}


def push(*shas: str, second: int = 10) -> Push:
    """A push to the branch."""
    return Push("feature", tuple(commits(*shas).values()), at(second))


@pytest.mark.parametrize(
    ("count", "shas", "expected"),
    [
        (2, {A, B}, True),
        (2, {B}, False),
        (2, {A, C}, False),
        (2, {A, B, C}, False),
        (None, {B}, True),
        (None, {A}, False),
        (250, {A}, False),
        (300, {A}, False),
        (300, {str(number) for number in range(250)}, True),
    ],
)
def test_the_last_commit_and_their_number_say_whether_they_are_all(
    count: int | None, shas: set[str], expected: bool
) -> None:
    assert are_all(replace(TWO, commit_count=count), shas) is expected


def test_what_was_pushed_before_it_was_opened_is_its_own_if_the_number_fits() -> None:
    found = as_described(TWO, {}, PushedCommits(commits(A, B)), awaited=False)
    assert (set(found.commits), found.doubtful) == ({A, B}, False)


@pytest.mark.parametrize("pushed", [commits(A, B, C), commits(B), commits(A, C), {}])
def test_what_was_pushed_before_it_was_opened_is_left_to_github_if_the_number_differs(
    pushed: dict[str, Commit],
) -> None:
    found = as_described(TWO, {}, PushedCommits(pushed), awaited=False)
    assert (set(found.commits), found.doubtful) == (set(), True)


@pytest.mark.parametrize("awaited", [True, False])
def test_what_was_pushed_to_a_branch_of_several_pull_requests_is_left_to_github(
    awaited: bool,
) -> None:
    found = as_described(TWO, {}, PushedCommits(commits(A, B), shared=True), awaited=awaited)
    assert (set(found.commits), found.doubtful) == (set(), True)


def test_without_a_number_github_is_asked() -> None:
    found = as_described(
        replace(TWO, commit_count=None), {}, PushedCommits(commits(A, B)), awaited=True
    )
    assert (set(found.commits), found.doubtful) == (set(), True)


def test_a_push_that_is_on_its_way_is_waited_for() -> None:
    found = as_described(TWO, commits(A), PushedCommits(commits(A)), awaited=True)
    assert (set(found.commits), found.doubtful) == ({A}, False)
    assert as_described(TWO, commits(A), PushedCommits(commits(A)), awaited=False).doubtful


def test_a_description_that_has_fewer_than_are_known_is_doubtful() -> None:
    assert as_described(TWO, commits(A, B, C), PushedCommits(), awaited=True).doubtful


@pytest.mark.parametrize("second", [5, 10, 15])
def test_the_push_of_its_last_commit_is_its_own_whenever_it_is_told(second: int) -> None:
    found = as_pushed(TWO, commits(A), push(B, second=second))
    assert (set(found.commits), found.doubtful) == ({A, B}, False)


def test_a_later_push_is_its_own_until_it_is_described_anew() -> None:
    found = as_pushed(TWO, commits(A, B), push(C, second=15))
    assert (set(found.commits), found.doubtful) == ({A, B, C}, False)


def test_an_earlier_push_brings_nothing_back() -> None:
    found = as_pushed(TWO, commits(A, B), push(C, second=5))
    assert (set(found.commits), found.doubtful) == ({A, B}, False)


def test_an_earlier_push_raises_a_doubt_if_something_is_lacking() -> None:
    found = as_pushed(TWO, commits(B), push(A, second=5))
    assert (set(found.commits), found.doubtful) == ({B}, True)


@pytest.mark.parametrize("second", [10, 15])
def test_a_push_without_commits_of_its_own_raises_a_doubt(second: int) -> None:
    found = as_pushed(TWO, commits(A, B), push(second=second))
    assert (set(found.commits), found.doubtful) == ({A, B}, True)
    assert not as_pushed(TWO, commits(A, B), push(second=5)).doubtful


def test_a_list_takes_the_place_of_what_was_known() -> None:
    found = as_listed(TWO, list(commits(A, B).values()), {}, commits(B, C))
    assert (set(found.commits), found.doubtful) == ({A, B}, False)


def test_what_came_after_a_list_stays_and_is_doubtful_if_the_number_differs() -> None:
    found = as_listed(TWO, list(commits(A, B).values()), commits(C), commits(B, C))
    assert (set(found.commits), found.doubtful) == ({A, B, C}, True)


@pytest.mark.parametrize(("count", "kept"), [(250, False), (251, True), (None, True)])
def test_a_list_that_is_cut_off_takes_nothing_away(count: int | None, kept: bool) -> None:
    listed = commits(*(str(number) for number in range(250)))
    pull = replace(TWO, commit_count=count)
    found = as_listed(pull, list(listed.values()), {}, commits(C))
    assert (C in found.commits) is kept
    assert found.commits.keys() >= listed.keys()


def test_of_forks_and_of_what_is_known_no_push_is_looked_for() -> None:
    assert may_have_pushed(TWO, {A})
    assert not may_have_pushed(TWO, {A, B})
    assert not may_have_pushed(TWO, {B})
    assert not may_have_pushed(replace(TWO, head_fork="bob"), {A})
