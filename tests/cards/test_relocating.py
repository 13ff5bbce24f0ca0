"""Cards go to other boards of their workspace, and nothing of them is lost on the way."""

import asyncio
from typing import Any

import pytest

from taskly.platform.context import SYSTEM
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from tests.support.actors import Actor, Json, column, expect, titles
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.waiting import wait_for_lock_waits
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def workspace(alice: Actor) -> Json:
    """A workspace."""
    return await alice.workspace()


@pytest.fixture
async def boards(alice: Actor, workspace: Json) -> tuple[Json, Json]:
    """Two boards."""
    return await alice.board(workspace, key="PAY"), await alice.board(workspace, key="OPS")


async def send(actor: Actor, card: Json, board: Json, **place: Any) -> Any:
    """Ask for a card to go to another board; the answer."""
    body = {"board_id": board["id"], **place}
    return await actor.post(f"/cards/{card['id']}/move-to-board", json=body)


async def assert_logs_agree(actor: Actor, *boards: Json) -> None:
    """What the logs say is what the boards show."""
    for board in boards:
        shown = as_comparable(await actor.snapshot(board["id"]))
        assert differences(fold(await read_whole_log(actor, board["id"])), shown) == []


async def test_a_card_gets_a_key_there_and_the_former_one_leads_to_it(
    alice: Actor, workspace: Json, boards: tuple[Json, Json]
) -> None:
    pay, ops = boards
    await alice.card(ops, "Deploy")
    card = await alice.card(pay, "Refund", description="Twice", priority="high", story_points=3)
    await alice.post(f"/cards/{card['id']}/comments", json={"body": "Why?"})
    await alice.post(f"/cards/{card['id']}/checklist", json={"text": "Ask"})

    moved = expect(await send(alice, card, ops), 200)

    assert (moved["key"], moved["column_id"]) == ("OPS-2", column(ops, "To Do")["id"])
    kept = ("id", "title", "description", "priority", "story_points", "created_at")
    assert {name: moved[name] for name in kept} == {name: card[name] for name in kept}
    assert [item["text"] for item in moved["checklist"]] == ["Ask"]
    by_key = expect(await alice.get(f"/workspaces/{workspace['id']}/cards/PAY-1"), 200)
    assert (by_key["id"], by_key["key"], by_key["comment_count"]) == (card["id"], "OPS-2", 1)
    assert titles(await alice.snapshot(pay["id"]), "To Do") == []
    assert titles(await alice.snapshot(ops["id"]), "To Do") == ["Deploy", "Refund"]
    await assert_logs_agree(alice, pay, ops)


async def test_it_goes_to_the_place_that_is_named(alice: Actor, boards: tuple[Json, Json]) -> None:
    pay, ops = boards
    done = column(ops, "Done")["id"]
    first, last = (
        await alice.card(ops, "first", column_id=done),
        await alice.card(ops, "last", column_id=done),
    )
    card = await alice.card(pay, "Refund")

    moved = expect(await send(alice, card, ops, before=last["id"], column_id=done), 200)

    assert moved["completed_at"] is not None
    assert titles(await alice.snapshot(ops["id"]), "Done") == ["first", "Refund", "last"]
    assert (await send(alice, first, pay, column_id=done)).json()["code"] == "not_on_board"
    assert (await send(alice, first, pay, before=last["id"])).json()["code"] == "anchor_gone"


async def test_labels_become_those_of_the_same_name(
    alice: Actor, boards: tuple[Json, Json]
) -> None:
    pay, ops = boards
    for board, name, color in (
        (pay, "Urgent", "#aa0000"),
        (pay, "new", "#00aa00"),
        (ops, "urgent", "#0000aa"),
    ):
        label = {"name": name, "color": color}
        expect(await alice.post(f"/boards/{board['id']}/labels", json=label), 201)
    label_ids = [each["id"] for each in (await alice.snapshot(pay["id"]))["labels"]]
    card = await alice.card(pay, "Refund", label_ids=label_ids)

    moved = expect(await send(alice, card, ops), 200)

    shown = await alice.snapshot(ops["id"])
    names = {label["id"]: (label["name"], label["color"]) for label in shown["labels"]}
    before = {label["name"] for label in ops["labels"]}
    got = {names[each] for each in moved["label_ids"]}
    assert {("urgent", "#0000aa"), ("new", "#00aa00")} <= got
    assert len(got) == len(label_ids)
    assert {name for name, _ in names.values()} == before | {"urgent", "new"}
    await assert_logs_agree(alice, pay, ops)


