"""Boards that are like others."""

import pytest

from tests.support.actors import Actor, Json, column, expect, titles
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def board(alice: Actor, bob: Actor) -> Json:
    """A board with something of everything."""
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    board = await alice.board(workspace, key="PAY", template="bug-triage")
    settings = {"wip_policy": "strict"}
    expect(await alice.patch(f"/boards/{board['id']}", json=settings), 200)
    first = await alice.card(
        board,
        "first",
        description="Twice",
        label_ids=[board["labels"][0]["id"]],
        assignee_ids=[str(bob.user_id)],
        story_points=3,
        column_id=column(board, "Fixing")["id"],
    )
    await alice.post(f"/cards/{first['id']}/checklist", json={"text": "Ask", "done": True})
    await alice.post(f"/cards/{first['id']}/comments", json={"body": "Why?"})
    await alice.card(board, "second", blocker_ids=[first["id"]])
    archived = await alice.card(board, "archived")
    expect(await alice.post(f"/cards/{archived['id']}/archive"), 200)
    return await alice.snapshot(board["id"])


async def duplicate(actor: Actor, board: Json, **wanted: object) -> Json:
    """Make a board like another; its snapshot."""
    body = {"name": "Copy", **wanted}
    made = expect(await actor.post(f"/boards/{board['id']}/duplicate", json=body), 201)
    shown = await actor.snapshot(made["id"])
    assert made["version"] == shown["version"]
    return shown


async def test_it_has_the_same_columns_labels_and_cards(
    alice: Actor, bob: Actor, board: Json
) -> None:
    made = await duplicate(alice, board)

    assert (made["name"], made["key"], made["wip_policy"]) == ("Copy", "COP", "strict")
    for name in ("columns", "labels"):
        like = [[{**each, "id": None} for each in one[name]] for one in (made, board)]
        assert like[0] == like[1]
        assert {each["id"] for each in made[name]}.isdisjoint({each["id"] for each in board[name]})
    first, second = sorted(made["cards"], key=lambda card: int(card["number"]))
    assert [(card["title"], card["number"]) for card in (first, second)] == [
        ("first", 1),
        ("second", 2),
    ]
    assert (first["description"], first["story_points"]) == ("Twice", 3)
    assert first["assignee_ids"] == [str(bob.user_id)]
    assert first["label_ids"] == [made["labels"][0]["id"]]
    assert second["blocker_ids"] == [first["id"]]
    assert [(item["text"], item["done"]) for item in first["checklist"]] == [("Ask", False)]
    assert (first["comment_count"], first["sprint_id"]) == (0, None)
    assert titles(made, "Fixing") == ["first"]
    assert (await alice.snapshot(board["id"])) == board


async def test_its_log_says_all_of_it(alice: Actor, board: Json) -> None:
    made = await duplicate(alice, board)
    shown = as_comparable(made)
    assert differences(fold(await read_whole_log(alice, made["id"])), shown) == []


async def test_nobody_is_told_of_it(alice: Actor, bob: Actor, board: Json) -> None:
    before = expect(await bob.get("/me/notifications"), 200)["items"]
    await duplicate(alice, board)
    assert expect(await bob.get("/me/notifications"), 200)["items"] == before
    assert [each["kind"] for each in before].count("assigned") == 1


async def test_it_may_be_without_cards(alice: Actor, board: Json) -> None:
    made = await duplicate(alice, board, with_cards=False, key="NEW")
    assert (made["cards"], made["key"]) == ([], "NEW")
    assert (await alice.card(made, "one"))["key"] == "NEW-1"


async def test_its_rules_name_its_own_columns(alice: Actor, board: Json) -> None:
    fixed = column(board, "Fixed")["id"]
    rule = {"rules": {"merged": {"column_id": fixed}}}
    answer = await alice.patch(f"/boards/{board['id']}/automation", json=rule)
    if answer.status_code == 422:
        rule = {"merged": {"column_id": fixed}}
        answer = await alice.patch(f"/boards/{board['id']}/automation", json=rule)
    expect(answer, 200)

    made = await duplicate(alice, board)

    rules = expect(await alice.get(f"/boards/{made['id']}/automation"), 200)
    assert column(made, "Fixed")["id"] in str(rules)
    assert fixed not in str(rules)


async def test_an_archived_board_may_be_duplicated(alice: Actor, board: Json) -> None:
    expect(await alice.post(f"/boards/{board['id']}/archive"), 200)
    made = await duplicate(alice, board)
    assert (made["archived_at"], len(made["cards"])) == (None, 2)


async def test_a_key_that_is_taken_is_refused(alice: Actor, board: Json, world: World) -> None:
    body = {"name": "Copy", "key": "PAY"}
    refused = await alice.post(f"/boards/{board['id']}/duplicate", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "key_taken")
    viewer = await world.person("viewer")
    await alice.invite({"id": board["workspace_id"]}, viewer, "viewer")
    forbidden = await viewer.post(f"/boards/{board['id']}/duplicate", json={"name": "Copy"})
    assert forbidden.status_code == 403
    listed = expect(await alice.get(f"/workspaces/{board['workspace_id']}/boards"), 200)
    assert len(listed["items"]) == 1
