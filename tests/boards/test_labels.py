"""Labels: made, changed and deleted."""

import pytest

from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log

pytestmark = pytest.mark.anyio


@pytest.fixture
async def board(alice: Actor) -> Json:
    """A board with two labels."""
    board = await alice.board(await alice.workspace())
    for name in ("bug", "docs"):
        label = {"name": name, "color": "#d73a4a"}
        expect(await alice.post(f"/boards/{board['id']}/labels", json=label), 201)
    return await alice.snapshot(board["id"])


def path(board: Json, name: str) -> str:
    """The path of a label."""
    label = next(each for each in board["labels"] if each["name"] == name)
    return f"/boards/{board['id']}/labels/{label['id']}"


async def test_a_label_gets_another_name_and_colour(alice: Actor, board: Json) -> None:
    changed = expect(await alice.patch(path(board, "bug"), json={"name": "Bug"}), 200)
    assert (changed["name"], changed["color"]) == ("Bug", "#d73a4a")
    changed = expect(await alice.patch(path(board, "bug"), json={"color": "#00ff00"}), 200)
    assert (changed["name"], changed["color"]) == ("Bug", "#00ff00")
    shown = await alice.snapshot(board["id"])
    assert shown["version"] == board["version"] + 2
    assert differences(fold(await read_whole_log(alice, board["id"])), as_comparable(shown)) == []


async def test_two_labels_of_a_board_never_have_one_name(alice: Actor, board: Json) -> None:
    refused = await alice.patch(path(board, "bug"), json={"name": "DOCS"})
    assert (refused.status_code, refused.json()["code"]) == (409, "name_taken")
    assert await alice.snapshot(board["id"]) == board


@pytest.mark.parametrize(
    ("name", "same"),
    [("\u0130stanbul", "\u0130STANBUL"), ("ΣΑΣ", "\u03c3\u03b1\u03c3"), ("Straße", "STRAßE")],
)
async def test_names_are_the_same_in_any_case_of_letters_of_any_language(
    alice: Actor, board: Json, name: str, same: str
) -> None:
    label = {"name": name, "color": "#d73a4a"}
    made = expect(await alice.post(f"/boards/{board['id']}/labels", json=label), 201)
    for refused in (
        await alice.post(f"/boards/{board['id']}/labels", json={**label, "name": same}),
        await alice.patch(path(board, "bug"), json={"name": same}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "name_taken")
    mine = f"/boards/{board['id']}/labels/{made['id']}"
    assert expect(await alice.patch(mine, json={"name": same}), 200)["name"] == same


async def test_a_deleted_label_comes_off_all_cards(alice: Actor, board: Json) -> None:
    bug, docs = (each["id"] for each in sorted(board["labels"], key=lambda it: it["name"]))
    both = await alice.card(board, "both", label_ids=[bug, docs])
    archived = await alice.card(board, "archived", label_ids=[bug])
    await alice.card(board, "other", label_ids=[docs])
    expect(await alice.post(f"/cards/{archived['id']}/archive"), 200)
    before = await alice.snapshot(board["id"])
    expect(await alice.delete(path(board, "bug")), 204)
    shown = await alice.snapshot(board["id"])
    assert shown["version"] == before["version"] + 3
    assert [label["name"] for label in shown["labels"]] == ["docs"]
    assert {card["title"]: card["label_ids"] for card in shown["cards"]} == {
        "both": [docs],
        "other": [docs],
    }
    assert expect(await alice.get(f"/cards/{archived['id']}"), 200)["label_ids"] == []
    entries = expect(await alice.get(f"/cards/{both['id']}/timeline"), 200)["items"]
    assert (entries[0]["before"]["label_ids"], entries[0]["after"]["label_ids"]) == (
        sorted([bug, docs]),
        [docs],
    )
    assert differences(fold(await read_whole_log(alice, board["id"])), as_comparable(shown)) == []


async def test_a_board_is_deleted_with_labels_that_are_on_cards(alice: Actor, board: Json) -> None:
    await alice.card(board, label_ids=[each["id"] for each in board["labels"]])
    expect(await alice.delete(f"/boards/{board['id']}"), 204)
    expect(await alice.get(f"/boards/{board['id']}"), 404)
