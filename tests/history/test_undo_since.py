"""What others did since an operation stays when that is undone, and what is gone does not come back."""

from pathlib import Path

import pytest

from taskly.history.schemas import MEANING, Left, WhyLeft
from tests.history.test_undo import do, left, shown, undo
from tests.support.actors import Actor, Json, column, expect, titles

pytestmark = pytest.mark.anyio


@pytest.fixture
async def board(alice: Actor, bob: Actor) -> Json:
    """A board of Alice's, with Bob as a member."""
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    return await alice.board(workspace)


async def label_of(actor: Actor, board: Json) -> str:
    """Make a label."""
    label = {"name": "bug", "color": "#d73a4a"}
    made: str = expect(await actor.post(f"/boards/{board['id']}/labels", json=label), 201)["id"]
    return made


async def test_a_place_that_others_gave_a_card_since_stays(
    alice: Actor, bob: Actor, board: Json
) -> None:
    cards = [await alice.card(board, f"card {number}") for number in range(4)]
    path = f"/cards/{cards[0]['id']}/move"
    operation = await do(alice, "POST", path, {"after": cards[3]["id"]})
    await do(bob, "POST", path, {"after": cards[1]["id"]})
    answer = await undo(alice, operation)
    assert (answer["undone"], left(answer)) == ([], [("card", "rank", "changed_since")])
    order = ["card 1", "card 0", "card 2", "card 3"]
    assert titles(await alice.snapshot(board["id"]), "To Do") == order


async def test_a_column_that_others_moved_since_stays(
    alice: Actor, bob: Actor, board: Json
) -> None:
    path = f"/boards/{board['id']}/columns/{board['columns'][0]['id']}/move"
    operation = await do(alice, "POST", path, {"position": 3})
    await do(bob, "POST", path, {"position": 1})
    before = await alice.snapshot(board["id"])
    assert left(await undo(alice, operation)) == [("column", "rank", "changed_since")]
    assert await alice.snapshot(board["id"]) == before


async def test_labels_people_and_blockers_that_are_gone_are_not_hung_on_again(
    alice: Actor, bob: Actor, board: Json
) -> None:
    label, blocker = await label_of(alice, board), await alice.card(board, "blocker")
    card = await alice.card(
        board, label_ids=[label], assignee_ids=[str(bob.user_id)], blocker_ids=[blocker["id"]]
    )
    empty: Json = {"label_ids": [], "assignee_ids": [], "blocker_ids": []}
    operation = await do(alice, "PATCH", f"/cards/{card['id']}", empty)
    await do(alice, "DELETE", f"/boards/{board['id']}/labels/{label}")
    await do(alice, "DELETE", f"/cards/{blocker['id']}")
    expect(await alice.delete(f"/workspaces/{board['workspace_id']}/members/{bob.user_id}"), 204)
    answer = await undo(alice, operation)
    assert sorted(left(answer)) == sorted(("card", name, "gone") for name in empty)
    present = await shown(alice, card)
    assert {name: present[name] for name in empty} == empty


async def test_a_deleted_card_comes_back_without_people_who_left(
    alice: Actor, bob: Actor, board: Json
) -> None:
    card = await alice.card(board, assignee_ids=[str(alice.user_id), str(bob.user_id)])
    operation = await do(alice, "DELETE", f"/cards/{card['id']}")
    expect(await alice.delete(f"/workspaces/{board['workspace_id']}/members/{bob.user_id}"), 204)
    await undo(alice, operation)
    assert (await shown(alice, card))["assignee_ids"] == [str(alice.user_id)]
    [present] = (await alice.snapshot(board["id"]))["cards"]
    assert present["assignee_ids"] == [str(alice.user_id)]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {"title": "worked on"}),
        ("POST", "/comments", {"body": "Hm."}),
        ("POST", "/checklist", {"text": "Step"}),
        ("POST", "/archive", None),
    ],
)
async def test_a_new_card_that_others_worked_on_since_stays(
    alice: Actor, bob: Actor, board: Json, method: str, path: str, body: Json | None
) -> None:
    operation = await do(alice, "POST", f"/boards/{board['id']}/cards", {"title": "new"})
    [card] = (await alice.snapshot(board["id"]))["cards"]
    await do(bob, method, f"/cards/{card['id']}{path}", body)
    before = await shown(alice, card)
    answer = await undo(alice, operation)
    assert (answer["undone"], left(answer)) == ([], [("card", None, "changed_since")])
    assert await shown(alice, card) == before


async def test_a_step_that_others_changed_since_stays(
    alice: Actor, bob: Actor, board: Json
) -> None:
    card = await alice.card(board, checklist=[{"text": "a"}, {"text": "b"}, {"text": "c"}])
    path = f"/cards/{card['id']}/checklist"
    first, second, third = (f"{path}/{item['id']}" for item in card["checklist"])
    ticked = await do(alice, "PATCH", first, {"done": True})
    await do(bob, "PATCH", first, {"text": "A"})
    assert left(await undo(alice, ticked)) == [("card", "checklist", "changed_since")]
    ticked = await do(alice, "PATCH", second, {"done": True})
    await do(bob, "DELETE", second)
    assert left(await undo(alice, ticked)) == [("card", "checklist", "changed_since")]
    deleted = await do(alice, "DELETE", third)
    await do(bob, "POST", path, {"text": "d"})
    assert left(await undo(alice, deleted)) == []
    steps = [(item["text"], item["done"]) for item in (await shown(alice, card))["checklist"]]
    assert steps == [("A", True), ("c", False), ("d", False)]


