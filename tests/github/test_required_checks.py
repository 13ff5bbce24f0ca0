"""Which checks have to pass before something is merged, and what that makes of a pull request's checks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from taskly.github.rules.checks import (
    Check,
    CheckKind,
    ChecksState,
    CheckState,
    RequiredCheck,
    roll_up_required,
)
from tests.github.place import REPOSITORY, Place, pull_of
from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, fold, read_whole_log

BRANCH = "feature/PAY-1-refund-twice"
FAILING, PASSING, PENDING = ChecksState.FAILING, ChecksState.PASSING, ChecksState.PENDING
BUILD = Check(
    head_sha="a" * 40,
    kind=CheckKind.CHECK_RUN,
    app="actions",
    name="build",
    github_id=1,
    state=CheckState.PASSING,
    conclusion="success",
    url=None,
    as_of=datetime(2026, 11, 23, tzinfo=UTC),
    app_id=7,
)
LINT = replace(BUILD, name="lint", state=CheckState.FAILING)
AS_STATUS = replace(BUILD, kind=CheckKind.STATUS, app="", app_id=None, state=CheckState.FAILING)


@pytest.mark.parametrize(
    ("checks", "required", "state", "needed", "expected", "only_optional"),
    [
        ([], [], None, None, (), False),
        ([BUILD, LINT], [], FAILING, None, (), False),
        ([BUILD, LINT], ["build"], FAILING, PASSING, (), True),
        ([BUILD, LINT], ["lint"], FAILING, FAILING, (), False),
        ([BUILD], ["build", "deploy"], PENDING, PENDING, ("deploy",), False),
        ([], ["deploy"], PENDING, PENDING, ("deploy",), False),
        ([LINT], ["deploy"], FAILING, PENDING, ("deploy",), True),
        ([replace(BUILD, state=CheckState.NEUTRAL)], ["build"], PASSING, PASSING, (), False),
        ([replace(BUILD, state=CheckState.PENDING)], ["build"], PENDING, PENDING, (), False),
        ([BUILD, AS_STATUS], ["build"], FAILING, FAILING, (), False),
    ],
)
def test_checks_come_to_something_beside_what_is_required(
    checks: list[Check],
    required: list[str],
    state: ChecksState | None,
    needed: ChecksState | None,
    expected: tuple[str, ...],
    only_optional: bool,
) -> None:
    found = roll_up_required(checks, [RequiredCheck(name) for name in required])
    assert (found.state, found.required, found.expected) == (state, needed, expected)
    assert found.only_optional_fail is only_optional


def test_a_check_of_another_app_does_not_stand_in_for_the_required_one() -> None:
    assert roll_up_required([BUILD], [RequiredCheck("build", 7)]).required is PASSING
    assert roll_up_required([BUILD], [RequiredCheck("build", 8)]).expected == ("build",)
    unknown = replace(AS_STATUS, state=CheckState.PASSING)
    assert roll_up_required([unknown], [RequiredCheck("build", 8)]).required is PASSING


@pytest.fixture
async def card(place: Place, ann: Actor, board: Json, connected: Json) -> Json:
    """A card with an open pull request that is in review."""
    await place.github.freeze_clock(tick_seconds=1)
    made = await ann.card(board, "Refund twice")
    await place.github.push(REPOSITORY, BRANCH, ["Begin"], actor="ann")
    await place.github.open_pull_request(REPOSITORY, BRANCH, "PAY-1 Refunds", author="ann")
    await place.settle()
    return made


async def compare(place: Place, ann: Actor, connected: Json) -> Json:
    """Compare with GitHub; what that found."""
    expect(await ann.post(f"/repositories/{connected['id']}/reconcile"), 202)
    await place.settle()
    shown: Json = expect(await ann.get(f"/repositories/{connected['id']}/health"), 200)
    found: Json = shown["last_comparison"]
    return found


@pytest.mark.anyio
@pytest.mark.parametrize("by_ruleset", [False, True], ids=["protection", "ruleset"])
async def test_comparing_learns_what_is_required_and_the_card_says_what_is_missing(
    place: Place, ann: Actor, board: Json, connected: Json, card: Json, by_ruleset: bool
) -> None:
    assert (await pull_of(ann, card))["required_checks"] is None
    github = place.github
    await github.require_checks(
        REPOSITORY, "main", {"build": None, "deploy": None}, by_ruleset=by_ruleset
    )
    await github.report_check(REPOSITORY, BRANCH, "build", conclusion="success")
    await github.report_check(REPOSITORY, BRANCH, "lint", conclusion="failure")
    await place.settle()

    await compare(place, ann, connected)

    shown = await pull_of(ann, card)
    assert shown["checks"] == "failing"
    assert {run["name"]: run["required"] for run in shown["check_runs"]} == {
        "build": True,
        "lint": False,
    }
    waiting = {"state": "pending", "expected": ["deploy"], "only_optional_fail": True}
    assert shown["required_checks"] == waiting
    await github.report_status(REPOSITORY, BRANCH, "failure", context="deploy")
    await place.settle()
    failing = {"state": "failing", "expected": [], "only_optional_fail": False}
    assert (await pull_of(ann, card))["required_checks"] == failing
    snapshot = await ann.snapshot(board["id"])
    assert fold(await read_whole_log(ann, board["id"])) == as_comparable(snapshot)


@pytest.mark.anyio
async def test_a_required_check_of_which_nothing_came_is_waited_for_on_the_board(
    place: Place, ann: Actor, board: Json, connected: Json, card: Json
) -> None:
    await place.github.report_check(REPOSITORY, BRANCH, "build", conclusion="success")
    await place.settle()
    await place.github.require_checks(REPOSITORY, "main", {"deploy": None})
    await compare(place, ann, connected)
    [on_board] = (await ann.snapshot(board["id"]))["pull_requests"]
    assert on_board["checks"] == "pending"

    await place.github.require_checks(REPOSITORY, "main", {})
    await compare(place, ann, connected)
    [on_board] = (await ann.snapshot(board["id"]))["pull_requests"]
    assert on_board["checks"] == "passing"
    none: Json = {"state": None, "expected": [], "only_optional_fail": False}
    assert (await pull_of(ann, card))["required_checks"] == none


@pytest.mark.anyio
async def test_where_nothing_changed_asking_for_what_is_required_costs_nothing(
    place: Place, ann: Actor, connected: Json, card: Json
) -> None:
    await place.github.require_checks(REPOSITORY, "main", {"build": None})
    await compare(place, ann, connected)
    await compare(place, ann, connected)
    await place.github.forget_requests()
    found = await compare(place, ann, connected)
    assert found["corrected"] == 0
    answers = {
        request.path: request.status
        for request in await place.github.requests(login="ann")
        if "branches/main" in request.path
    }
    assert answers == {
        f"/repos/{REPOSITORY}/rules/branches/main": 304,
        f"/repos/{REPOSITORY}/branches/main": 304,
    }


@pytest.mark.anyio
async def test_only_required_checks_that_fail_for_days_are_drift_where_some_are_required(
    place: Place, ann: Actor, board: Json, connected: Json, card: Json
) -> None:
    await place.github.report_check(REPOSITORY, BRANCH, "lint", conclusion="failure")
    await place.github.report_check(REPOSITORY, BRANCH, "build", conclusion="success")
    await place.settle()
    await place.change(
        "UPDATE check_runs SET github_updated_at = :at", at=datetime.now(UTC) - timedelta(days=3)
    )
    drifting = f"/boards/{board['id']}/drift"
    found = expect(await ann.get(drifting), 200)["items"]
    assert [sign["kind"] for each in found for sign in each["drift"]] == ["checks_failing"]

    await place.github.require_checks(REPOSITORY, "main", {"build": None})
    await compare(place, ann, connected)
    assert expect(await ann.get(drifting), 200)["items"] == []

    await place.github.require_checks(REPOSITORY, "main", {"lint": None})
    await compare(place, ann, connected)
    await place.change(
        "UPDATE check_runs SET github_updated_at = :at", at=datetime.now(UTC) - timedelta(days=3)
    )
    found = expect(await ann.get(drifting), 200)["items"]
    assert [sign["kind"] for each in found for sign in each["drift"]] == ["checks_failing"]
