"""Sprints that are made ahead, as the API promises it."""

import pytest

from tests.history.test_undo import left, undo
from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log

pytestmark = pytest.mark.anyio

SERIES = {
    "name": "Sprint {n}",
    "length_days": 12,
    "days_between": 2,
    "capacity": 30,
    "starts_on": "2026-11-30",
    "first_number": 7,
    "ahead": 0,
}


@pytest.fixture
async def board(alice: Actor) -> Json:
    """A board with a series."""
    board = await alice.board(await alice.workspace())
    expect(await alice.request("PUT", series_of(board), json=SERIES), 200)
    return await alice.snapshot(board["id"])


def series_of(board: Json) -> str:
    """The path of a board's series."""
    return f"/boards/{board['id']}/sprint-series"


async def plan(actor: Actor, board: Json, ahead: int) -> tuple[int, list[Json]]:
    """Plan ahead; how many sprints are new, and those that are planned."""
    answer = expect(await actor.post(f"{series_of(board)}/sprints", json={"ahead": ahead}), 200)
    return answer["made"], answer["sprints"]


async def test_the_next_sprints_are_made_once(alice: Actor, board: Json) -> None:
    made, sprints = await plan(alice, board, 2)

    assert made == 2
    assert [(each["name"], each["starts_on"], each["ends_on"]) for each in sprints] == [
        ("Sprint 7", "2026-11-30", "2026-12-11"),
        ("Sprint 8", "2026-12-14", "2026-12-25"),
    ]
    assert {each["capacity"] for each in sprints} == {30}
    before = await alice.snapshot(board["id"])
    assert await plan(alice, board, 2) == (0, sprints)
    assert await plan(alice, board, 1) == (0, sprints)
    assert await alice.snapshot(board["id"]) == before
    made, more = await plan(alice, board, 3)
    assert (made, more[:2], more[2]["name"]) == (1, sprints, "Sprint 9")
    assert (
        differences(
            fold(await read_whole_log(alice, board["id"])),
            as_comparable(await alice.snapshot(board["id"])),
        )
        == []
    )


async def test_a_sprint_that_is_under_way_does_not_count_as_planned(
    alice: Actor, board: Json
) -> None:
    earlier = SERIES | {"starts_on": "2026-11-16"}
    expect(await alice.request("PUT", series_of(board), json=earlier), 200)

    made, sprints = await plan(alice, board, 1)

    assert (made, [each["name"] for each in sprints]) == (2, ["Sprint 8"])
    names = [each["name"] for each in (await alice.snapshot(board["id"]))["sprints"]]
    assert names == ["Sprint 7", "Sprint 8"]


async def test_what_people_did_to_the_last_sprint_is_heeded(alice: Actor, board: Json) -> None:
    _, sprints = await plan(alice, board, 3)
    expect(await alice.delete(f"/sprints/{sprints[2]['id']}"), 204)
    expect(await alice.patch(f"/sprints/{sprints[1]['id']}", json={"ends_on": "2026-12-28"}), 200)

    made, again = await plan(alice, board, 3)

    assert made == 1
    assert (again[2]["name"], again[2]["starts_on"]) == ("Sprint 9", "2026-12-31")


async def test_planning_ahead_is_undone_as_one(alice: Actor, board: Json) -> None:
    answer = await alice.post(f"{series_of(board)}/sprints", json={"ahead": 2})
    assert expect(answer, 200)["made"] == 2

    assert left(await undo(alice, answer.headers["Operation-ID"])) == []

    assert (await alice.snapshot(board["id"]))["sprints"] == []
    made, sprints = await plan(alice, board, 1)
    assert (made, sprints[0]["name"]) == (1, "Sprint 7")


async def test_a_series_is_changed_ended_and_undone(alice: Actor, board: Json) -> None:
    path = series_of(board)
    shorter = SERIES | {"length_days": 5, "name": "Week {n}"}
    changed = await alice.request("PUT", path, json=shorter)
    assert expect(changed, 200) == shorter
    ended = await alice.delete(path)
    expect(ended, 204)
    assert expect(await alice.get(path), 404)["code"] == "not_found"
    refused = await alice.post(f"{path}/sprints", json={"ahead": 1})
    assert expect(refused, 404)["code"] == "not_found"

    assert left(await undo(alice, changed.headers["Operation-ID"])) == [
        ("sprint_series", None, "changed_since")
    ]
    assert left(await undo(alice, ended.headers["Operation-ID"])) == []
    assert expect(await alice.get(path), 200) == shorter
    undone = await undo(alice, changed.headers["Operation-ID"])
    assert expect(await alice.get(path), 200) == SERIES
    assert left(await undo(alice, undone["operation_id"])) == []
    assert expect(await alice.get(path), 200) == shorter


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Sprint"},
        {"name": "{n} of {n}"},
        {"name": f"{'n' * 88}{{n}}"},
        {"length_days": 1},
        {"days_between": -1},
        {"first_number": 0},
        {"starts_on": None},
    ],
)
async def test_a_series_that_makes_no_sense_is_refused(
    alice: Actor, board: Json, wrong: Json
) -> None:
    answer = await alice.request("PUT", series_of(board), json=SERIES | wrong)

    assert expect(answer, 422)["code"] == "invalid"
    assert expect(await alice.get(series_of(board)), 200) == SERIES


async def test_no_sprint_is_planned_for_the_year_3000(alice: Actor, board: Json) -> None:
    late = SERIES | {"starts_on": "2999-12-01"}
    expect(await alice.request("PUT", series_of(board), json=late), 200)
    before = await alice.snapshot(board["id"])

    answer = await alice.post(f"{series_of(board)}/sprints", json={"ahead": 5})

    assert expect(answer, 422)["code"] == "invalid"
    assert await alice.snapshot(board["id"]) == before
