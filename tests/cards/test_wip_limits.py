"""Limits of work in progress: a warning by default, a wall if the board says so."""

from uuid import UUID

import pytest

from taskly.cards.moving import move_card, open_move
from taskly.cards.schemas import MoveCard
from taskly.platform.context import SYSTEM
from tests.support.actors import Actor, Json, column, expect, titles
from tests.support.world import World

pytestmark = pytest.mark.anyio

COLUMNS: list[Json] = [
    {"name": "To Do", "category": "todo"},
    {"name": "Doing", "wip_limit": 2},
    {"name": "Done", "category": "done"},
]


@pytest.fixture
async def board(alice: Actor) -> Json:
    """A board whose Doing has reached its limit of two, with a third card to do."""
    board = await alice.board(await alice.workspace(), columns=COLUMNS)
    doing = column(board, "Doing")["id"]
    for title in ("one", "two"):
        await alice.card(board, title, column_id=doing)
    await alice.card(board, "three")
    return await alice.snapshot(board["id"])


async def hold_to_limits(actor: Actor, board: Json) -> None:
    """Make the board's limits strict."""
    expect(await actor.patch(f"/boards/{board['id']}", json={"wip_policy": "strict"}), 200)


def card(board: Json, title: str) -> Json:
    """A card of a snapshot."""
    found: Json = next(each for each in board["cards"] if each["title"] == title)
    return found


async def test_by_default_a_limit_only_warns(alice: Actor, board: Json) -> None:
    assert board["wip_policy"] == "warn"
    await alice.move(card(board, "three"), column_id=column(board, "Doing")["id"])
    assert titles(await alice.snapshot(board["id"]), "Doing") == ["one", "two", "three"]


async def test_whoever_puts_a_card_into_a_column_is_told_that_it_is_over_its_limit(
    alice: Actor, board: Json
) -> None:
    doing, to_do = column(board, "Doing")["id"], column(board, "To Do")["id"]
    one, three = card(board, "one")["id"], card(board, "three")["id"]
    elsewhere = await alice.board({"id": board["workspace_id"]})
    back = {"board_id": board["id"], "column_id": doing}

    async def warned(path: str, status: int = 200, **body: object) -> bool:
        answer: Json = expect(await alice.post(path, json=body), status)
        assert isinstance(answer["over_limit"], bool)
        return bool(answer["over_limit"])

    cards = f"/boards/{board['id']}/cards"
    assert not await warned(f"/cards/{one}/move", column_id=doing)
    assert not await warned(f"/cards/{three}/move", column_id=to_do)
    assert await warned(f"/cards/{three}/move", column_id=doing)
    assert await warned(f"/cards/{three}/move", column_id=doing)
    expect(await alice.post(f"/cards/{three}/archive"), 200)
    assert not await warned(f"/cards/{one}/restore")
    assert await warned(f"/cards/{three}/restore")
    assert not await warned(f"/cards/{three}/move-to-board", board_id=elsewhere["id"])
    assert await warned(f"/cards/{three}/move-to-board", **back)
    assert await warned(f"/cards/{one}/copy", 201)
    assert await warned(cards, 201, title="4", column_id=doing)
    assert not await warned(cards, 201, title="5", column_id=to_do)
    assert await warned(f"{cards}/paste", 201, lines="6", column_id=doing)
    assert not await warned(f"{cards}/paste", 201, lines="7\n8", column_id=to_do)


async def test_strict_limits_let_nobody_put_more_in(alice: Actor, board: Json) -> None:
    await hold_to_limits(alice, board)
    doing = column(board, "Doing")["id"]
    before = await alice.snapshot(board["id"])
    spare = await alice.card(board, "spare", column_id=column(board, "Done")["id"])
    expect(await alice.delete(f"/cards/{spare['id']}"), 204)
    attempts = [
        await alice.post(f"/cards/{card(board, 'three')['id']}/move", json={"column_id": doing}),
        await alice.post(
            f"/cards/{card(board, 'three')['id']}/move", json={"after": card(board, "one")["id"]}
        ),
        await alice.post(f"/boards/{board['id']}/cards", json={"title": "4", "column_id": doing}),
        await alice.post(f"/cards/{card(board, 'one')['id']}/copy", json={}),
        await alice.delete(
            f"/boards/{board['id']}/columns/{column(board, 'To Do')['id']}?move_cards_to={doing}"
        ),
    ]
    for refused in attempts:
        assert (refused.status_code, refused.json()["code"]) == (409, "column_full")
        assert refused.json()["detail"] == "The column Doing has a limit of 2; it would hold 3."
    assert (await alice.snapshot(board["id"]))["cards"] == before["cards"]


async def test_within_a_full_column_cards_still_change_places(alice: Actor, board: Json) -> None:
    await hold_to_limits(alice, board)
    await alice.move(card(board, "two"), position=0)
    assert titles(await alice.snapshot(board["id"]), "Doing") == ["two", "one"]


async def test_an_archived_card_leaves_room_and_does_not_come_back_into_none(
    alice: Actor, board: Json
) -> None:
    await hold_to_limits(alice, board)
    away = f"/cards/{card(board, 'one')['id']}"
    expect(await alice.post(f"{away}/archive"), 200)
    await alice.move(card(board, "three"), column_id=column(board, "Doing")["id"])
    refused = await alice.post(f"{away}/restore")
    assert (refused.status_code, refused.json()["code"]) == (409, "column_full")
    await alice.move(card(board, "three"), column_id=column(board, "Done")["id"])
    expect(await alice.post(f"{away}/restore"), 200)
    assert titles(await alice.snapshot(board["id"]), "Doing") == ["one", "two"]


async def test_what_taskly_moves_by_itself_is_not_held_up(
    world: World, alice: Actor, board: Json
) -> None:
    await hold_to_limits(alice, board)
    target = MoveCard(column_id=UUID(column(board, "Doing")["id"]))
    async with world.runtime.database.transaction(SYSTEM) as tx:
        move = await open_move(tx, None, UUID(card(board, "three")["id"]), target)
        await move_card(tx, move, target, reason={"rule": "pull_request_opened"})
    assert titles(await alice.snapshot(board["id"]), "Doing") == ["one", "two", "three"]