async def test_a_label_is_known_again_in_any_case_of_letters(
    alice: Actor, boards: tuple[Json, Json]
) -> None:
    pay, ops = boards
    names = {pay["id"]: ("\u0130stanbul", "ΣΑΣ"), ops["id"]: ("\u0130STANBUL", "ΣΑΣ")}
    ids = {
        board_id: [
            expect(await alice.post(f"/boards/{board_id}/labels", json=label), 201)["id"]
            for label in ({"name": name, "color": "#d73a4a"} for name in called)
        ]
        for board_id, called in names.items()
    }
    card = await alice.card(pay, label_ids=ids[pay["id"]])

    moved = expect(await send(alice, card, ops), 200)

    assert moved["label_ids"] == sorted(ids[ops["id"]])


async def test_what_belongs_to_the_board_stays_behind(
    world: World, alice: Actor, boards: tuple[Json, Json]
) -> None:
    pay, ops = boards
    sprint = {"name": "One", "starts_on": "2026-11-23", "ends_on": "2026-12-06"}
    made = expect(await alice.post(f"/boards/{pay['id']}/sprints", json=sprint), 201)
    blocker = await alice.card(pay, "first")
    card = await alice.card(pay, "second", blocker_ids=[blocker["id"]], sprint_id=made["id"])
    waiting = await alice.card(pay, "third", blocker_ids=[card["id"]])

    answer = await send(alice, card, ops)
    moved = expect(answer, 200)

    assert (moved["sprint_id"], moved["blocker_ids"]) == (None, [])
    assert expect(await alice.get(f"/cards/{waiting['id']}"), 200)["blocker_ids"] == []
    await assert_logs_agree(alice, pay, ops)
    world.app.state.hub._rooms.clear()  # This world's hub hears nothing from Redis.
    undone = expect(await alice.post(f"/operations/{answer.headers['Operation-ID']}/undo"), 200)
    assert undone["left"] == []
    back = expect(await alice.get(f"/cards/{card['id']}"), 200)
    assert (back["key"], back["sprint_id"]) == ("PAY-2", made["id"])
    assert back["blocker_ids"] == [blocker["id"]]
    third = expect(await alice.get(f"/cards/{waiting['id']}"), 200)
    assert third["blocker_ids"] == [card["id"]]
    assert titles(await alice.snapshot(pay["id"]), "To Do") == ["first", "second", "third"]
    await assert_logs_agree(alice, pay, ops)


async def test_who_comes_back_has_its_number_again(alice: Actor, boards: tuple[Json, Json]) -> None:
    pay, ops = boards
    card = await alice.card(pay, "Refund")
    await alice.card(pay, "Other")
    expect(await send(alice, card, ops), 200)
    assert (await alice.card(pay, "Third"))["key"] == "PAY-3"

    assert expect(await send(alice, card, pay), 200)["key"] == "PAY-1"
    assert expect(await send(alice, card, ops), 200)["key"] == "OPS-1"


async def test_its_timeline_goes_through_all_boards(
    alice: Actor, boards: tuple[Json, Json]
) -> None:
    pay, ops = boards
    card = await alice.card(pay, "Refund")
    expect(await send(alice, card, ops), 200)
    await alice.patch(f"/cards/{card['id']}", json={"title": "Refund twice"})

    types: list[tuple[str, Json]] = []
    query = "?limit=1"
    while query:
        page = expect(await alice.get(f"/cards/{card['id']}/timeline{query}"), 200)
        types += [(entry["type"], entry["reason"]) for entry in page["items"]]
        query = page["next_cursor"] and f"?limit=1&cursor={page['next_cursor']}"

    assert [kind for kind, _ in types] == [
        "card.updated",
        "card.arrived",
        "card.left",
        "card.created",
    ]
    assert types[2][1] == {"moved_to": {"board_id": ops["id"], "key": "OPS-1"}}
    assert types[1][1]["moved_from"]["key"] == "PAY-1"


async def test_what_was_done_before_it_left_is_not_undone_on_its_new_board(
    alice: Actor, boards: tuple[Json, Json]
) -> None:
    pay, ops = boards
    card = await alice.card(pay, "Refund")
    change = await alice.patch(f"/cards/{card['id']}", json={"title": "Changed"})
    comment = await alice.post(f"/cards/{card['id']}/comments", json={"body": "Why?"})
    expect(await send(alice, card, ops), 200)

    for operation in (change, comment):
        path = f"/operations/{operation.headers['Operation-ID']}/undo"
        left = expect(await alice.post(path), 200)["left"]
        assert {each["reason"] for each in left} == {"moved"}
    assert (await alice.snapshot(ops["id"]))["cards"][0]["title"] == "Changed"


