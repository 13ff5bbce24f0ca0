"""Starting and completing sprints, as the API promises it."""

from datetime import timedelta
from typing import Any

import pytest

from taskly.kit.clock import FrozenClock
from tests.history.test_undo import left, undo
from tests.support.actors import Actor, Json, column, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio

THIS = {"name": "This", "goal": "Refunds", "starts_on": "2026-11-23", "ends_on": "2026-12-04"}
NEXT = {"name": "Next", "starts_on": "2026-12-07", "ends_on": "2026-12-18"}


@pytest.fixture
async def board(alice: Actor) -> Json:
    """A board with two sprints."""
    board = await alice.board(await alice.workspace(), template="kanban")
    for sprint in (THIS, NEXT):
        expect(await alice.post(f"/boards/{board['id']}/sprints", json=sprint), 201)
    return await alice.snapshot(board["id"])


def sprint_of(board: Json, name: str = "This") -> str:
    """The id of a sprint."""
    return next(str(each["id"]) for each in board["sprints"] if each["name"] == name)


async def card_in(actor: Actor, board: Json, title: str, points: int | None, **more: Any) -> Json:
    """A card in this sprint."""
    fields = {"sprint_id": sprint_of(board), "story_points": points, **more}
    return await actor.card(board, title, **fields)


async def start(actor: Actor, board: Json) -> Json:
    """Start this sprint."""
    result: Json = expect(await actor.post(f"/sprints/{sprint_of(board)}/start"), 200)
    return result


async def finish(actor: Actor, board: Json, card: Json) -> None:
    """Do a card."""
    await actor.move(card, column_id=column(board, "Done")["id"])


async def sprints_by_title(actor: Actor, board: Json) -> dict[str, str | None]:
    """In which sprint each card is, by their names."""
    shown = await actor.snapshot(board["id"])
    names = {each["id"]: each["name"] for each in shown["sprints"]}
    return {card["title"]: names.get(card["sprint_id"]) for card in shown["cards"]}


def numbers(listed: Json) -> list[tuple[int, int | None]]:
    """Numbers and points of cards."""
    return [(each["number"], each["story_points"]) for each in listed["cards"]]


async def assert_told(world: World, actor: Actor, board: Json) -> Json:
    """The board as it is now, which is what its log tells."""
    world.app.state.hub._rooms.clear()  # This world's hub hears nothing from Redis.
    snapshot = await actor.snapshot(board["id"])
    log = await read_whole_log(actor, board["id"])
    assert differences(fold(log), as_comparable(snapshot)) == []
    return snapshot


async def test_a_start_keeps_the_goal_and_the_cards_with_their_points(
    world: World, alice: Actor, board: Json
) -> None:
    await card_in(alice, board, "one", 3)
    await card_in(alice, board, "two", None)
    given_up = await card_in(alice, board, "given up", 8)
    expect(await alice.post(f"/cards/{given_up['id']}/archive"), 200)
    await alice.card(board, "elsewhere", story_points=5)

    result = await start(alice, board)

    commitment = result["commitment"]
    assert (commitment["goal"], commitment["capacity"], commitment["points"]) == ("Refunds", 40, 3)
    assert numbers(commitment) == [(1, 3), (2, None)]
    assert result["outcome"] is None
    assert (result["sprint"]["status"], result["sprint"]["started_at"] is None) == ("active", False)
    path = f"/sprints/{sprint_of(board)}/result"
    assert expect(await alice.get(path), 200) == result
    await assert_told(world, alice, board)
    event = (await read_whole_log(alice, board["id"]))[-1]
    assert (event["type"], event["data"]["facts"]) == ("sprint.started", commitment)


