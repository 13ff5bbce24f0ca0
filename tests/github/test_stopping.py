"""Rules that people keep from moving a card again."""

import asyncio
from uuid import UUID, uuid4

import pytest

from taskly.cards.relocating import move_to_board, open_departure
from taskly.cards.schemas import MoveToBoard
from taskly.github.jobs import ReconcileRepository
from taskly.platform import context
from taskly.platform.context import SYSTEM
from tests.github.place import REPOSITORY, Place
from tests.github.test_story import where_is
from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, fold, read_whole_log
from tests.support.waiting import wait_for_lock_waits

pytestmark = pytest.mark.anyio

CARD = "Refund twice"


@pytest.fixture
async def card(ann: Actor, board: Json, connected: Json) -> Json:
    """PAY-1, on a board whose workspace has a repository."""
    return await ann.card(board, CARD)


async def opened(place: Place, branch: str = "PAY-1", title: str = "Refunds") -> int:
    """An open pull request; its number."""
    await place.github.push(REPOSITORY, branch, ["Work"], actor="ann")
    pull = await place.github.open_pull_request(REPOSITORY, branch, title, author="ann")
    await place.settle()
    return pull.number


async def merge(place: Place, number: int) -> None:
    """Merge a pull request, and let the boards hear of it."""
    await place.github.merge(REPOSITORY, number, actor="ann")
    await place.settle()


async def last_move(ann: Actor, card: Json) -> Json:
    """The last move in the card's timeline."""
    timeline = expect(await ann.get(f"/cards/{card['id']}/timeline"), 200)["items"]
    move: Json = next(entry for entry in timeline if entry["type"] == "card.moved")
    return move


async def undo(ann: Actor, card: Json, *, never_again: bool) -> Json:
    """Take the last move of a card back."""
    move = await last_move(ann, card)
    path = f"/cards/{card['id']}/operations/{move['operation_id']}/undo"
    undone: Json = expect(await ann.post(path, json={"never_again": never_again}), 200)
    return undone


async def stopped(ann: Actor, card: Json) -> list[str]:
    """The card's stopped rules, as all answers show them."""
    listed = expect(await ann.get(f"/cards/{card['id']}/stopped-rules"), 200)["items"]
    development = expect(await ann.get(f"/cards/{card['id']}/development"), 200)
    assert development["stopped_rules"] == listed
    return [each["rule"] for each in listed]


async def test_a_rule_whose_move_is_taken_back_for_good_never_moves_the_card_again(
    place: Place, ann: Actor, board: Json, card: Json, connected: Json
) -> None:
    await merge(place, await opened(place))
    assert await where_is(ann, board, CARD) == "Done"
    undone = await undo(ann, card, never_again=True)
    [taken_back] = undone["undone"]
    assert {"column_id", "completed_at"} <= set(taken_back["fields"])
    assert [each["rule"] for each in undone["stopped_rules"]] == ["merged"]
    assert await where_is(ann, board, CARD) == "In Review"
    await merge(place, await opened(place, "PAY-1-again"))
    job = ReconcileRepository(repository_id=UUID(connected["id"]))
    async with place.runtime.database.transaction(SYSTEM) as tx:
        tx.promise(job, workspace_id=UUID(connected["workspace_id"]))
    await place.settle()
    assert await where_is(ann, board, CARD) == "In Review"
    assert await stopped(ann, card) == ["merged"]
    snapshot = await ann.snapshot(board["id"])
    assert fold(await read_whole_log(ann, board["id"])) == as_comparable(snapshot)