async def test_a_text_that_was_read_on_the_former_board_is_not_overwritten(
    alice: Actor, boards: tuple[Json, Json]
) -> None:
    pay, ops = boards
    await alice.card(ops, "Deploy")
    card = await alice.card(pay, "Refund", description="one")
    expect(await send(alice, card, ops), 200)

    patch = {"description": "mine", "base_version": card["version"]}
    refused = await alice.patch(f"/cards/{card['id']}", json=patch)
    assert (refused.status_code, refused.json()["code"]) == (412, "version_mismatch")
    present = (await alice.snapshot(ops["id"]))["version"]
    expect(await alice.patch(f"/cards/{card['id']}", json={**patch, "base_version": present}), 200)


async def test_what_can_not_go(alice: Actor, world: World, boards: tuple[Json, Json]) -> None:
    pay, ops = boards
    card = await alice.card(pay, "Refund")

    async def refusal(actor: Actor, board: Json) -> tuple[int, str]:
        answer = await send(actor, card, board)
        return answer.status_code, answer.json()["code"]

    bob = await world.person("bob")
    foreign = await bob.board(await bob.workspace())
    assert await refusal(alice, pay) == (422, "no_such_board")
    assert await refusal(alice, foreign) == (422, "no_such_board")
    assert await refusal(bob, foreign) == (404, "not_found")
    limits = {"wip_policy": "strict"}
    expect(await alice.patch(f"/boards/{ops['id']}", json=limits), 200)
    path = f"/boards/{ops['id']}/columns/{column(ops, 'To Do')['id']}"
    expect(await alice.patch(path, json={"wip_limit": 1}), 200)
    await alice.card(ops, "full")
    assert await refusal(alice, ops) == (409, "column_full")
    expect(await alice.post(f"/cards/{card['id']}/archive"), 200)
    assert await refusal(alice, ops) == (409, "card_archived")
    expect(await alice.post(f"/boards/{ops['id']}/archive"), 200)
    assert await refusal(alice, ops) == (409, "board_archived")
    assert await alice.get(f"/cards/{card['id']}") is not None
    assert (await alice.snapshot(ops["id"]))["cards"][0]["title"] == "full"


async def test_of_two_who_send_it_to_two_boards_one_is_asked_to_try_again(
    real_world: World, real_alice: Actor
) -> None:
    workspace = await real_alice.workspace()
    pay, ops, web = [await real_alice.board(workspace, key=key) for key in ("PAY", "OPS", "WEB")]
    card = await real_alice.card(pay, "Refund")
    database = real_world.runtime.database
    async with asyncio.TaskGroup() as group, database.transaction(SYSTEM) as tx:
        await tx.lock(Stream(StreamKind.BOARD, pay["id"], workspace["id"]))
        both = [group.create_task(send(real_alice, card, board)) for board in (ops, web)]
        edit = group.create_task(real_alice.patch(f"/cards/{card['id']}", json={"title": "Edited"}))
        await wait_for_lock_waits(database, 1)
    answers = [task.result() for task in both]

    assert sorted(answer.status_code for answer in answers) in ([200, 200], [200, 503])
    assert edit.result().status_code == 200
    shown = [
        card
        for board in (pay, ops, web)
        for card in (await real_alice.snapshot(board["id"]))["cards"]
    ]
    assert [each["title"] for each in shown] == ["Edited"]
    await assert_logs_agree(real_alice, pay, ops, web)


async def test_cards_that_go_both_ways_at_once_do_not_wait_for_each_other(
    real_world: World, real_alice: Actor
) -> None:
    workspace = await real_alice.workspace()
    boards = [await real_alice.board(workspace, key=key) for key in ("PAY", "OPS")]
    cards = [[await real_alice.card(board, f"{n}") for n in range(5)] for board in boards]

    answers = await asyncio.gather(
        *(send(real_alice, card, boards[1]) for card in cards[0]),
        *(send(real_alice, card, boards[0]) for card in cards[1]),
    )

    assert {answer.status_code for answer in answers} == {200}
    assert [len((await real_alice.snapshot(board["id"]))["cards"]) for board in boards] == [5, 5]
    await assert_logs_agree(real_alice, *boards)
    assert real_world.runtime.database is not None
