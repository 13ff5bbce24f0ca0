"""Changing many cards at once: all of them, or none."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from taskly.cards.bulk_schemas import BulkUpdate
from taskly.cards.tasks import ChangeInBulk
from taskly.kit.ids import new_id
from taskly.platform.jobs.execution import execute
from tests.support.actors import Actor, Json, column, expect, titles
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def board(alice: Actor, bob: Actor) -> Json:
    """A board of Alice's and Bob's with five cards and a label."""
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    board = await alice.board(workspace)
    label = {"name": "bug", "color": "#d73a4a"}
    expect(await alice.post(f"/boards/{board['id']}/labels", json=label), 201)
    for number in range(5):
        await alice.card(board, f"card {number}", story_points=number, due_date="2026-12-24")
    return await alice.snapshot(board["id"])


async def ask(actor: Actor, cards: list[Json], *changes: Json) -> Any:
    """Ask for a bulk change; the answer."""
    body = {"card_ids": [card["id"] for card in cards], "changes": list(changes)}
    return await actor.post("/cards/bulk-update", json=body)


async def refusals(actor: Actor, cards: list[Json], *changes: Json) -> list[tuple[Any, str]]:
    """Which cards are refused, and why. Nothing is changed."""
    problem = expect(await ask(actor, cards, *changes), 422)
    assert problem["code"] == "bulk_refused"
    return [(each["key"], each["reason"]) for each in problem["refused"]]


def field(board: Json, name: str) -> list[Any]:
    """A field of all cards in the order of their numbers."""
    return [card[name] for card in sorted(board["cards"], key=lambda card: int(card["number"]))]


async def test_every_mode_changes_what_it_says(alice: Actor, bob: Actor, board: Json) -> None:
    cards, bug = board["cards"], board["labels"][0]["id"]
    people = [str(alice.user_id), str(bob.user_id)]
    answer = expect(
        await ask(
            alice,
            cards,
            {"mode": "set", "priority": "high", "description": "The bank"},
            {"mode": "add", "assignee_ids": people, "label_ids": [bug]},
            {"mode": "remove", "assignee_ids": people[:1]},
            {"mode": "replace", "field": "description", "find": "bank", "put": "shop"},
            {"mode": "replace", "field": "assignee_ids", "find": people[1], "put": people[0]},
            {"mode": "adjust", "story_points": 2},
            {"mode": "shift", "due_date_days": 7},
            {"mode": "prefix", "title": "[Q4] "},
            {"mode": "suffix", "title": "!"},
        ),
        200,
    )
    assert (answer["changed"], answer["job_id"]) == (5, None)
    after = await alice.snapshot(board["id"])
    assert field(after, "title") == [f"[Q4] card {number}!" for number in range(5)]
    assert field(after, "story_points") == [2, 3, 4, 5, 6]
    assert field(after, "due_date") == ["2026-12-31"] * 5
    assert field(after, "description") == ["The shop"] * 5
    assert field(after, "assignee_ids") == [people[:1]] * 5
    assert field(after, "label_ids") == [[bug]] * 5
    assert field(after, "priority") == ["high"] * 5
    assert after["version"] == board["version"] + 5
    undone = expect(await alice.post(f"/operations/{answer['operation_id']}/undo"), 200)
    assert undone["left"] == []
    back = await alice.snapshot(board["id"])
    for name in ("title", "story_points", "due_date", "description", "assignee_ids", "label_ids"):
        assert field(back, name) == field(board, name)
    assert differences(fold(await read_whole_log(alice, board["id"])), as_comparable(back)) == []


async def test_cards_are_moved_behind_others_in_the_order_in_which_they_are_named(
    alice: Actor, board: Json
) -> None:
    done = column(board, "Done")["id"]
    await alice.move(board["cards"][4], column_id=done)
    chosen = [board["cards"][index] for index in (3, 0, 1)]
    expect(await ask(alice, chosen, {"mode": "move", "column_id": done}), 200)
    after = await alice.snapshot(board["id"])
    assert titles(after, "Done") == ["card 4", "card 3", "card 0", "card 1"]
    assert [bool(each) for each in field(after, "completed_at")] == [True, True, False, True, True]


async def test_cards_are_put_away_brought_back_and_deleted(alice: Actor, board: Json) -> None:
    two = board["cards"][:2]
    expect(await ask(alice, two, {"mode": "set", "title": "x"}, {"mode": "archive"}), 200)
    assert len((await alice.snapshot(board["id"]))["cards"]) == 3
    assert expect(await ask(alice, two, {"mode": "archive"}), 200)["changed"] == 0
    expect(await ask(alice, two, {"mode": "restore"}), 200)
    assert titles(await alice.snapshot(board["id"]), "To Do")[:2] == ["x", "x"]
    expect(await ask(alice, two, {"mode": "delete"}), 200)
    after = await alice.snapshot(board["id"])
    assert field(after, "number") == [3, 4, 5]
    assert differences(fold(await read_whole_log(alice, board["id"])), as_comparable(after)) == []


async def test_one_refusal_keeps_everything_as_it_was_and_all_are_named(
    world: World, alice: Actor, board: Json
) -> None:
    carol = await world.person("carol")
    foreign = await carol.card(await carol.board(await carol.workspace()))
    expect(await alice.patch(f"/cards/{board['cards'][0]['id']}", json={"story_points": 98}), 200)
    before = await alice.snapshot(board["id"])
    cards = [*before["cards"][:2], foreign, {"id": str(uuid4())}]
    for changes, expected in (
        (
            [{"mode": "adjust", "story_points": 2}],
            [(None, "not_found"), (None, "not_found"), ("PAY-1", "out_of_range")],
        ),
        (
            [{"mode": "set", "assignee_ids": [str(carol.user_id)]}],
            [(None, "not_found")] * 2 + [("PAY-1", "not_on_board"), ("PAY-2", "not_on_board")],
        ),
    ):
        assert sorted(await refusals(alice, cards, *changes), key=str) == sorted(expected, key=str)
        assert await alice.snapshot(board["id"]) == before


async def test_cards_that_would_wait_for_each_other_are_refused(alice: Actor, board: Json) -> None:
    one, two = board["cards"][:2]
    both = {"mode": "add", "blocker_ids": [one["id"], two["id"]]}
    assert ("PAY-1", "dependency_cycle") in await refusals(alice, [one, two], both)
    assert (await alice.snapshot(board["id"]))["version"] == board["version"]


async def test_of_cards_that_wait_for_one_more_only_those_in_a_circle_are_refused(
    alice: Actor, board: Json
) -> None:
    one, two, three = board["cards"][:3]
    expect(await alice.request("PUT", f"/cards/{three['id']}/blockers/{one['id']}"), 200)
    wait = {"mode": "add", "blocker_ids": [three["id"]]}
    assert await refusals(alice, [one, two], wait) == [("PAY-1", "dependency_cycle")]
    turned = {"mode": "remove", "blocker_ids": [one["id"]]}
    assert await refusals(alice, [one, two, three], turned, wait) == [("PAY-3", "dependency_cycle")]
    expect(await ask(alice, [three], turned), 200)
    expect(await ask(alice, [one, two], wait), 200)
    waiting = field(await alice.snapshot(board["id"]), "blocker_ids")
    assert waiting == [[three["id"]], [three["id"]], [], [], []]


async def test_a_strict_limit_holds_for_many(alice: Actor, board: Json) -> None:
    doing = column(board, "In Progress")["id"]
    path = f"/boards/{board['id']}"
    expect(await alice.patch(f"{path}/columns/{doing}", json={"wip_limit": 2}), 200)
    expect(await alice.patch(path, json={"wip_policy": "strict"}), 200)
    move = {"mode": "move", "column_id": doing}
    assert await refusals(alice, board["cards"][:3], move) == [
        (f"PAY-{number}", "column_full") for number in (1, 2, 3)
    ]
    expect(await ask(alice, board["cards"][:2], move), 200)


async def test_viewers_and_archived_boards_change_nothing(
    world: World, alice: Actor, board: Json
) -> None:
    viewer = await world.person("viewer")
    await alice.invite({"id": board["workspace_id"]}, viewer, "viewer")
    change = {"mode": "set", "title": "x"}
    assert await refusals(viewer, board["cards"][:1], change) == [(None, "forbidden")]
    expect(await alice.post(f"/boards/{board['id']}/archive"), 200)
    assert await refusals(alice, board["cards"][:1], change) == [(None, "board_archived")]


async def test_of_more_than_a_hundred_cards_a_job_takes_care(
    world: World, alice: Actor, board: Json
) -> None:
    cards = [await alice.card(board, f"many {number}") for number in range(101)]
    before = await alice.snapshot(board["id"])
    promised = expect(await ask(alice, cards, {"mode": "prefix", "title": "so "}), 202)
    assert (await alice.snapshot(board["id"]))["version"] == before["version"]
    for _ in range(2):
        await execute(world.runtime, UUID(promised["job_id"]))
    job = expect(await alice.get(f"/jobs/{promised['job_id']}"), 200)
    assert (job["state"], job["result"]["changed"]) == ("done", 101)
    assert job["progress"] == {"done": 101, "total": 101}
    assert (await alice.snapshot(board["id"]))["version"] == before["version"] + 101
    undo = await alice.post(f"/operations/{job['result']['operation_id']}/undo")
    assert expect(undo, 200)["left"] == []
    refused = expect(await ask(alice, cards, {"mode": "suffix", "title": "x" * 250}), 202)
    await execute(world.runtime, UUID(refused["job_id"]))
    job = expect(await alice.get(f"/jobs/{refused['job_id']}"), 200)
    assert (job["state"], len(job["result"]["refused"])) == ("done", 101)
    assert "many 0" in titles(await alice.snapshot(board["id"]), "To Do")


CHANGES: list[Json] = [
    {"mode": "set", "priority": "high"},
    {"mode": "set", "story_points": None, "due_date": "2026-12-01", "label_ids": []},
    {"mode": "add", "label_ids": ["0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f13"]},
    {"mode": "remove", "assignee_ids": ["0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f13"]},
    {"mode": "replace", "field": "title", "find": "a", "put": ""},
    {"mode": "adjust", "story_points": -1},
    {"mode": "shift", "due_date_days": 7},
    {"mode": "prefix", "title": "so "},
    {"mode": "move", "column_id": "0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f13"},
    {"mode": "archive"},
]


def test_a_job_is_told_what_was_asked_and_nothing_else() -> None:
    body = {"card_ids": ["0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f14"], "changes": CHANGES}
    promised = ChangeInBulk(user_id=new_id(), wanted=BulkUpdate.model_validate(body))

    stored = promised.payload()

    assert stored["wanted"] == body
    read = ChangeInBulk.model_validate(stored)
    assert [each.model_fields_set for each in read.wanted.changes] == [
        set(change) for change in CHANGES
    ]


async def test_a_job_sets_the_fields_that_were_sent(
    world: World, alice: Actor, board: Json
) -> None:
    cards = [await alice.card(board, f"many {number}", story_points=3) for number in range(101)]

    promised = expect(await ask(alice, cards, {"mode": "set", "priority": "high"}), 202)
    await execute(world.runtime, UUID(promised["job_id"]))

    shown = [
        (card["title"], card["priority"], card["story_points"])
        for card in (await alice.snapshot(board["id"]))["cards"]
        if card["title"].startswith("many")
    ]
    assert shown == [(f"many {number}", "high", 3) for number in range(101)]


async def test_eight_bulk_changes_at_once_all_happen(real_alice: Actor) -> None:
    board = await real_alice.board(await real_alice.workspace())
    cards = [await real_alice.card(board, f"card {number}", story_points=0) for number in range(20)]
    answers = await asyncio.gather(
        *(ask(real_alice, cards, {"mode": "adjust", "story_points": 1}) for _ in range(8))
    )
    assert [answer.status_code for answer in answers] == [200] * 8
    after = await real_alice.snapshot(board["id"])
    assert field(after, "story_points") == [8] * 20
