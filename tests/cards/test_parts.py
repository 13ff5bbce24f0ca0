"""What hangs on cards: people and labels one by one, blockers, checklists, attachments, watchers."""

import pytest

from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def board(alice: Actor, bob: Actor) -> Json:
    """A board of Alice's, with Bob as a member."""
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    return await alice.board(workspace)


async def shown(actor: Actor, card: Json) -> Json:
    """A card as it is now."""
    found: Json = expect(await actor.get(f"/cards/{card['id']}"), 200)
    return found


async def assert_log_tells_the_same(actor: Actor, board: Json) -> None:
    """The fold of the whole log is the snapshot."""
    present = as_comparable(await actor.snapshot(board["id"]))
    assert differences(fold(await read_whole_log(actor, board["id"])), present) == []


async def test_people_and_labels_are_hung_on_and_taken_off_one_by_one(
    alice: Actor, bob: Actor, board: Json
) -> None:
    card = await alice.card(board, assignee_ids=[str(alice.user_id)])
    label = {"name": "bug", "color": "#d73a4a"}
    label_id = expect(await alice.post(f"/boards/{board['id']}/labels", json=label), 201)["id"]
    path = f"/cards/{card['id']}"
    for _ in range(2):
        expect(await alice.request("PUT", f"{path}/assignees/{bob.user_id}"), 200)
        expect(await alice.request("PUT", f"{path}/labels/{label_id}"), 200)
    present = await shown(alice, card)
    assert present["assignee_ids"] == sorted([str(alice.user_id), str(bob.user_id)])
    assert (present["label_ids"], present["version"]) == ([label_id], card["version"] + 3)
    for status in (200, 404):
        expect(await alice.delete(f"{path}/assignees/{alice.user_id}"), status)
        expect(await alice.delete(f"{path}/labels/{label_id}"), status)
    present = await shown(alice, card)
    assert (present["assignee_ids"], present["label_ids"]) == ([str(bob.user_id)], [])
    await assert_log_tells_the_same(alice, board)


async def test_nobody_from_outside_is_hung_on_a_card(
    world: World, alice: Actor, board: Json
) -> None:
    carol = await world.person("carol")
    card = await alice.card(board)
    path = f"/cards/{card['id']}"
    for kind, thing_id in (
        ("assignees", str(carol.user_id)),
        ("labels", board["id"]),
        ("blockers", board["id"]),
    ):
        refused = await alice.request("PUT", f"{path}/{kind}/{thing_id}")
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert (await shown(alice, card))["version"] == card["version"]


async def test_a_card_waits_only_for_cards_of_its_own_board(
    world: World, alice: Actor, board: Json
) -> None:
    card = await alice.card(board)
    other = await alice.board({"id": board["workspace_id"]}, name="Other")
    there, deleted = await alice.card(other), await alice.card(other)
    expect(await alice.delete(f"/cards/{deleted['id']}"), 204)
    carol = await world.person("carol")
    hidden = await carol.card(await carol.board(await carol.workspace()))
    path = f"/cards/{card['id']}/blockers"

    refused = expect(await alice.request("PUT", f"{path}/{there['id']}"), 422)

    assert refused["code"] == "not_on_board"
    assert "Cards wait only for cards of their own board" in refused["detail"]
    for out_of_sight in (deleted, hidden):
        answer = expect(await alice.request("PUT", f"{path}/{out_of_sight['id']}"), 404)
        assert answer["code"] == "not_found"
    assert (await shown(alice, card))["version"] == card["version"]


async def test_a_card_has_ten_people_at_most(world: World, alice: Actor) -> None:
    workspace = await alice.workspace()
    people = [await world.person(f"guest{number}") for number in range(11)]
    for person in people:
        await alice.invite(workspace, person, "member")
    ids = [str(person.user_id) for person in people]
    card = await alice.card(await alice.board(workspace), assignee_ids=ids[:10])
    refused = await alice.request("PUT", f"/cards/{card['id']}/assignees/{ids[10]}")
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many")


async def test_a_card_waits_for_others(alice: Actor, board: Json) -> None:
    first, second, third = [await alice.card(board, f"card {number}") for number in range(3)]
    waiting = await alice.card(board, "waiting", blocker_ids=[first["id"]])
    assert waiting["blocker_ids"] == [first["id"]]
    expect(await alice.request("PUT", f"/cards/{waiting['id']}/blockers/{second['id']}"), 200)
    ids = [first["id"], third["id"]]
    expect(await alice.patch(f"/cards/{waiting['id']}", json={"blocker_ids": ids}), 200)
    assert (await shown(alice, waiting))["blocker_ids"] == sorted(ids)
    expect(await alice.delete(f"/cards/{waiting['id']}/blockers/{first['id']}"), 200)
    assert (await shown(alice, waiting))["blocker_ids"] == [third["id"]]
    await assert_log_tells_the_same(alice, board)


async def test_cards_never_wait_for_each_other(alice: Actor, board: Json) -> None:
    one, two, three = [await alice.card(board, f"card {number}") for number in range(3)]
    expect(await alice.request("PUT", f"/cards/{two['id']}/blockers/{one['id']}"), 200)
    expect(await alice.request("PUT", f"/cards/{three['id']}/blockers/{two['id']}"), 200)
    before = await alice.snapshot(board["id"])
    for blocked, blocker, way in (
        (one, one, "PAY-1 → PAY-1"),
        (one, two, "PAY-1 → PAY-2 → PAY-1"),
        (one, three, "PAY-1 → PAY-3 → PAY-2 → PAY-1"),
    ):
        refused = await alice.request("PUT", f"/cards/{blocked['id']}/blockers/{blocker['id']}")
        assert (refused.status_code, refused.json()["code"]) == (409, "dependency_cycle")
        assert way in refused.json()["detail"]
    assert await alice.snapshot(board["id"]) == before


