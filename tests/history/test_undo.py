"""Taking operations back, as far as nobody changed the same since."""

from uuid import UUID

import pytest

from taskly.cards.moving import move_card, open_move
from taskly.cards.schemas import MoveCard
from taskly.platform.context import SYSTEM
from tests.contract.tenants import connect
from tests.support.actors import Actor, Json, column, expect, titles
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def board(alice: Actor, bob: Actor) -> Json:
    """A board of Alice's, with Bob as a member."""
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    return await alice.board(workspace)


async def undo(actor: Actor, operation_id: str) -> Json:
    """Take an operation back."""
    answer: Json = expect(await actor.post(f"/operations/{operation_id}/undo"), 200)
    return answer


async def do(actor: Actor, method: str, path: str, body: Json | None = None) -> str:
    """Change something; the operation's id, as the answer's header names it."""
    answer = await actor.request(method, path, **({} if body is None else {"json": body}))
    assert answer.is_success, answer.text
    return answer.headers["Operation-ID"]


def left(answer: Json) -> list[tuple[str, str | None, str]]:
    """What was not taken back."""
    return [(each["entity"], each["field"], each["reason"]) for each in answer["left"]]


async def shown(actor: Actor, card: Json) -> Json:
    """A card as it is now."""
    found: Json = expect(await actor.get(f"/cards/{card['id']}"), 200)
    return found


async def test_fields_that_others_changed_since_stay(alice: Actor, bob: Actor, board: Json) -> None:
    card = await alice.card(board, "Old", description="Old", story_points=1)
    path = f"/cards/{card['id']}"
    operation = await do(alice, "PATCH", path, {"title": "New", "description": "New"})
    await do(bob, "PATCH", path, {"title": "Newer", "story_points": 2})
    answer = await undo(bob, operation)
    assert left(answer) == [("card", "title", "changed_since")]
    assert [each["fields"] for each in answer["undone"]] == [["description"]]
    present = await shown(alice, card)
    assert (present["title"], present["description"], present["story_points"]) == (
        "Newer",
        "Old",
        2,
    )


async def test_people_labels_and_steps_are_taken_back_one_by_one(
    alice: Actor, bob: Actor, board: Json
) -> None:
    labels = [
        expect(
            await alice.post(
                f"/boards/{board['id']}/labels", json={"name": name, "color": "#d73a4a"}
            ),
            201,
        )["id"]
        for name in ("one", "two")
    ]
    card = await alice.card(board, label_ids=labels[:1], checklist=[{"text": "a"}, {"text": "b"}])
    path = f"/cards/{card['id']}"
    operation = await do(
        alice, "PATCH", path, {"label_ids": [], "assignee_ids": [str(bob.user_id)]}
    )
    ticked = await do(
        alice, "PATCH", f"{path}/checklist/{card['checklist'][0]['id']}", {"done": True}
    )
    await do(bob, "PUT", f"{path}/labels/{labels[1]}")
    await do(bob, "PUT", f"{path}/assignees/{alice.user_id}")
    await do(bob, "PATCH", f"{path}/checklist/{card['checklist'][1]['id']}", {"done": True})
    assert left(await undo(alice, operation)) == []
    assert left(await undo(alice, ticked)) == []
    present = await shown(alice, card)
    assert present["label_ids"] == sorted(labels)
    assert present["assignee_ids"] == [str(alice.user_id)]
    assert [item["done"] for item in present["checklist"]] == [False, True]


async def test_a_moved_card_returns_to_its_place(alice: Actor, bob: Actor, board: Json) -> None:
    cards = [await alice.card(board, f"card {number}") for number in range(3)]
    done = column(board, "Done")["id"]
    operation = await do(alice, "POST", f"/cards/{cards[1]['id']}/move", {"column_id": done})
    await bob.card(board, "between", after=cards[0]["id"])
    assert left(await undo(alice, operation)) == []
    after = await alice.snapshot(board["id"])
    assert titles(after, "To Do")[0] == "card 0"
    assert sorted(titles(after, "To Do")[1:3]) == ["between", "card 1"]
    assert titles(after, "To Do")[3] == "card 2"
    assert [card["completed_at"] for card in after["cards"]] == [None] * 4


