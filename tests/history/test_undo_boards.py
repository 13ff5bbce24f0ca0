"""What an undo does with whole boards, and with what is of no board."""

from uuid import UUID

import pytest

from taskly.history import repository
from taskly.platform.events.models import StreamKind
from tests.history.test_undo import do, left, undo
from tests.support.actors import Actor, Json, expect
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def workspace(alice: Actor, bob: Actor) -> Json:
    """A workspace of Alice's, with Bob as a member."""
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    return workspace


async def made(actor: Actor, path: str, body: Json) -> tuple[str, str]:
    """Make a board; its id, and that of the operation."""
    answer = await actor.post(path, json=body)
    return expect(answer, 201)["id"], answer.headers["Operation-ID"]


async def boards(actor: Actor, workspace: Json) -> list[str]:
    """The ids of a workspace's boards."""
    listed = expect(await actor.get(f"/workspaces/{workspace['id']}/boards"), 200)["items"]
    return [board["id"] for board in listed]


async def test_a_board_that_was_made_goes_as_a_whole(bob: Actor, workspace: Json) -> None:
    path = f"/workspaces/{workspace['id']}/boards"
    board, operation = await made(bob, path, {"name": "Shop", "key": "SHOP"})
    assert (await undo(bob, operation))["undone"] == [
        {"entity": "board", "id": board, "fields": []}
    ]
    assert await boards(bob, workspace) == []
    again, _ = await made(bob, path, {"name": "Shop", "key": "SHOP"})
    assert await boards(bob, workspace) == [again]


async def test_a_duplicate_on_which_something_happened_stays_as_a_whole(
    alice: Actor, workspace: Json
) -> None:
    source = await alice.board(workspace)
    for number in range(3):
        await alice.card(source, f"card {number}")
    board, operation = await made(alice, f"/boards/{source['id']}/duplicate", {"name": "Copy"})
    card = (await alice.snapshot(board))["cards"][0]
    await do(alice, "PATCH", f"/cards/{card['id']}", {"title": "mine"})
    before = await alice.snapshot(board)
    answer = await undo(alice, operation)
    assert (answer["undone"], left(answer)) == ([], [("board", None, "changed_since")])
    assert await alice.snapshot(board) == before
    other, operation = await made(alice, f"/boards/{source['id']}/duplicate", {"name": "Other"})
    assert left(await undo(alice, operation)) == []
    assert sorted(await boards(alice, workspace)) == sorted([source["id"], board])
    assert expect(await alice.get(f"/boards/{other}"), 404)["code"] == "not_found"


async def test_of_a_board_that_goes_as_a_whole_no_more_is_read_than_that_it_was_made(
    world: World, alice: Actor, workspace: Json
) -> None:
    source = await alice.board(workspace)
    for number in range(3):
        await alice.card(source, f"card {number}")
    board, operation = await made(alice, f"/boards/{source['id']}/duplicate", {"name": "Copy"})
    version = (await alice.snapshot(board))["version"]
    async with world.runtime.database.reading() as session:
        touched = await repository.touched(session, UUID(operation))
        changes = await repository.changes(session, UUID(operation), [UUID(board)])
    of_board = [each for each in touched if each.id == UUID(board)]
    assert [(each.was_made, each.version, each.changes) for each in of_board] == [
        (True, version, version)
    ]
    assert {(event.stream_kind, event.type) for event in changes} == {
        (StreamKind.BOARD, "board.created"),
        (StreamKind.WORKSPACE, "board.created"),
    }