async def test_what_came_of_a_sprint_is_held_against_its_start(
    world: World, alice: Actor, board: Json
) -> None:
    done = await card_in(alice, board, "done", 3)
    grown = await card_in(alice, board, "grown", 2)
    gone = await card_in(alice, board, "gone", 5)
    await start(alice, board)
    await card_in(alice, board, "added", 1)
    expect(await alice.patch(f"/cards/{grown['id']}", json={"story_points": 8}), 200)
    expect(await alice.patch(f"/cards/{gone['id']}", json={"sprint_id": None}), 200)
    await finish(alice, board, done)
    expect(await alice.post(f"/cards/{done['id']}/archive"), 200)
    path = f"/sprints/{sprint_of(board)}/complete"

    result = expect(await alice.post(path, json={"unfinished": "next_sprint"}), 200)

    outcome = result["outcome"]
    assert numbers(outcome["completed"]) == [(1, 3)]
    assert numbers(outcome["not_completed"]) == [(2, 8), (4, 1)]
    assert numbers(outcome["added"]) == [(4, 1)]
    assert numbers(outcome["removed"]) == [(3, 5)]
    assert [outcome[name]["points"] for name in ("completed", "not_completed")] == [3, 9]
    assert result["commitment"]["points"] == 10
    assert result["sprint"]["status"] == "completed"
    moved = await sprints_by_title(alice, board)
    assert moved == {"grown": "Next", "added": "Next", "gone": None}
    await assert_told(world, alice, board)


async def test_what_was_done_before_the_sprint_is_no_work_of_it_until_it_is_reopened(
    world: World, alice: Actor, board: Json
) -> None:
    tomorrow = {"starts_on": "2026-11-24"}
    expect(await alice.patch(f"/sprints/{sprint_of(board)}", json=tomorrow), 200)
    cards = [await card_in(alice, board, title, 3) for title in ("done", "again", "open")]
    for card in cards[:2]:
        await finish(alice, board, card)
    assert isinstance(world.clock, FrozenClock)
    world.clock.advance(timedelta(minutes=1))
    started = await start(alice, board)
    await alice.move(cards[1], column_id=column(board, "To Do")["id"])
    await finish(alice, board, cards[1])

    path = f"/sprints/{sprint_of(board)}/complete"
    result = expect(await alice.post(path, json={}), 200)

    assert numbers(started["commitment"]) == [(3, 3)]
    assert numbers(result["outcome"]["completed"]) == [(2, 3)]
    assert numbers(result["outcome"]["not_completed"]) == [(3, 3)]
    assert numbers(result["outcome"]["added"]) == [(2, 3)]


async def test_a_late_start_loses_nothing_that_was_done_since_the_first_day(
    world: World, alice: Actor, board: Json
) -> None:
    done, left = [await card_in(alice, board, title, 3) for title in ("done", "left")]
    await finish(alice, board, done)
    assert isinstance(world.clock, FrozenClock)
    world.clock.advance(timedelta(minutes=10))
    started = await start(alice, board)

    path = f"/sprints/{sprint_of(board)}/complete"
    result = expect(await alice.post(path, json={}), 200)

    assert numbers(started["commitment"]) == [(1, 3), (2, 3)]
    assert numbers(result["outcome"]["completed"]) == [(1, 3)]
    assert numbers(result["outcome"]["not_completed"]) == [(2, 3)]
    assert left["number"] == 2


async def test_cards_go_where_it_is_said_of_each(alice: Actor, board: Json) -> None:
    cards = [await card_in(alice, board, title, 1) for title in ("stays", "next", "back")]
    await start(alice, board)
    chosen = [
        {"card_id": cards[0]["id"], "sprint_id": sprint_of(board)},
        {"card_id": cards[1]["id"], "sprint_id": sprint_of(board, "Next")},
    ]

    path = f"/sprints/{sprint_of(board)}/complete"
    expect(await alice.post(path, json={"cards": chosen}), 200)

    moved = await sprints_by_title(alice, board)
    assert moved == {"stays": "This", "next": "Next", "back": None}