async def test_a_card_that_went_on_stays_there(alice: Actor, bob: Actor, board: Json) -> None:
    card = await alice.card(board)
    path = f"/cards/{card['id']}/move"
    operation = await do(alice, "POST", path, {"column_id": column(board, "In Progress")["id"]})
    await do(bob, "POST", path, {"column_id": column(board, "Done")["id"]})
    answer = await undo(alice, operation)
    assert ("card", "column_id", "changed_since") in left(answer)
    assert titles(await alice.snapshot(board["id"]), "Done") == ["A card"]


async def test_a_deleted_card_comes_back_with_all_that_hung_on_it(
    alice: Actor, bob: Actor, board: Json
) -> None:
    waiting = await alice.card(board, "waiting")
    card = await alice.card(
        board, "card", assignee_ids=[str(bob.user_id)], checklist=[{"text": "Step"}]
    )
    await do(alice, "PUT", f"/cards/{waiting['id']}/blockers/{card['id']}")
    await do(bob, "POST", f"/cards/{card['id']}/comments", {"body": "Hm."})
    before = await alice.snapshot(board["id"])
    operation = await do(alice, "DELETE", f"/cards/{card['id']}")
    expect(await alice.get(f"/cards/{card['id']}"), 404)
    assert left(await undo(bob, operation)) == []
    after = await alice.snapshot(board["id"])
    for name in ("comment_count", "checklist", "assignee_ids", "blocker_ids", "rank", "number"):
        assert [each[name] for each in after["cards"]] == [each[name] for each in before["cards"]]
    comments = expect(await alice.get(f"/cards/{card['id']}/comments"), 200)["items"]
    assert [comment["body"] for comment in comments] == ["Hm."]
    assert differences(fold(await read_whole_log(alice, board["id"])), as_comparable(after)) == []


async def test_a_deleted_column_comes_back_with_its_cards(alice: Actor, board: Json) -> None:
    cards = [await alice.card(board, f"card {number}") for number in range(3)]
    before = await alice.snapshot(board["id"])
    path = f"/boards/{board['id']}/columns/{cards[0]['column_id']}"
    for query in ("delete_cards=true", f"move_cards_to={column(board, 'Done')['id']}"):
        operation = await do(alice, "DELETE", f"{path}?{query}")
        assert left(await undo(alice, operation)) == []
        after = await alice.snapshot(board["id"])
        assert after["columns"] == before["columns"]
        assert titles(after, "To Do") == titles(before, "To Do")
        assert [card["completed_at"] for card in after["cards"]] == [None] * 3
    assert differences(fold(await read_whole_log(alice, board["id"])), as_comparable(after)) == []


async def test_a_deleted_label_comes_back_to_its_cards(alice: Actor, board: Json) -> None:
    label = {"name": "bug", "color": "#d73a4a"}
    made = expect(await alice.post(f"/boards/{board['id']}/labels", json=label), 201)
    card = await alice.card(board, label_ids=[made["id"]])
    operation = await do(alice, "DELETE", f"/boards/{board['id']}/labels/{made['id']}")
    assert left(await undo(alice, operation)) == []
    assert (await shown(alice, card))["label_ids"] == [made["id"]]
    assert (await alice.snapshot(board["id"]))["labels"] == [made]


async def test_settings_columns_and_labels_are_taken_back(alice: Actor, board: Json) -> None:
    path = f"/boards/{board['id']}"
    label = {"name": "bug", "color": "#d73a4a"}
    steps: list[tuple[str, str, Json]] = [
        ("PATCH", path, {"name": "Shop", "wip_policy": "strict"}),
        ("POST", f"{path}/columns", {"name": "QA", "position": 1}),
        ("PATCH", f"{path}/columns/{board['columns'][1]['id']}", {"name": "X", "wip_limit": 2}),
        ("POST", f"{path}/columns/{board['columns'][3]['id']}/move", {"position": 0}),
        ("POST", f"{path}/labels", label),
    ]
    for method, where, body in steps:
        before = await alice.snapshot(board["id"])
        operation = await do(alice, method, where, body)
        assert left(await undo(alice, operation)) == []
        after = await alice.snapshot(board["id"])
        assert {**after, "version": 0} == {**before, "version": 0}


