"""Where a clock was ahead, charts show what the board shows, and what happens meanwhile is not lost."""

from datetime import datetime, timedelta

import pytest

from taskly.insights.rules.days import INSTANT
from taskly.kit.clock import FrozenClock
from tests.insights.days import at_hour, two_sprints
from tests.support.actors import Actor, Json, column, expect
from tests.support.telling_past import past_of, shown_by, shown_in
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def move_by_other_clock(
    world: World, actor: Actor, card: Json, to: Json, ahead: timedelta
) -> datetime:
    """A card is moved by a process whose clock is ahead; when, by that clock."""
    clock = world.clock
    assert isinstance(clock, FrozenClock)
    now = clock.now()
    clock.set(now + ahead)
    await actor.move(card, column_id=to["id"])
    clock.set(now)
    return now + ahead


async def ask(actor: Actor, board: Json, figure: str, **query: str) -> Json:
    """A figure."""
    path = f"/boards/{board['id']}/insights/{figure}"
    answer: Json = expect(await actor.request("GET", path, params=query), 200)
    return answer


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=1), timedelta(days=20)])
async def test_what_is_asked_now_shows_what_the_board_shows(
    world: World, alice: Actor, board: Json, ahead: timedelta
) -> None:
    cards = [await alice.card(board, title) for title in ("One", "Two", "Three")]
    await at_hour(world, 24, 9)
    for card in cards:
        await alice.move(card, column_id=column(board, "In Progress")["id"])
    then = await move_by_other_clock(world, alice, cards[0], column(board, "Done"), ahead)
    await at_hour(world, 24, 9)
    await alice.move(cards[1], column_id=column(board, "Done")["id"])

    flow = await ask(alice, board, "flow")

    assert datetime.fromisoformat(flow["as_of"]) == then
    assert flow["days"][-1]["date"] == then.date().isoformat()
    assert flow["days"][-1]["by_category"] == {"todo": 0, "in_progress": 1, "done": 2}
    done = await ask(alice, board, "durations")
    assert {card["card_id"] for card in done["cards"]} == {cards[0]["id"], cards[1]["id"]}
    assert [card["card_id"] for card in (await ask(alice, board, "ageing"))["cards"]] == [
        cards[2]["id"]
    ]
    assert shown_by(await past_of(alice, board), then + INSTANT) == shown_in(
        await alice.snapshot(board["id"])
    )


async def test_the_moment_of_an_answer_can_be_asked_for_again_and_none_after_it(
    world: World, alice: Actor, board: Json
) -> None:
    card = await alice.card(board)
    ahead = timedelta(hours=1)
    then = await move_by_other_clock(world, alice, card, column(board, "Done"), ahead)
    flow = await ask(alice, board, "flow")

    assert await ask(alice, board, "flow", as_of=flow["as_of"]) == flow
    later = {"as_of": (then + INSTANT).isoformat()}
    path = f"/boards/{board['id']}/insights/flow"
    refused = expect(await alice.request("GET", path, params=later), 422)
    assert refused["code"] == "bad_range"
    assert isinstance(world.clock, FrozenClock)
    world.clock.advance(ahead + INSTANT)
    assert (await alice.request("GET", path, params=later)).is_success


async def test_reports_and_planning_go_by_the_same_moment(
    world: World, alice: Actor, board: Json
) -> None:
    [sprint, _] = await two_sprints(alice, board)
    card = await alice.card(board, story_points=3, sprint_id=sprint)
    await at_hour(world, 24, 9)
    ahead = timedelta(days=1)
    then = await move_by_other_clock(world, alice, card, column(board, "Done"), ahead)
    path = f"/boards/{board['id']}"

    report = expect(await alice.get(f"/sprints/{sprint}/report"), 200)
    digest = expect(await alice.get(f"{path}/digest?week=2026-W48"), 200)
    planning = expect(await alice.get(f"{path}/planning"), 200)
    burndown = await ask(alice, board, "burndown", sprint=sprint)

    assert datetime.fromisoformat(report["as_of"]) == then
    assert [each["card_id"] for each in report["delivered"]["items"]] == [card["id"]]
    assert datetime.fromisoformat(digest["as_of"]) == then
    assert digest["throughput"]["cards"] == 1
    assert planning["today"] == then.date().isoformat()
    assert [day["done"] and day["done"]["cards"] for day in burndown["days"][:4]] == [0, 0, 1, None]


async def test_a_sprint_that_closed_by_that_clock_keeps_its_outcome_when_time_has_come(
    world: World, alice: Actor, board: Json
) -> None:
    [sprint, _] = await two_sprints(alice, board)
    done, late = [
        await alice.card(board, title, story_points=3, sprint_id=sprint)
        for title in ("Done", "Late")
    ]
    await at_hour(world, 24, 9)
    await alice.move(done, column_id=column(board, "Done")["id"])
    ahead = timedelta(days=10)
    await move_by_other_clock(world, alice, late, column(board, "In Progress"), ahead)

    before = await ask(alice, board, "velocity")
    await alice.move(late, column_id=column(board, "Done")["id"])
    await at_hour(world, 30, 9)
    after = await ask(alice, board, "velocity")

    assert [each["completed"]["points"] for each in before["sprints"]] == [3]
    assert after["sprints"] == before["sprints"]
