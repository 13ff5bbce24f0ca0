"""The past is what it was, and what was undone is as if it had not been done."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.properties.test_board import COLUMNS, Game, Step, steps
from tests.support.actors import Actor, Json, expect
from tests.support.board_model import BoardModel
from tests.support.folding import as_comparable, differences
from tests.support.world import World

pytestmark = pytest.mark.anyio

SETTINGS: dict[str, Any] = {
    "phases": (Phase.explicit, Phase.generate),
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}
TRACES = ("version", "updated_at")


async def game_of(actor: Actor) -> Game:
    """A board to play on."""
    board = await actor.board(await actor.workspace(), columns=[{"name": name} for name in COLUMNS])
    return Game(actor, board, BoardModel({name: [] for name in COLUMNS}))


def without_traces(snapshot: Json) -> Json:
    """A snapshot without what tells that something happened."""
    cards = [
        {name: value for name, value in card.items() if name not in TRACES}
        for card in snapshot["cards"]
    ]
    return {**snapshot, "version": 0, "cards": cards}


async def last_operation(actor: Actor, board: Json) -> str:
    """What happened last on a board."""
    version = (await actor.snapshot(board["id"]))["version"]
    path = f"/boards/{board['id']}/events?after={version - 1}&wait=0"
    found: str = expect(await actor.get(path), 200)["events"][-1]["operation_id"]
    return found


async def undo(actor: Actor, operation_id: str) -> Json:
    """Take an operation back, which is possible as a whole."""
    answer: Json = expect(await actor.post(f"/operations/{operation_id}/undo"), 200)
    assert answer["left"] == []
    return answer


@settings(max_examples=15, **SETTINGS)
@given(history=steps)
async def test_a_board_is_read_as_it_was_at_every_moment(alice: Actor, history: list[Step]) -> None:
    game = await game_of(alice)
    seen = [await alice.snapshot(game.board["id"])]
    for step in history:
        await game.play(step)
        seen.append(await alice.snapshot(game.board["id"]))
    for snapshot in seen:
        path = f"/boards/{snapshot['id']}/history?at={snapshot['version']}"
        then = expect(await alice.get(path), 200)
        assert differences(as_comparable(then), as_comparable(snapshot)) == []
        assert [card["id"] for card in then["cards"]] == [card["id"] for card in snapshot["cards"]]


@settings(max_examples=15, **SETTINGS)
@given(history=steps)
async def test_undoing_restores_and_undoing_that_does_it_again(
    world: World, alice: Actor, history: list[Step]
) -> None:
    game = await game_of(alice)
    for step in history[:-1]:
        await game.play(step)
    before = await alice.snapshot(game.board["id"])
    await game.play(history[-1])
    after = await alice.snapshot(game.board["id"])
    if after["version"] == before["version"]:
        return
    world.app.state.hub._rooms.clear()  # This world's hub hears nothing from Redis.
    operation_id = await last_operation(alice, game.board)
    for expected in (before, after) * 2:
        operation_id = (await undo(alice, operation_id))["operation_id"]
        present = await alice.snapshot(game.board["id"])
        assert without_traces(present) == without_traces(expected)


@settings(max_examples=15, **SETTINGS)
@given(history=steps)
async def test_everything_is_undone_down_to_the_empty_board(
    world: World, alice: Actor, history: list[Step]
) -> None:
    game = await game_of(alice)
    empty = await alice.snapshot(game.board["id"])
    operations: list[str] = []
    for step in history:
        before = (await alice.snapshot(game.board["id"]))["version"]
        await game.play(step)
        world.app.state.hub._rooms.clear()
        if (await alice.snapshot(game.board["id"]))["version"] > before:
            operations.append(await last_operation(alice, game.board))
    for operation_id in reversed(operations):
        await undo(alice, operation_id)
    assert without_traces(await alice.snapshot(game.board["id"])) == without_traces(empty)
