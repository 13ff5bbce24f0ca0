"""Whatever was done is undone; and what others did since stays as it is."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from taskly.doctor.repository import INVARIANTS, broken
from tests.properties.teamwork import Deed, Team, deeds
from tests.properties.test_history import without_traces
from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio

SETTINGS: dict[str, Any] = {
    "phases": (Phase.explicit, Phase.generate),
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}
PLAIN = ("title", "description", "priority", "story_points", "sprint_id", "column_id")
HANGING = ("assignee_ids", "label_ids", "blocker_ids")


async def team_of(alice: Actor, bob: Actor) -> Team:
    """Alice and Bob on a board with three cards, a label, a step and a dependency."""
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    columns = [{"name": name} for name in ("To Do", "Done")]
    board = await alice.board(workspace, columns=columns)
    team = Team([alice, bob], board, [])
    for deed in (
        Deed("add_label", 0, 0),
        Deed("create", 0, 0),
        Deed("create", 0, 0),
        Deed("create", 0, 1),
        Deed("label", 0, 0),
        Deed("add_step", 0, 0),
        Deed("wait", 0, 1),
        Deed("add_sprint", 0, 0),
        Deed("plan", 0, 1),
    ):
        assert await team.play(deed) is not None
    return team


async def assert_sound(world: World, actor: Actor, board: Json) -> Json:
    """What always holds, and the log tells the board; the board as it is now."""
    async with world.runtime.database.reading() as session:
        for rule in INVARIANTS:
            assert await broken(session, rule) is None
    world.app.state.hub._rooms.clear()  # This world's hub hears nothing from Redis.
    after = await actor.snapshot(board["id"])
    assert differences(fold(await read_whole_log(actor, board["id"])), as_comparable(after)) == []
    return after


async def undo(actor: Actor, operation_id: str) -> Json:
    """Take an operation back."""
    answer: Json = expect(await actor.post(f"/operations/{operation_id}/undo"), 200)
    return answer


@settings(max_examples=10, **SETTINGS)
@given(history=st.lists(deeds, max_size=6), last=deeds)
async def test_the_last_deed_is_undone_and_done_again(
    world: World, alice: Actor, bob: Actor, history: list[Deed], last: Deed
) -> None:
    team = await team_of(alice, bob)
    for deed in history:
        await team.play(deed)
    before = await alice.snapshot(team.board["id"])
    operation_id = await team.play(last)
    after = await alice.snapshot(team.board["id"])
    if operation_id is None:
        return
    for expected in (before, after) * 2:
        answer = await undo(bob, operation_id)
        assert answer["left"] == [], (history, last)
        present = await assert_sound(world, alice, team.board)
        assert without_traces(present) == without_traces(expected)
        operation_id = answer["operation_id"]


@settings(max_examples=8, **SETTINGS)
@given(history=st.lists(deeds, min_size=3, max_size=12))
async def test_everything_is_undone_from_the_last_deed_to_the_first(
    world: World, alice: Actor, bob: Actor, history: list[Deed]
) -> None:
    team = await team_of(alice, bob)
    first = await alice.snapshot(team.board["id"])
    seen, operations = [first], []
    for number, deed in enumerate(history):
        operations.append(await team.play(deed, number % 2))
        seen.append(await alice.snapshot(team.board["id"]))
    for operation_id in reversed(operations):
        if operation_id is not None:
            assert (await undo(alice, operation_id))["left"] == []
    present = await assert_sound(world, alice, team.board)
    assert without_traces(present) == without_traces(first)
    for snapshot in seen:
        path = f"/boards/{snapshot['id']}/history?at={snapshot['version']}"
        then = expect(await alice.get(path), 200)
        assert differences(as_comparable(then), as_comparable(snapshot)) == []


@settings(max_examples=15, **SETTINGS)
@given(history=st.lists(deeds, max_size=3), one=deeds, others=st.lists(deeds, max_size=4))
async def test_what_others_did_since_stays(
    world: World, alice: Actor, bob: Actor, history: list[Deed], one: Deed, others: list[Deed]
) -> None:
    team = await team_of(alice, bob)
    for deed in history:
        await team.play(deed)
    before = await alice.snapshot(team.board["id"])
    operation_id = await team.play(one)
    after = await alice.snapshot(team.board["id"])
    if operation_id is None:
        return
    for deed in others:
        await team.play(deed, 1)
    since = await alice.snapshot(team.board["id"])
    answer = await undo(alice, operation_id)
    present = await assert_sound(world, alice, team.board)
    cards = [{card["id"]: card for card in board["cards"]} for board in (before, after, since)]
    now = {card["id"]: card for card in present["cards"]}
    left = {(each["id"], each["field"]) for each in answer["left"]}
    was, became, is_ = cards
    for card_id in was.keys() - became.keys() - is_.keys() - now.keys():
        assert (card_id, None) in left
    for card_id in is_.keys() - was.keys():
        is_new = card_id in became and one.kind == "create"
        if is_new and _worked_on(became[card_id]) != _worked_on(is_[card_id]):
            assert card_id in now
            assert (card_id, None) in left
    for card_id in was.keys() & became.keys() & is_.keys():
        listed = {name for each, name in left if each == card_id}
        for four in _parts([each[card_id] for each in (*cards, now)]):
            _compare(
                *four, listed=listed, gone=was.keys() - now.keys() | became.keys() - now.keys()
            )


def _worked_on(card: Json) -> Json:
    return {
        name: value for name, value in card.items() if name not in {"rank", "updated_at", "version"}
    }


def _parts(cards: list[Json]) -> list[tuple[str, list[Any]]]:
    """The smallest things that go back by themselves, with their values in each of the four boards."""
    parts: list[tuple[str, list[Any]]] = [(name, [card[name] for card in cards]) for name in PLAIN]
    if cards[0]["column_id"] == cards[1]["column_id"]:
        parts.append(("rank", [card["rank"] for card in cards]))
    for name in HANGING:
        things = {each for card in cards for each in card[name]}
        parts += [(f"{name} {each}", [each in card[name] for card in cards]) for each in things]
    steps = [{step["id"]: step for step in card["checklist"]} for card in cards]
    for step_id in {each for step in steps for each in step}:
        parts.append(("checklist", [step.get(step_id) for step in steps]))
    return parts


def _compare(name: str, values: list[Any], *, listed: set[str], gone: set[str]) -> None:
    """A part goes back if it is as the operation made it, and else stays."""
    was, became, is_, now = values
    field, _, thing = name.partition(" ")
    if was == became or is_ != became:
        assert now == is_ or thing in gone, name
    elif field == "rank":
        assert now != is_ or field in listed, name
    else:
        assert now == was or field in listed, name