async def test_more_changes_than_an_undo_looks_at_are_refused_but_a_board_that_was_made_goes(
    alice: Actor, workspace: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskly.history.undoing.MOST_CHANGES", 2)
    source = await alice.board(workspace)
    cards = [await alice.card(source, f"card {number}") for number in range(3)]
    path = f"/boards/{source['id']}/duplicate"
    _, duplicated = await made(alice, path, {"name": "Copy"})
    operations = []
    for count in (2, 3):
        body = {
            "card_ids": [card["id"] for card in cards[:count]],
            "changes": [{"mode": "suffix", "title": "!"}],
        }
        operations.append(await do(alice, "POST", "/cards/bulk-update", body))
    before = await alice.snapshot(source["id"])

    problem = expect(await alice.post(f"/operations/{operations[1]}/undo"), 409)

    assert (problem["code"], "more than 2 changes" in problem["detail"]) == ("not_undoable", True)
    assert await alice.snapshot(source["id"]) == before
    assert left(await undo(alice, duplicated)) == []
    assert await boards(alice, workspace) == [source["id"]]
    assert left(await undo(alice, operations[0])) == [("card", "title", "changed_since")] * 2


async def test_only_admins_undo_somebody_elses_board(
    alice: Actor, bob: Actor, workspace: Json
) -> None:
    path = f"/workspaces/{workspace['id']}/boards"
    board, operation = await made(alice, path, {"name": "Shop"})
    assert left(await undo(bob, operation)) == [("board", None, "not_yours")]
    assert await boards(bob, workspace) == [board]
    _, operation = await made(bob, path, {"name": "Store"})
    assert left(await undo(alice, operation)) == []
    assert await boards(bob, workspace) == [board]


async def test_a_board_is_taken_out_of_the_archive_and_put_back(
    alice: Actor, bob: Actor, workspace: Json
) -> None:
    board = await alice.board(workspace)
    archived = await do(alice, "POST", f"/boards/{board['id']}/archive")
    put_away = (await alice.snapshot(board["id"]))["archived_at"]
    back = await undo(bob, archived)
    assert (left(back), back["undone"][0]["fields"]) == ([], ["archived_at"])
    assert (await alice.snapshot(board["id"]))["archived_at"] is None
    assert left(await undo(bob, archived)) == [("board", None, "changed_since")]
    assert left(await undo(bob, back["operation_id"])) == []
    assert (await alice.snapshot(board["id"]))["archived_at"] == put_away
    restored = await do(bob, "POST", f"/boards/{board['id']}/restore")
    assert left(await undo(bob, restored)) == []
    assert (await alice.snapshot(board["id"]))["archived_at"] == put_away


async def test_rules_are_taken_back_one_by_one(alice: Actor, bob: Actor, workspace: Json) -> None:
    board = await alice.board(workspace)
    path = f"/boards/{board['id']}/automation"
    before = expect(await alice.get(path), 200)
    first = await do(alice, "PATCH", path, {"merged": {"enabled": False}, "merged_needs": "all"})
    await do(bob, "PATCH", path, {"branch_created": {"enabled": False}})
    answer = await undo(alice, first)
    assert (left(answer), answer["undone"][0]["fields"]) == ([], ["automation"])
    after = expect(await alice.get(path), 200)
    assert after == {**before, "branch_created": after["branch_created"]}
    assert after["branch_created"]["enabled"] is False
    second = await do(alice, "PATCH", path, {"merged": {"forward_only": False}})
    await do(bob, "PATCH", path, {"merged": {"enabled": False}})
    assert left(await undo(alice, second)) == [("board", "automation", "changed_since")]


async def test_what_is_of_no_board_is_refused_by_name(
    world: World, alice: Actor, bob: Actor, workspace: Json
) -> None:
    outsider = await world.person("carol")
    board = await alice.board(workspace)
    operations = {
        "workspace.updated": await do(
            alice, "PATCH", f"/workspaces/{workspace['id']}", {"name": "Pay"}
        ),
        "board.deleted": await do(alice, "DELETE", f"/boards/{board['id']}"),
    }
    for kind, operation in operations.items():
        problem = expect(await bob.post(f"/operations/{operation}/undo"), 409)
        assert (problem["code"], kind in problem["detail"]) == ("not_undoable", True)
        expect(await outsider.post(f"/operations/{operation}/undo"), 404)


async def test_what_happened_on_a_board_that_is_gone_is_listed(
    alice: Actor, workspace: Json
) -> None:
    cards = [
        await alice.card(await alice.board(workspace, name=name), "Old") for name in ("One", "Two")
    ]
    body = {
        "card_ids": [card["id"] for card in cards],
        "changes": [{"mode": "set", "title": "New"}],
    }
    operation = await do(alice, "POST", "/cards/bulk-update", body)
    await do(alice, "DELETE", f"/boards/{cards[0]['board_id']}")
    assert left(await undo(alice, operation)) == [("card", None, "gone")]
    assert expect(await alice.get(f"/cards/{cards[1]['id']}"), 200)["title"] == "Old"
