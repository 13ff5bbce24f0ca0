"""Help with planning the next sprint."""

from datetime import timedelta

import pytest

from taskly.insights.rules.days import WorkCalendar
from taskly.kit.clock import FrozenClock
from tests.support.actors import Actor, Json, column, expect
from tests.support.telling_past import past_of
from tests.support.whole_past import velocity_of
from tests.support.world import World

pytestmark = pytest.mark.anyio

FIRST = {"name": "Sprint 1", "starts_on": "2026-11-23", "ends_on": "2026-11-24"}
SECOND = {"name": "Sprint 2", "starts_on": "2026-11-25", "ends_on": "2026-11-26"}
NEXT = {"name": "Sprint 3", "starts_on": "2026-12-07", "ends_on": "2026-12-11", "capacity": 30}
AFTER = {"name": "Sprint 4", "starts_on": "2026-12-14", "ends_on": "2026-12-18"}


@pytest.fixture
async def board(alice: Actor) -> Json:
    """A board with four sprints, at the beginning of the first."""
    await alice.stay_signed_in()
    board = await alice.board(await alice.workspace(), template="kanban")
    for sprint in (FIRST, SECOND, NEXT, AFTER):
        expect(await alice.post(f"/boards/{board['id']}/sprints", json=sprint), 201)
    return await alice.snapshot(board["id"])


def sprint_of(board: Json, name: str) -> str:
    """The id of a sprint."""
    return next(str(each["id"]) for each in board["sprints"] if each["name"] == name)


async def planning(actor: Actor, board: Json, query: str = "") -> Json:
    """What the API shows."""
    shown: Json = expect(await actor.get(f"/boards/{board['id']}/planning{query}"), 200)
    return shown


async def in_sprint(alice: Actor, board: Json, name: str, title: str, points: int | None) -> Json:
    """A card of a sprint."""
    fields = {"sprint_id": sprint_of(board, name), "story_points": points}
    return await alice.card(board, title, **fields)


async def two_sprints(world: World, alice: Actor, board: Json) -> None:
    """The first one completed by hand, with 7 of 10 points; the second by its days, with 4 of 4, of which one card
    was taken out later."""
    done = column(board, "Done")["id"]
    assert isinstance(world.clock, FrozenClock)
    one = await in_sprint(alice, board, "Sprint 1", "one", 7)
    await in_sprint(alice, board, "Sprint 1", "rest", 3)
    path = f"/sprints/{sprint_of(board, 'Sprint 1')}"
    expect(await alice.post(f"{path}/start"), 200)
    await alice.move(one, column_id=done)
    world.clock.advance(timedelta(days=1))
    expect(await alice.post(f"{path}/complete", json={}), 200)
    two, three = [await in_sprint(alice, board, "Sprint 2", f"{n}", n) for n in (1, 3)]
    world.clock.advance(timedelta(days=2))
    await alice.move(two, column_id=done)
    await alice.move(three, column_id=done)
    world.clock.advance(timedelta(days=4))
    expect(await alice.patch(f"/cards/{two['id']}", json={"sprint_id": None}), 200)


async def test_velocity_is_what_sprints_had_completed_when_they_closed(
    world: World, alice: Actor, board: Json
) -> None:
    await two_sprints(world, alice, board)

    shown = (await planning(alice, board))["velocity"]

    assert [
        (
            each["sprint"]["name"],
            each["committed"],
            each["completed"],
            each["carried_over"]["points"],
        )
        for each in shown["sprints"]
    ] == [
        ("Sprint 1", {"cards": 2, "points": 10}, {"cards": 1, "points": 7}, 3),
        ("Sprint 2", {"cards": 2, "points": 4}, {"cards": 2, "points": 4}, 0),
    ]
    assert shown["points"]["mean"] == 5.5
    assert (shown["points"]["lowest"], shown["points"]["highest"]) == (4, 7)
    assert shown["points"]["deviation"] == pytest.approx(2.1213, abs=1e-4)
    past = await past_of(alice, board)
    whole = velocity_of(past.sprints, past.cards, WorkCalendar(), world.clock.now())
    assert whole.points is not None, "from all of the log"
    assert (whole.points.mean, len(whole.sprints)) == (5.5, 2)
    last = (await planning(alice, board, "?last=1"))["velocity"]
    assert [each["sprint"]["name"] for each in last["sprints"]] == ["Sprint 2"]
    assert last["points"]["deviation"] is None