async def test_nothing_waits_for_a_card_that_is_gone(alice: Actor, board: Json) -> None:
    blocker, other = await alice.card(board, "blocker"), await alice.card(board, "other")
    waiting = await alice.card(board, "waiting", blocker_ids=[blocker["id"], other["id"]])
    expect(await alice.delete(f"/cards/{blocker['id']}"), 204)
    assert (await shown(alice, waiting))["blocker_ids"] == [other["id"]]
    column_id = other["column_id"]
    refuge = expect(await alice.post(f"/boards/{board['id']}/columns", json={"name": "New"}), 201)
    await alice.move(waiting, column_id=refuge["id"])
    path = f"/boards/{board['id']}/columns/{column_id}"
    expect(await alice.delete(f"{path}?delete_cards=true"), 204)
    assert (await shown(alice, waiting))["blocker_ids"] == []
    await assert_log_tells_the_same(alice, board)


async def test_a_checklist_is_written_ticked_and_reordered(alice: Actor, board: Json) -> None:
    card = await alice.card(board, checklist=[{"text": "one"}, {"text": "two", "done": True}])
    path = f"/cards/{card['id']}/checklist"
    three = expect(await alice.post(path, json={"text": "three"}), 201)
    zero = expect(await alice.post(path, json={"text": "zero", "position": 0}), 201)
    expect(await alice.patch(f"{path}/{three['id']}", json={"done": True, "position": 1}), 200)
    expect(await alice.patch(f"{path}/{zero['id']}", json={"text": "nought"}), 200)
    present = (await shown(alice, card))["checklist"]
    assert [(item["text"], item["done"]) for item in present] == [
        ("nought", False),
        ("three", True),
        ("one", False),
        ("two", True),
    ]
    expect(await alice.delete(f"{path}/{three['id']}"), 204)
    expect(await alice.delete(f"{path}/{three['id']}"), 404)
    assert [item["text"] for item in (await shown(alice, card))["checklist"]] == [
        "nought",
        "one",
        "two",
    ]
    await assert_log_tells_the_same(alice, board)


async def test_a_checklist_has_a_hundred_steps_at_most(alice: Actor, board: Json) -> None:
    card = await alice.card(board, checklist=[{"text": f"{number}"} for number in range(100)])
    refused = await alice.post(f"/cards/{card['id']}/checklist", json={"text": "one more"})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many")
    assert len((await shown(alice, card))["checklist"]) == 100


async def test_links_are_attached_renamed_and_taken_off(alice: Actor, board: Json) -> None:
    card = await alice.card(board)
    path = f"/cards/{card['id']}/attachments"
    url = "https://example.com/refunds.pdf"
    plain = expect(await alice.post(path, json={"url": url}), 201)
    assert (plain["url"], plain["title"]) == (url, url)
    expect(await alice.patch(f"{path}/{plain['id']}", json={"title": "How refunds work"}), 200)
    other = expect(await alice.post(path, json={"url": url, "title": "Again"}), 201)
    titles = [each["title"] for each in (await shown(alice, card))["attachments"]]
    assert titles == ["How refunds work", "Again"]
    expect(await alice.delete(f"{path}/{plain['id']}"), 204)
    assert (await shown(alice, card))["attachments"] == [other]
    await assert_log_tells_the_same(alice, board)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://example.com", "//example.com", "x"])
async def test_only_web_addresses_are_attached(alice: Actor, board: Json, url: str) -> None:
    card = await alice.card(board)
    refused = await alice.post(f"/cards/{card['id']}/attachments", json={"url": url})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


async def test_who_is_on_a_card_or_commented_hears_of_it_unless_they_said_no(
    world: World, alice: Actor, bob: Actor, board: Json
) -> None:
    carol = await world.person("carol")
    await alice.invite({"id": board["workspace_id"]}, carol, "viewer")
    card = await alice.card(board, assignee_ids=[str(alice.user_id)])
    path = f"/cards/{card['id']}"
    version = (await alice.snapshot(board["id"]))["version"]

    async def watching() -> list[str]:
        found = expect(await alice.get(f"{path}/watchers"), 200)
        assert found["watching"] == (str(alice.user_id) in found["watcher_ids"])
        people = {str(person.user_id): person.login for person in (alice, bob, carol)}
        return sorted(people[each] for each in found["watcher_ids"])

    assert await watching() == ["alice"]
    for _ in range(2):
        expect(await carol.request("PUT", f"{path}/watchers/me"), 204)
    assert await watching() == ["alice", "carol"]
    expect(await alice.delete(f"{path}/watchers/me"), 204)
    assert await watching() == ["carol"]
    assert (await alice.snapshot(board["id"]))["version"] == version
    expect(await bob.post(f"{path}/comments", json={"body": "Hm."}), 201)
    assert await watching() == ["bob", "carol"]
    expect(await carol.delete(f"/workspaces/{board['workspace_id']}/members/me"), 204)
    assert await watching() == ["bob"]
