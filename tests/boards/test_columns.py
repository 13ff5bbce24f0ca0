"""Columns: added, changed, reordered and deleted, and what becomes of their cards."""

from datetime import datetime

import pytest

from tests.support.actors import Actor, Json, column, expect, titles
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def board(alice: Actor) -> Json:
    """A board with the usual four columns."""
    return await alice.board(await alice.workspace())


def names(board: Json) -> list[str]:
    """The board's columns from left to right."""
    return [each["name"] for each in sorted(board["columns"], key=lambda it: it["rank"].encode())]


def of(board: Json, name: str) -> str:
    """The path of a column."""
    return f"/boards/{board['id']}/columns/{column(board, name)['id']}"


async def assert_log_tells_the_same(actor: Actor, board: Json) -> None:
    """The fold of the whole log is the snapshot."""
    shown = as_comparable(await actor.snapshot(board["id"]))
    assert differences(fold(await read_whole_log(actor, board["id"])), shown) == []


async def test_a_column_is_added_behind_the_others_or_where_it_is_put(
    alice: Actor, board: Json
) -> None:
    path = f"/boards/{board['id']}/columns"
    last = expect(await alice.post(path, json={"name": "Shipped", "category": "done"}), 201)
    assert (last["name"], last["category"], last["wip_limit"]) == ("Shipped", "done", None)
    done = column(board, "Done")["id"]
    for body in (
        {"name": "QA", "before": done, "wip_limit": 2},
        {"name": "Ideas", "position": 0, "category": "todo"},
        {"name": "Deployed", "after": done},
    ):
        expect(await alice.post(path, json=body), 201)
    shown = await alice.snapshot(board["id"])
    assert names(shown) == [
        "Ideas",
        "To Do",
        "In Progress",
        "In Review",
        "QA",
        "Done",
        "Deployed",
        "Shipped",
    ]
    await assert_log_tells_the_same(alice, board)


async def test_a_board_holds_fifty_columns(alice: Actor) -> None:
    workspace = await alice.workspace()
    board = await alice.board(workspace, columns=[{"name": f"C{index}"} for index in range(50)])
    refused = await alice.post(f"/boards/{board['id']}/columns", json={"name": "One more"})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many")
    assert await alice.snapshot(board["id"]) == board


async def test_a_column_is_changed_field_by_field(alice: Actor, board: Json) -> None:
    review = of(board, "In Review")
    changed = expect(await alice.patch(review, json={"name": "Review", "wip_limit": 3}), 200)
    assert (changed["name"], changed["wip_limit"], changed["category"]) == (
        "Review",
        3,
        "in_progress",
    )
    version = (await alice.snapshot(board["id"]))["version"]
    expect(await alice.patch(review, json={"wip_limit": None}), 200)
    expect(await alice.patch(review, json={"name": "Review"}), 200)
    assert (await alice.snapshot(board["id"]))["version"] == version + 1
    await assert_log_tells_the_same(alice, board)


async def test_columns_are_put_in_another_order(alice: Actor, board: Json) -> None:
    ids = {name: column(board, name)["id"] for name in names(board)}
    for name, place, expected in (
        ("Done", {"position": 0}, ["Done", "To Do", "In Progress", "In Review"]),
        ("Done", {"after": ids["To Do"]}, ["To Do", "Done", "In Progress", "In Review"]),
        ("Done", {}, ["To Do", "In Progress", "In Review", "Done"]),
        (
            "In Review",
            {"before": ids["In Progress"]},
            ["To Do", "In Review", "In Progress", "Done"],
        ),
    ):
        expect(await alice.post(f"{of(board, name)}/move", json=place), 200)
        assert names(await alice.snapshot(board["id"])) == expected
    await assert_log_tells_the_same(alice, board)


async def test_a_column_that_is_there_already_stays_untouched(alice: Actor, board: Json) -> None:
    expect(await alice.post(f"{of(board, 'Done')}/move", json={"position": 3}), 200)
    assert (await alice.snapshot(board["id"]))["version"] == board["version"]


async def test_a_gap_between_columns_never_closes(alice: Actor, board: Json) -> None:
    first = column(board, "To Do")["id"]
    for turn in range(420):
        name = ("Done", "In Review")[turn % 2]
        expect(await alice.post(f"{of(board, name)}/move", json={"after": first}), 200)
    shown = await alice.snapshot(board["id"])
    assert names(shown) == ["To Do", "In Review", "Done", "In Progress"]
    assert max(len(each["rank"]) for each in shown["columns"]) <= 64
    await assert_log_tells_the_same(alice, board)