async def test_the_next_sprint_is_filled_from_the_backlog_by_what_the_last_achieved(
    world: World, alice: Actor, board: Json
) -> None:
    await two_sprints(world, alice, board)
    await in_sprint(alice, board, "Sprint 3", "planned", 1)
    await alice.card(board, "too big", story_points=8, priority="urgent")
    await alice.card(board, "unknown", priority="urgent")
    fits = await alice.card(board, "fits", story_points=2, priority="high")
    waiting = await alice.card(board, "waiting", story_points=1, priority="medium")
    blocker = {"blocker_ids": [fits["id"]]}
    expect(await alice.patch(f"/cards/{waiting['id']}", json=blocker), 200)
    later = await in_sprint(alice, board, "Sprint 4", "later", 1)
    stuck = await alice.card(board, "stuck", story_points=1, priority="medium")
    expect(await alice.patch(f"/cards/{stuck['id']}", json={"blocker_ids": [later["id"]]}), 200)

    shown = (await planning(alice, board))["suggestion"]

    assert shown["sprint_id"] == sprint_of(board, "Sprint 3")
    assert (shown["points"], shown["planned"], shown["room"]) == (5, 1, 4)
    assert [card["title"] for card in shown["cards"]] == ["fits", "waiting"]
    assert shown["reason"] == (
        "The last 2 sprints completed 5.5 points on average, give or take 2.1 (from 4 to 7). "
        "So 5 points are the measure of Sprint 3. 1 point is in it. "
        "2 cards of the backlog with 3 points fit."
    )


async def test_without_a_past_the_capacity_is_the_measure(alice: Actor, board: Json) -> None:
    for name in ("Sprint 1", "Sprint 2", "Sprint 4"):
        expect(await alice.delete(f"/sprints/{sprint_of(board, name)}"), 204)

    shown = await planning(alice, board)

    assert (shown["velocity"]["points"], shown["suggestion"]["points"]) == (None, 30)
    assert shown["suggestion"]["reason"] == (
        "No sprint has been completed yet. So the capacity of Sprint 3 is the measure: 30 points. "
        "No card of the backlog with an estimate fits that waits for nothing."
    )
    expect(await alice.delete(f"/sprints/{sprint_of(board, 'Sprint 3')}"), 204)
    shown = (await planning(alice, board))["suggestion"]
    assert (shown["sprint_id"], shown["points"], shown["cards"]) == (None, None, [])
    assert shown["reason"] == "No sprint has been completed yet. No next sprint is planned."


async def test_what_the_plan_has_not_thought_of_is_listed(alice: Actor, board: Json) -> None:
    unknown = await in_sprint(alice, board, "Sprint 3", "unknown", None)
    done = await in_sprint(alice, board, "Sprint 3", "done", None)
    await alice.move(done, column_id=column(board, "Done")["id"])
    someday = await alice.card(board, "someday")
    waiting = await in_sprint(alice, board, "Sprint 3", "waiting", 2)
    later = await in_sprint(alice, board, "Sprint 4", "later", 3)
    blockers = {"blocker_ids": [unknown["id"], done["id"], someday["id"], later["id"]]}
    expect(await alice.patch(f"/cards/{waiting['id']}", json=blockers), 200)

    shown = await planning(alice, board)

    listed = shown["without_estimate"]
    assert [card["id"] for card in listed["cards"]] == [unknown["id"], someday["id"]]
    assert listed["count"] == 2
    assert [card["id"] for card in shown["blocked"]["cards"]] == [waiting["id"]]
    assert [
        (each["blocker_id"], each["order"]) for each in shown["out_of_order"]["dependencies"]
    ] == [(someday["id"], "unplanned"), (later["id"], "later")]
