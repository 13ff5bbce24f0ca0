"""Planning sprints, as the API promises it."""

import pytest

from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio

SPRINT = {"name": "Sprint 12", "starts_on": "2026-11-23", "ends_on": "2026-12-04"}


@pytest.fixture
async def board(alice: Actor) -> Json:
    """An empty board."""
    return await alice.board(await alice.workspace())


async def test_a_sprint_is_on_its_board(alice: Actor, board: Json) -> None:
    made = expect(await alice.post(f"/boards/{board['id']}/sprints", json=SPRINT), 201)

    after = await alice.snapshot(board["id"])
    assert after["sprints"] == [made]
    assert {name: made[name] for name in SPRINT} == SPRINT
    assert (made["goal"], made["capacity"]) == ("", 40)
    assert after["version"] == board["version"] + 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_on": "2026-11-23"},
        {"ends_on": "2026-11-22"},
        {"capacity": -1},
        {"capacity": 10_000},
        {"name": ""},
        {"name": "n" * 101},
        {"goal": "g" * 501},
    ],
)
async def test_a_sprint_that_makes_no_sense_is_refused(
    alice: Actor, board: Json, wrong: Json
) -> None:
    answer = await alice.post(f"/boards/{board['id']}/sprints", json=SPRINT | wrong)

    assert expect(answer, 422)["code"] == "invalid"
    assert await alice.snapshot(board["id"]) == board


async def test_an_archived_board_takes_no_sprint(alice: Actor, board: Json) -> None:
    expect(await alice.post(f"/boards/{board['id']}/archive"), 200)

    answer = await alice.post(f"/boards/{board['id']}/sprints", json=SPRINT)

    assert expect(answer, 409)["code"] == "board_archived"
