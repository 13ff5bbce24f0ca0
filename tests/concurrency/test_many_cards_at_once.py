"""Operations that write many rows, two and more at once: each is made as a whole, and boards stay sound."""

import asyncio
from typing import Any

import pytest

from taskly.doctor.repository import INVARIANTS, broken
from tests.support.actors import Actor, Json, column, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def boards(real_alice: Actor) -> list[Json]:
    """Three boards of a workspace with six cards each, all of which have the board's label."""
    workspace = await real_alice.workspace()
    made = []
    for name in ("One", "Two", "Three"):
        board = await real_alice.board(workspace, name=name)
        label = {"name": "bug", "color": "#d73a4a"}
        answer = await real_alice.post(f"/boards/{board['id']}/labels", json=label)
        for number in range(6):
            title = f"card {number}"
            await real_alice.card(board, title, label_ids=[answer.json()["id"]], story_points=0)
        made.append(await real_alice.snapshot(board["id"]))
    return made


async def assert_sound(world: World, actor: Actor, *boards: Json) -> list[Json]:
    """What always holds, and each log tells its board; the boards as they are now."""
    async with world.runtime.database.reading() as session:
        for rule in INVARIANTS:
            assert await broken(session, rule) is None
    world.app.state.hub._rooms.clear()  # It hears of what others did in its own time.
    after = [await actor.snapshot(board["id"]) for board in boards]
    for board in after:
        log = await read_whole_log(actor, board["id"])
        assert [event["version"] for event in log] == list(range(1, board["version"] + 1))
        assert differences(fold(log), as_comparable(board)) == []
    return after


async def at_once(*requests: Any) -> list[int]:
    """The statuses of some requests that are sent at once."""
    return [answer.status_code for answer in await asyncio.gather(*requests)]


def bulk(actor: Actor, cards: list[Json], *changes: Json) -> Any:
    """A bulk change."""
    body = {"card_ids": [card["id"] for card in cards], "changes": list(changes)}
    return actor.post("/cards/bulk-update", json=body)


async def test_bulk_changes_of_several_boards_in_whatever_order_all_happen(
    real_world: World, real_alice: Actor, boards: list[Json]
) -> None:
    cards = [card for board in boards for card in board["cards"]]
    change = {"mode": "adjust", "story_points": 1}
    for _ in range(3):
        asked = [bulk(real_alice, order, change) for order in (cards, cards[::-1]) * 4]
        assert await at_once(*asked) == [200] * 8
    for board in await assert_sound(real_world, real_alice, *boards):
        assert [card["story_points"] for card in board["cards"]] == [24] * 6


async def test_an_operation_is_undone_once_whoever_asks_how_often(
    real_world: World, real_alice: Actor, boards: list[Json]
) -> None:
    cards = [card for board in boards for card in board["cards"]]
    answer = await bulk(real_alice, cards, {"mode": "delete"})
    operation = expect(answer, 200)["operation_id"]
    undo = f"/operations/{operation}/undo"
    assert await at_once(*(real_alice.post(undo) for _ in range(4))) == [200] * 4
    after = await assert_sound(real_world, real_alice, *boards)
    for before, board in zip(boards, after, strict=True):
        assert [card["id"] for card in board["cards"]] == [card["id"] for card in before["cards"]]
        assert board["version"] == before["version"] + 12