async def test_the_timeline_says_who_stopped_a_rule_and_who_allowed_it_again(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await opened(place)
    undone = await undo(ann, card, never_again=True)
    [stop] = undone["stopped_rules"]
    path = f"/cards/{card['id']}/stopped-rules/{stop['id']}"
    expect(await ann.delete(path), 204)
    assert (await ann.delete(path)).status_code == 404
    assert await stopped(ann, card) == []
    allowed, told = expect(await ann.get(f"/cards/{card['id']}/timeline"), 200)["items"][:2]
    assert (told["type"], told["after"]["rule"]) == ("rule.stopped", "pull_request_opened")
    assert told["operation_id"] == undone["operation_id"]
    assert (allowed["type"], allowed["before"], allowed["after"]) == (
        "rule.allowed",
        told["after"],
        None,
    )
    assert told["actor"] == allowed["actor"] == {"kind": "user", "user_id": str(ann.user_id)}
    await opened(place, "PAY-1-again")
    assert await where_is(ann, board, CARD) == "In Review"


async def test_other_rules_and_other_cards_go_on_to_move(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await ann.card(board, "Another")
    number = await opened(place, "PAY-1-and-PAY-2")
    assert await where_is(ann, board, "Another") == "In Review"
    await undo(ann, card, never_again=True)
    assert await where_is(ann, board, CARD) == "In Progress"
    assert await where_is(ann, board, "Another") == "In Review"
    await merge(place, number)
    assert await where_is(ann, board, CARD) == "Done"
    assert await where_is(ann, board, "Another") == "Done"


async def test_a_move_of_one_card_is_taken_back_without_stopping_anything(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await ann.card(board, "Another")
    await opened(place, "PAY-1-and-PAY-2")
    undone = await undo(ann, card, never_again=False)
    assert undone["stopped_rules"] == []
    assert {each["id"] for each in undone["undone"]} == {card["id"]}
    assert await where_is(ann, board, "Another") == "In Review"


async def test_a_rule_is_stopped_though_somebody_moved_the_card_since(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await opened(place)
    move = await last_move(ann, card)
    done = board["columns"][-1]["id"]
    expect(await ann.post(f"/cards/{card['id']}/move", json={"column_id": done}), 200)
    path = f"/cards/{card['id']}/operations/{move['operation_id']}/undo"
    undone = expect(await ann.post(path, json={"never_again": True}), 200)
    assert "changed_since" in {each["reason"] for each in undone["left"]}
    assert await where_is(ann, board, CARD) == "Done"
    again = expect(await ann.post(path, json={"never_again": True}), 200)
    assert again["stopped_rules"] == undone["stopped_rules"]
    assert await stopped(ann, card) == ["pull_request_opened"]


async def test_only_a_rule_that_moved_the_card_can_be_stopped(
    ann: Actor, board: Json, card: Json
) -> None:
    done = board["columns"][-1]["id"]
    expect(await ann.post(f"/cards/{card['id']}/move", json={"column_id": done}), 200)
    move = await last_move(ann, card)
    path = f"/cards/{card['id']}/operations/{move['operation_id']}/undo"
    refused = await ann.post(path, json={"never_again": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_undoable")
    assert await where_is(ann, board, CARD) == "Done"
    assert await stopped(ann, card) == []
    nothing = f"/cards/{card['id']}/operations/{uuid4()}/undo"
    assert (await ann.post(nothing, json={})).status_code == 404


async def test_a_card_that_goes_to_another_board_at_that_moment_is_left_alone_there(
    place: Place, ann: Actor, workspace: Json, board: Json, card: Json
) -> None:
    await opened(place)
    move = await last_move(ann, card)
    other = await ann.board(workspace, name="Other", key="OTH")
    path = f"/cards/{card['id']}/operations/{move['operation_id']}/undo"
    ids = [UUID(each["id"]) for each in (card, board, other)]
    async with place.runtime.database.transaction(context.Actor.user(ann.user_id)) as tx:
        departure = await open_departure(tx, ann.user_id, *ids)
        waiting = asyncio.create_task(ann.post(path, json={"never_again": True}))
        await wait_for_lock_waits(place.runtime.database)
        await move_to_board(tx, departure, MoveToBoard(board_id=ids[2]))
    refused = await waiting
    assert (refused.status_code, refused.json()["code"]) == (409, "not_undoable")
    assert await stopped(ann, card) == []


async def test_a_stopped_rule_goes_with_its_card_to_another_board(
    place: Place, ann: Actor, workspace: Json, board: Json, card: Json
) -> None:
    await opened(place)
    move = await last_move(ann, card)
    await undo(ann, card, never_again=True)
    other = await ann.board(workspace, name="Other", key="OTH")
    expect(
        await ann.post(f"/cards/{card['id']}/move-to-board", json={"board_id": other["id"]}), 200
    )
    assert await stopped(ann, card) == ["pull_request_opened"]
    path = f"/cards/{card['id']}/operations/{move['operation_id']}/undo"
    refused = await ann.post(path, json={"never_again": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_undoable")