async def test_a_card_does_not_go_back_to_a_column_that_is_gone(
    alice: Actor, bob: Actor, board: Json
) -> None:
    done, doing = column(board, "Done")["id"], column(board, "In Progress")["id"]
    card = await alice.card(board, column_id=doing)
    operation = await do(alice, "POST", f"/cards/{card['id']}/move", {"column_id": done})
    await do(bob, "DELETE", f"/boards/{board['id']}/columns/{doing}")
    answer = await undo(alice, operation)
    assert ("card", "column_id", "gone") in left(answer)
    assert titles(await alice.snapshot(board["id"]), "Done") == ["A card"]


async def test_a_card_that_is_on_another_board_since_is_named_once_and_comes_back_with_its_move(
    alice: Actor, board: Json
) -> None:
    there = await alice.board({"id": board["workspace_id"]}, name="There")
    cards = [await alice.card(board, f"card {number}") for number in range(3)]
    changes: list[Json] = [
        {"mode": "set", "priority": "high"},
        {"mode": "move", "column_id": column(board, "Done")["id"]},
    ]
    body = {"card_ids": [card["id"] for card in cards], "changes": changes}
    operation = await do(alice, "POST", "/cards/bulk-update", body)
    on = [f"/cards/{card['id']}" for card in cards]
    said = await do(alice, "POST", f"{on[0]}/comments", {"body": "Hm."})
    moved = await do(alice, "POST", f"{on[0]}/move-to-board", {"board_id": there["id"]})
    await do(alice, "DELETE", on[1])

    answer = await undo(alice, operation)

    assert sorted((each["id"], each["field"], each["reason"]) for each in answer["left"]) == [
        (cards[0]["id"], None, "moved"),
        (cards[1]["id"], None, "gone"),
    ]
    assert {each["id"] for each in answer["undone"]} == {cards[2]["id"]}
    assert (await shown(alice, cards[0]))["priority"] == "high"
    assert left(await undo(alice, said)) == [("comment", None, "moved")]
    await undo(alice, moved)
    again = await undo(alice, operation)
    assert {each["id"] for each in again["left"]} == {cards[1]["id"], cards[2]["id"]}
    assert (await shown(alice, cards[0]))["priority"] == "none"


def test_the_guide_and_the_document_say_what_each_reason_means() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "api.md").read_text(encoding="utf-8")
    document = str(Left.model_json_schema()["properties"]["reason"]["description"])
    assert set(MEANING) == set(WhyLeft)
    for reason, meaning in MEANING.items():
        assert f"- `{reason}`: {meaning}" in document
        assert f"| `{reason}` | {meaning}" in guide


async def test_a_board_with_a_long_log_is_read_as_it_was(alice: Actor, board: Json) -> None:
    path = f"/boards/{board['id']}"
    lines = "\n".join(f"card {number}" for number in range(100))
    expect(await alice.post(f"{path}/cards/paste", json={"lines": lines}), 201)
    ids = [card["id"] for card in (await alice.snapshot(board["id"]))["cards"]]
    seen = []
    for number in range(12):
        place = board["columns"][(number + 1) % 2]["id"]
        changes = [
            {"mode": "move", "column_id": place},
            {"mode": "set", "description": str(number)},
        ]
        body = {"card_ids": ids, "changes": changes}
        expect(await alice.post("/cards/bulk-update", json=body), 200)
        seen.append(await alice.snapshot(board["id"]))
    last = seen[-1]["version"]
    earlier, later = (
        board for board in seen if last / 2 - 200 <= board["version"] <= last / 2 + 200
    )
    assert 1000 < earlier["version"] < last / 2 < later["version"] < last - 1000
    for snapshot in (earlier, later):
        then = expect(await alice.get(f"{path}/history?at={snapshot['version']}"), 200)
        texts = [[card["description"] for card in each["cards"]] for each in (then, snapshot)]
        assert texts[0] == texts[1]
        assert [card["rank"] for card in then["cards"]] == [
            card["rank"] for card in snapshot["cards"]
        ]


async def test_a_label_comes_back_to_a_card_that_was_deleted_before_it(
    alice: Actor, board: Json
) -> None:
    label = await label_of(alice, board)
    card = await alice.card(board, label_ids=[label])
    deleted = await do(alice, "DELETE", f"/cards/{card['id']}")
    gone = await do(alice, "DELETE", f"/boards/{board['id']}/labels/{label}")
    assert left(await undo(alice, gone)) == []
    assert left(await undo(alice, deleted)) == []
    assert (await shown(alice, card))["label_ids"] == [label]


async def test_a_label_is_deleted_again_with_all_cards_that_have_it(
    alice: Actor, board: Json
) -> None:
    label = await label_of(alice, board)
    cards = [await alice.card(board, label_ids=[label]) for _ in range(2)]
    operation = await do(alice, "DELETE", f"/boards/{board['id']}/labels/{label}")
    for expected in ([label], [], [label]):
        answer = await undo(alice, operation)
        assert left(answer) == []
        assert [(await shown(alice, card))["label_ids"] for card in cards] == [expected] * 2
        operation = answer["operation_id"]