async def test_undos_and_changes_of_the_same_cards_leave_each_as_one_of_them_made_it(
    real_world: World, real_alice: Actor, boards: list[Json]
) -> None:
    cards = [card for board in boards for card in board["cards"]]
    done = column(boards[0], "Done")["id"]
    changed = await bulk(real_alice, cards, {"mode": "set", "description": "new"})
    moved = await bulk(real_alice, boards[0]["cards"], {"mode": "move", "column_id": done})
    operations = [expect(answer, 200)["operation_id"] for answer in (changed, moved)]
    statuses = await at_once(
        *(real_alice.post(f"/operations/{operation}/undo") for operation in operations),
        *(
            real_alice.patch(f"/cards/{card['id']}", json={"description": "mine"})
            for card in cards[::3]
        ),
        real_alice.post(f"/cards/{cards[0]['id']}/move", json={"column_id": done, "position": 0}),
    )
    assert statuses == [200] * 9
    after = await assert_sound(real_world, real_alice, *boards)
    texts = {card["id"]: card["description"] for board in after for card in board["cards"]}
    assert {texts[card["id"]] for card in cards[::3]} == {"mine"}
    assert {texts[card["id"]] for card in cards} == {"mine", ""}


async def test_columns_are_deleted_while_cards_come_into_them(
    real_world: World, real_alice: Actor, boards: list[Json]
) -> None:
    board, doing = boards[0], column(boards[0], "In Progress")["id"]
    to_do, review = column(board, "To Do")["id"], column(board, "In Review")["id"]
    path = f"/boards/{board['id']}/columns"
    statuses = await at_once(
        real_alice.delete(f"{path}/{to_do}?move_cards_to={doing}"),
        real_alice.delete(f"{path}/{review}?move_cards_to={to_do}"),
        bulk(real_alice, board["cards"], {"mode": "move", "column_id": review}),
        *(
            real_alice.post(f"/cards/{card['id']}/move", json={"column_id": to_do, "position": 0})
            for card in board["cards"]
        ),
        *(
            real_alice.post(
                f"/boards/{board['id']}/cards", json={"title": "new", "column_id": to_do}
            )
            for _ in range(3)
        ),
    )
    assert set(statuses) <= {200, 201, 204, 409, 422}
    assert statuses[0] == 204
    [after] = await assert_sound(real_world, real_alice, board)
    assert to_do not in {each["id"] for each in after["columns"]}
    assert {card["column_id"] for card in after["cards"]} <= {
        each["id"] for each in after["columns"]
    }
    assert len(after["cards"]) == 6 + statuses[-3:].count(201)


async def test_a_label_is_deleted_while_it_is_put_on_cards(
    real_world: World, real_alice: Actor, boards: list[Json]
) -> None:
    board = boards[0]
    label = board["labels"][0]["id"]
    bare = [await real_alice.card(board, f"bare {number}") for number in range(4)]
    statuses = await at_once(
        *(real_alice.request("PUT", f"/cards/{card['id']}/labels/{label}") for card in bare[:2]),
        bulk(real_alice, bare, {"mode": "add", "label_ids": [label]}),
        real_alice.delete(f"/boards/{board['id']}/labels/{label}"),
        *(real_alice.request("PUT", f"/cards/{card['id']}/labels/{label}") for card in bare[2:]),
        real_alice.delete(f"/boards/{board['id']}/labels/{label}"),
    )
    assert sorted([statuses[3], statuses[-1]]) == [204, 404]
    [after] = await assert_sound(real_world, real_alice, board)
    assert (after["labels"], [card["label_ids"] for card in after["cards"]]) == ([], [[]] * 10)


async def test_boards_are_duplicated_while_they_change(
    real_world: World, real_alice: Actor, boards: list[Json]
) -> None:
    board = boards[0]
    copies = await asyncio.gather(
        *(
            real_alice.post(f"/boards/{board['id']}/duplicate", json={"name": "Copy"})
            for _ in range(3)
        ),
        bulk(real_alice, board["cards"][:3], {"mode": "delete"}),
        *(real_alice.card(board, f"new {number}") for number in range(3)),
    )
    made = [expect(answer, 201) for answer in copies[:3]]
    assert len({copy["key"] for copy in made}) == 3
    after = await assert_sound(real_world, real_alice, board, *made)
    for copy in after[1:]:
        titles = [card["title"] for card in copy["cards"]]
        assert len([each for each in titles if each.startswith("card")]) in {3, 6}
        assert len({card["number"] for card in copy["cards"]}) == len(titles)