async def test_a_column_beside_itself_or_a_stranger_is_refused(alice: Actor, board: Json) -> None:
    done = column(board, "Done")["id"]
    for neighbour in (done, board["id"]):
        refused = await alice.post(f"{of(board, 'Done')}/move", json={"after": neighbour})
        assert (refused.status_code, refused.json()["code"]) == (422, "not_on_board")


async def test_with_another_category_a_column_begins_or_completes_its_cards(
    world: World, alice: Actor, board: Json
) -> None:
    card = await alice.card(board)
    put_away = await alice.card(board, "Put away")
    expect(await alice.post(f"/cards/{put_away['id']}/archive"), 200)
    now = world.clock.now()
    for category, started, completed in (
        ("done", now, now),
        ("in_progress", now, None),
        ("todo", now, None),
    ):
        expect(await alice.patch(of(board, "To Do"), json={"category": category}), 200)
        for each in (card, put_away):
            shown = expect(await alice.get(f"/cards/{each['id']}"), 200)
            assert datetime.fromisoformat(shown["started_at"]) == started
            assert (shown["completed_at"] is None) == (completed is None)
    await assert_log_tells_the_same(alice, board)


async def test_an_empty_column_is_deleted(alice: Actor, board: Json) -> None:
    expect(await alice.delete(of(board, "In Review")), 204)
    assert names(await alice.snapshot(board["id"])) == ["To Do", "In Progress", "Done"]
    await assert_log_tells_the_same(alice, board)


async def test_a_column_with_cards_is_deleted_only_with_a_word_about_them(
    alice: Actor, board: Json
) -> None:
    card = await alice.card(board)
    expect(await alice.post(f"/cards/{card['id']}/archive"), 200)
    before = await alice.snapshot(board["id"])
    done = column(board, "Done")["id"]
    for query in ("", f"?move_cards_to={done}&delete_cards=true"):
        refused = await alice.delete(of(board, "To Do") + query)
        assert (refused.status_code, refused.json()["code"]) == (409, "column_not_empty")
    for target in (column(board, "To Do")["id"], board["id"]):
        refused = await alice.delete(of(board, "To Do") + f"?move_cards_to={target}")
        assert (refused.status_code, refused.json()["code"]) == (422, "not_on_board")
    assert await alice.snapshot(board["id"]) == before


async def test_the_cards_of_a_deleted_column_go_to_the_end_of_another_in_order(
    alice: Actor, board: Json
) -> None:
    done = column(board, "Done")["id"]
    await alice.card(board, "done before", column_id=done)
    cards = [await alice.card(board, f"card {number}") for number in range(4)]
    expect(await alice.post(f"/cards/{cards[1]['id']}/archive"), 200)
    expect(await alice.delete(of(board, "To Do") + f"?move_cards_to={done}"), 204)
    shown = await alice.snapshot(board["id"])
    assert titles(shown, "Done") == ["done before", "card 0", "card 2", "card 3"]
    assert all(card["completed_at"] for card in shown["cards"])
    await assert_log_tells_the_same(alice, board)
    expect(await alice.post(f"/cards/{cards[1]['id']}/restore"), 200)
    shown = await alice.snapshot(board["id"])
    assert titles(shown, "Done") == ["done before", "card 0", "card 1", "card 2", "card 3"]


async def test_a_column_goes_with_its_cards_if_asked_to(alice: Actor, board: Json) -> None:
    kept = await alice.card(board, "kept", column_id=column(board, "Done")["id"])
    gone = [await alice.card(board, f"gone {number}") for number in range(3)]
    expect(await alice.post(f"/cards/{gone[0]['id']}/archive"), 200)
    expect(await alice.delete(of(board, "To Do") + "?delete_cards=true"), 204)
    shown = await alice.snapshot(board["id"])
    assert [card["id"] for card in shown["cards"]] == [kept["id"]]
    for card in gone:
        expect(await alice.get(f"/cards/{card['id']}"), 404)
    await assert_log_tells_the_same(alice, board)


async def test_the_last_column_stays(alice: Actor) -> None:
    board = await alice.board(await alice.workspace(), columns=[{"name": "All"}])
    refused = await alice.delete(of(board, "All"))
    assert (refused.status_code, refused.json()["code"]) == (409, "last_column")
    assert await alice.snapshot(board["id"]) == board
