"""What leads to a card once leads to it always, and to no other."""

import pytest
from sqlalchemy import text

from tests.support.actors import Actor, Json, expect
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def workspace(alice: Actor) -> Json:
    """A workspace."""
    return await alice.workspace()


async def rename(actor: Actor, board: Json, key: str) -> Json:
    """Give a board another key."""
    renamed: Json = expect(await actor.patch(f"/boards/{board['id']}", json={"key": key}), 200)
    return renamed


async def leads_to(actor: Actor, workspace: Json, key: str) -> tuple[str, str] | None:
    """The title and present key of the card that a key leads to."""
    answer = await actor.get(f"/workspaces/{workspace['id']}/cards/{key}")
    if answer.status_code == 404:
        return None
    card = expect(answer, 200)
    return card["title"], card["key"]


async def code(actor: Actor, board: Json, key: str) -> tuple[int, str]:
    """How a key is refused."""
    answer = await actor.patch(f"/boards/{board['id']}", json={"key": key})
    return answer.status_code, answer.json()["code"]


async def test_the_former_key_of_a_board_leads_to_its_cards(alice: Actor, workspace: Json) -> None:
    board = await alice.board(workspace, key="PAY")
    await alice.card(board, "Refund")

    assert (await rename(alice, board, "BILL"))["key"] == "BILL"
    await alice.card(board, "Invoice")

    assert await leads_to(alice, workspace, "PAY-1") == ("Refund", "BILL-1")
    assert await leads_to(alice, workspace, "BILL-2") == ("Invoice", "BILL-2")
    assert await leads_to(alice, workspace, "PAY-2") == ("Invoice", "BILL-2")
    assert await leads_to(alice, workspace, "PAY-3") is None


async def test_no_other_board_gets_a_former_key_and_its_board_may_have_it_back(
    alice: Actor, workspace: Json
) -> None:
    board, other = (
        await alice.board(workspace, key="PAY"),
        await alice.board(workspace, key="OPS"),
    )
    await alice.card(board, "Refund")
    await rename(alice, board, "BILL")

    wanted = {"name": "Payments", "key": "PAY"}
    refused = await alice.post(f"/workspaces/{workspace['id']}/boards", json=wanted)
    assert (refused.status_code, refused.json()["code"]) == (409, "key_taken")
    assert await code(alice, other, "PAY") == (409, "key_taken")
    assert await code(alice, other, "BILL") == (409, "key_taken")
    assert (await rename(alice, board, "PAY"))["key"] == "PAY"
    assert await leads_to(alice, workspace, "BILL-1") == ("Refund", "PAY-1")


async def test_a_key_under_which_no_card_ever_was_is_free_again(
    alice: Actor, workspace: Json
) -> None:
    board = await alice.board(workspace, key="PAY")
    await rename(alice, board, "BILL")
    assert (await alice.board(workspace, key="PAY"))["key"] == "PAY"


async def test_the_key_of_a_deleted_board_goes_on_where_it_ended(
    alice: Actor, workspace: Json
) -> None:
    board = await alice.board(workspace, key="OLD")
    await alice.card(board, "one")
    await rename(alice, board, "PAY")
    await alice.card(board, "two")
    expect(await alice.delete(f"/boards/{board['id']}"), 204)

    for key in ("PAY", "OLD"):
        again = await alice.board(workspace, key=key)
        assert (await alice.card(again, "three"))["key"] == f"{key}-3"
        assert await leads_to(alice, workspace, f"{key}-2") is None


async def test_renaming_is_undone_unless_the_key_is_in_use(alice: Actor, workspace: Json) -> None:
    board = await alice.board(workspace, key="PAY")
    first = await alice.patch(f"/boards/{board['id']}", json={"key": "BILL", "name": "Bills"})
    await alice.board(workspace, key="PAY")

    undone = expect(await alice.post(f"/operations/{first.headers['Operation-ID']}/undo"), 200)

    assert [(each["field"], each["reason"]) for each in undone["left"]] == [("key", "in_use")]
    shown = await alice.snapshot(board["id"])
    assert (shown["key"], shown["name"]) == ("BILL", "Payments")


async def test_cards_are_found_by_their_former_keys(alice: Actor, workspace: Json) -> None:
    board, other = (
        await alice.board(workspace, key="PAY"),
        await alice.board(workspace, key="OPS"),
    )
    refund, invoice = await alice.card(board, "Refund"), await alice.card(board, "Invoice")
    body = {"board_id": other["id"]}
    expect(await alice.post(f"/cards/{refund['id']}/move-to-board", json=body), 200)
    await rename(alice, board, "BILL")

    async def found(query: str) -> list[str]:
        path = f"/workspaces/{workspace['id']}/search"
        answer = expect(await alice.get(path, params={"q": query}), 200)
        return sorted(hit["key"] for hit in answer["items"])

    assert await found("PAY-1") == ["OPS-1"]
    assert await found("PAY-2") == await found("BILL-2") == ["BILL-2"]
    assert await found("PAY-1 OR BILL-2") == ["BILL-2", "OPS-1"]
    await alice.patch(f"/cards/{invoice['id']}", json={"assignee_ids": [str(alice.user_id)]})
    mine = expect(await alice.get("/me/cards", params={"q": "PAY-2"}), 200)
    assert [card["key"] for card in mine["items"]] == ["BILL-2"]


async def test_keys_of_another_workspace_lead_nowhere(
    alice: Actor, workspace: Json, world: World
) -> None:
    board = await alice.board(workspace, key="PAY")
    await alice.card(board, "Refund")
    await rename(alice, board, "BILL")
    elsewhere = await alice.workspace("Elsewhere")

    assert await leads_to(alice, elsewhere, "PAY-1") is None
    bob = await world.person("bob")
    assert await leads_to(bob, workspace, "PAY-1") is None
    async with world.runtime.database.reading() as session:
        rows = await session.execute(text("SELECT key, next_card_number FROM former_board_keys"))
        assert rows.all() == [("PAY", 2)]