async def test_completing_is_undone_with_its_cards_and_starting_only_before(
    world: World, alice: Actor, board: Json
) -> None:
    await card_in(alice, board, "left", 1)
    started = await alice.post(f"/sprints/{sprint_of(board)}/start")
    before = await alice.snapshot(board["id"])
    completed = await alice.post(f"/sprints/{sprint_of(board)}/complete", json={})
    result = expect(completed, 200)

    operation = started.headers["Operation-ID"]
    assert left(await undo(alice, operation)) == [("sprint", None, "changed_since")]
    undone = await undo(alice, completed.headers["Operation-ID"])

    assert undone["left"] == []
    reopened = await assert_told(world, alice, board)
    assert reopened["sprints"] == before["sprints"]
    assert await sprints_by_title(alice, board) == {"left": "This"}
    path = f"/sprints/{sprint_of(board)}/result"
    shown = expect(await alice.get(path), 200)
    assert (shown["commitment"], shown["outcome"]) == (result["commitment"], None)
    assert left(await undo(alice, undone["operation_id"])) == []
    assert expect(await alice.get(path), 200) == result
    assert await sprints_by_title(alice, board) == {"left": None}


async def test_a_start_that_was_undone_is_done_again_as_it_was(
    world: World, alice: Actor, board: Json
) -> None:
    await card_in(alice, board, "one", 3)
    started = await alice.post(f"/sprints/{sprint_of(board)}/start")
    result = expect(started, 200)
    undone = await undo(alice, started.headers["Operation-ID"])
    path = f"/sprints/{sprint_of(board)}/result"
    assert expect(await alice.get(path), 200)["commitment"] is None
    await card_in(alice, board, "later", 5)

    assert left(await undo(alice, undone["operation_id"])) == []

    assert expect(await alice.get(path), 200) == result
    await assert_told(world, alice, board)


async def test_steps_out_of_order_are_refused(alice: Actor, board: Json) -> None:
    path = f"/sprints/{sprint_of(board)}"
    card = await card_in(alice, board, "left", 1)
    other = await alice.card(board, "elsewhere")
    before = await alice.snapshot(board["id"])

    async def refused(status: int, step: str, body: Json | None = None) -> str:
        answer = await alice.post(f"{path}/{step}", json=body)
        return str(expect(answer, status)["code"])

    assert await refused(409, "complete", {}) == "sprint_not_started"
    assert await alice.snapshot(board["id"]) == before
    await start(alice, board)
    started = await alice.snapshot(board["id"])
    assert await refused(409, "start") == "sprint_started"
    named = [{"card_id": other["id"], "sprint_id": None}]
    assert await refused(422, "complete", {"cards": named}) == "not_in_sprint"
    named = [{"card_id": card["id"], "sprint_id": card["id"]}]
    assert await refused(422, "complete", {"cards": named}) == "no_such_sprint"
    expect(await alice.delete(f"/sprints/{sprint_of(board, 'Next')}"), 204)
    assert await refused(409, "complete", {"unfinished": "next_sprint"}) == "no_next_sprint"
    assert (await alice.snapshot(board["id"]))["version"] == started["version"] + 1
    expect(await alice.post(f"{path}/complete", json={}), 200)
    assert await refused(409, "complete", {}) == "sprint_completed"
    assert await refused(409, "start") == "sprint_completed"
    longer = await alice.patch(path, json={"ends_on": "2026-12-05"})
    assert expect(longer, 409)["code"] == "sprint_completed"
    expect(await alice.patch(path, json={"name": "Past", "ends_on": "2026-12-04"}), 200)


async def test_search_knows_what_people_started_and_completed(alice: Actor, board: Json) -> None:
    await card_in(alice, board, "this", 1)
    await alice.card(board, "next", sprint_id=sprint_of(board, "Next"))

    async def found(query: str) -> list[str]:
        answer = await alice.get(f"/boards/{board['id']}/cards?q={query}")
        return [each["title"] for each in expect(answer, 200)["items"]]

    assert (await found("sprint:current"), await found("sprint:next")) == (["this"], ["next"])
    expect(await alice.post(f"/sprints/{sprint_of(board, 'Next')}/start"), 200)
    assert await found("sprint:current") == ["this", "next"]
    assert await found("sprint:next") == []
    await start(alice, board)
    stays = [
        {"card_id": card["id"], "sprint_id": sprint_of(board)}
        for card in (await alice.snapshot(board["id"]))["cards"]
        if card["title"] == "this"
    ]
    path = f"/sprints/{sprint_of(board)}/complete"
    expect(await alice.post(path, json={"cards": stays}), 200)
    assert await found("sprint:current") == ["next"]