async def test_what_is_in_use_by_now_is_kept(alice: Actor, board: Json) -> None:
    path = f"/boards/{board['id']}"
    made = await alice.post(f"{path}/columns", json={"name": "QA"})
    label = await alice.post(f"{path}/labels", json={"name": "bug", "color": "#d73a4a"})
    card = await alice.card(board, column_id=made.json()["id"], label_ids=[label.json()["id"]])
    assert left(await undo(alice, made.headers["Operation-ID"])) == [("column", None, "in_use")]
    assert left(await undo(alice, label.headers["Operation-ID"])) == [("label", None, "in_use")]
    assert await shown(alice, card) == {**card, "position": 0}


async def test_somebody_elses_words_are_not_touched(
    world: World, alice: Actor, bob: Actor, board: Json
) -> None:
    carol = await world.person("carol")
    await alice.invite({"id": board["workspace_id"]}, carol, "member")
    card = await alice.card(board)
    path = f"/cards/{card['id']}/comments"
    said = await bob.post(path, json={"body": "One"})
    edited = await do(bob, "PATCH", f"{path}/{said.json()['id']}", {"body": "Two"})
    for operation in (edited, said.headers["Operation-ID"]):
        assert left(await undo(carol, operation))[0][2] in {"not_yours", "changed_since"}
    assert left(await undo(bob, edited)) == []
    deleted = await do(alice, "DELETE", f"{path}/{said.json()['id']}")
    assert left(await undo(bob, deleted)) == []
    [comment] = expect(await carol.get(path), 200)["items"]
    assert (comment["body"], comment["deleted_at"], comment["edited_at"]) == ("One", None, None)
    [present] = (await alice.snapshot(board["id"]))["cards"]
    assert present["comment_count"] == 1


async def test_what_a_rule_did_by_itself_is_taken_back(
    world: World, alice: Actor, board: Json
) -> None:
    card = await alice.card(board)
    target = MoveCard(column_id=UUID(column(board, "Done")["id"]))
    async with world.runtime.database.transaction(SYSTEM) as tx:
        move = await open_move(tx, None, UUID(card["id"]), target)
        await move_card(tx, move, target, reason={"rule": "merged"})
        operation = str(tx.operation_id)
    assert left(await undo(alice, operation)) == []
    assert titles(await alice.snapshot(board["id"]), "To Do") == ["A card"]


async def test_what_can_t_be_taken_back_is_listed(world: World, alice: Actor, board: Json) -> None:
    await connect(world, UUID(board["workspace_id"]), 1)
    card = await alice.card(board)
    operation = await do(alice, "POST", f"/cards/{card['id']}/branches", {})
    assert left(await undo(alice, operation)) == [("branch", None, "not_undoable")]


async def test_an_undo_says_in_the_log_what_it_undid(alice: Actor, board: Json) -> None:
    card = await alice.card(board, "Old")
    operation = await do(alice, "PATCH", f"/cards/{card['id']}", {"title": "New"})
    answer = await undo(alice, operation)
    entry = expect(await alice.get(f"/cards/{card['id']}/timeline"), 200)["items"][0]
    assert (entry["operation_id"], entry["reason"]) == (
        answer["operation_id"],
        {"undo": operation},
    )


async def test_a_second_undo_changes_nothing(alice: Actor, board: Json) -> None:
    card = await alice.card(board, "Old")
    operation = await do(alice, "PATCH", f"/cards/{card['id']}", {"title": "New"})
    await undo(alice, operation)
    version = (await alice.snapshot(board["id"]))["version"]
    assert left(await undo(alice, operation)) == [("card", "title", "changed_since")]
    assert (await alice.snapshot(board["id"]))["version"] == version


async def test_outsiders_and_viewers_undo_nothing(world: World, alice: Actor, board: Json) -> None:
    carol, viewer = await world.person("carol"), await world.person("viewer")
    await alice.invite({"id": board["workspace_id"]}, viewer, "viewer")
    card = await alice.card(board, "Old")
    operation = await do(alice, "PATCH", f"/cards/{card['id']}", {"title": "New"})
    expect(await carol.post(f"/operations/{operation}/undo"), 404)
    expect(await viewer.post(f"/operations/{operation}/undo"), 403)
    expect(await alice.post(f"/operations/{board['id']}/undo"), 404)
    assert (await shown(alice, card))["title"] == "New"
