"""Moving cards, as the API promises it."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from taskly.platform.context import SYSTEM
from tests.support.actors import Actor, Json, column, expect, titles
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def board(alice: Actor) -> Json:
    """A board with three cards in To Do."""
    board = await alice.board(await alice.workspace())
    for title in ("one", "two", "three"):
        await alice.card(board, title)
    return await alice.snapshot(board["id"])


def card_named(board: Json, title: str) -> Json:
    found: Json = next(card for card in board["cards"] if card["title"] == title)
    return found


async def test_a_card_goes_directly_after_its_new_neighbour(alice: Actor, board: Json) -> None:
    await alice.move(card_named(board, "one"), after=card_named(board, "two")["id"])

    assert titles(await alice.snapshot(board["id"]), "To Do") == ["two", "one", "three"]


async def test_a_card_goes_directly_before_its_new_neighbour(alice: Actor, board: Json) -> None:
    await alice.move(card_named(board, "three"), before=card_named(board, "two")["id"])

    assert titles(await alice.snapshot(board["id"]), "To Do") == ["one", "three", "two"]


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (0, ["three", "one", "two"]),
        (1, ["one", "three", "two"]),
        (2, ["one", "two", "three"]),
        (99, ["one", "two", "three"]),
    ],
)
async def test_a_position_counts_the_other_cards_from_zero(
    alice: Actor, board: Json, position: int, expected: list[str]
) -> None:
    await alice.move(card_named(board, "three"), position=position)

    assert titles(await alice.snapshot(board["id"]), "To Do") == expected


async def test_without_a_place_a_card_goes_to_the_end_of_the_column(
    alice: Actor, board: Json
) -> None:
    done = column(board, "Done")["id"]
    await alice.move(card_named(board, "two"), column_id=done)
    await alice.move(card_named(board, "one"), column_id=done)

    after = await alice.snapshot(board["id"])
    assert titles(after, "Done") == ["two", "one"]
    assert titles(after, "To Do") == ["three"]


async def test_a_neighbour_names_the_column(alice: Actor, board: Json) -> None:
    await alice.move(card_named(board, "two"), column_id=column(board, "In Review")["id"])
    await alice.move(card_named(board, "one"), before=card_named(board, "two")["id"])

    assert titles(await alice.snapshot(board["id"]), "In Review") == ["one", "two"]


async def test_a_move_makes_exactly_one_version_and_one_event(alice: Actor, board: Json) -> None:
    moved = await alice.move(card_named(board, "one"), column_id=column(board, "Done")["id"])

    after = await alice.snapshot(board["id"])
    assert after["version"] == board["version"] + 1 == moved["version"]
    card_id = card_named(board, "one")["id"]
    entries = expect(await alice.get(f"/cards/{card_id}/timeline"), 200)["items"]
    assert [entry["type"] for entry in entries] == ["card.moved", "card.created"]
    assert entries[0]["before"]["column_id"] == column(board, "To Do")["id"]
    assert entries[0]["after"]["column_id"] == column(board, "Done")["id"]


async def test_a_card_that_is_there_already_stays_untouched(alice: Actor, board: Json) -> None:
    await alice.move(card_named(board, "two"), after=card_named(board, "one")["id"])
    await alice.move(card_named(board, "three"), position=2)
    await alice.move(card_named(board, "three"), column_id=column(board, "To Do")["id"])

    assert (await alice.snapshot(board["id"]))["version"] == board["version"]


async def test_work_starts_in_progress_and_ends_in_done(alice: Actor, board: Json) -> None:
    card = card_named(board, "one")
    started = await alice.move(card, column_id=column(board, "In Progress")["id"])
    done = await alice.move(card, column_id=column(board, "Done")["id"])
    reopened = await alice.move(card, column_id=column(board, "To Do")["id"])

    assert started["started_at"] is not None
    assert started["completed_at"] is None
    assert done["started_at"] == started["started_at"]
    assert done["completed_at"] is not None
    assert reopened["started_at"] == started["started_at"]
    assert reopened["completed_at"] is None


async def test_a_neighbour_that_is_gone_is_a_conflict_and_changes_nothing(
    alice: Actor, board: Json
) -> None:
    gone = card_named(board, "two")
    expect(await alice.delete(f"/cards/{gone['id']}"), 204)
    before = await alice.snapshot(board["id"])

    answer = await alice.post(
        f"/cards/{card_named(board, 'one')['id']}/move", json={"after": gone["id"]}
    )

    assert expect(answer, 409)["code"] == "anchor_gone"
    assert await alice.snapshot(board["id"]) == before


async def test_a_neighbour_in_another_column_than_the_named_one_is_a_conflict(
    alice: Actor, board: Json
) -> None:
    answer = await alice.post(
        f"/cards/{card_named(board, 'one')['id']}/move",
        json={
            "after": card_named(board, "two")["id"],
            "column_id": column(board, "Done")["id"],
        },
    )

    assert expect(answer, 409)["code"] == "anchor_gone"


async def test_a_column_of_another_board_is_refused(alice: Actor, board: Json) -> None:
    other = await alice.board(await alice.workspace(), name="Other")
    answer = await alice.post(
        f"/cards/{card_named(board, 'one')['id']}/move",
        json={"column_id": other["columns"][0]["id"]},
    )

    assert expect(answer, 422)["code"] == "not_on_board"
    assert await alice.snapshot(board["id"]) == board


async def test_a_card_can_not_be_put_beside_itself(alice: Actor, board: Json) -> None:
    card = card_named(board, "one")
    answer = await alice.post(f"/cards/{card['id']}/move", json={"after": card["id"]})

    assert expect(answer, 422)["code"] == "ambiguous_place"


async def test_two_ways_to_name_the_place_are_refused(alice: Actor, board: Json) -> None:
    answer = await alice.post(
        f"/cards/{card_named(board, 'one')['id']}/move",
        json={"after": card_named(board, "two")["id"], "position": 0},
    )

    assert expect(answer, 422)["code"] == "invalid"
    assert await alice.snapshot(board["id"]) == board


async def test_a_stale_card_version_is_refused(alice: Actor, board: Json) -> None:
    card = card_named(board, "one")
    await alice.move(card, position=2)
    answer = await alice.post(
        f"/cards/{card['id']}/move",
        json={"position": 0},
        headers={"If-Match": f'"{card["version"]}"'},
    )

    assert expect(answer, 412)["code"] == "version_mismatch"
    assert titles(await alice.snapshot(board["id"]), "To Do") == ["two", "three", "one"]


async def test_archived_cards_do_not_move_and_keep_their_place(alice: Actor, board: Json) -> None:
    card = card_named(board, "two")
    expect(await alice.post(f"/cards/{card['id']}/archive"), 200)
    assert titles(await alice.snapshot(board["id"]), "To Do") == ["one", "three"]

    refused = await alice.post(f"/cards/{card['id']}/move", json={"position": 0})
    assert expect(refused, 409)["code"] == "card_archived"

    expect(await alice.post(f"/cards/{card['id']}/restore"), 200)
    assert titles(await alice.snapshot(board["id"]), "To Do") == ["one", "two", "three"]


async def test_an_unknown_card_is_not_found(alice: Actor) -> None:
    answer = await alice.post(f"/cards/{uuid4()}/move", json={"position": 0})

    assert expect(answer, 404)["code"] == "not_found"


async def test_a_gap_that_has_become_narrow_is_respaced_without_changing_the_order(
    alice: Actor, board: Json
) -> None:
    one, two, three = (card_named(board, title) for title in ("one", "two", "three"))
    for _ in range(250):
        await alice.move(three, after=one["id"])
        await alice.move(two, after=one["id"])

    after = await alice.snapshot(board["id"])
    assert titles(after, "To Do") == ["one", "two", "three"]
    assert max(len(card["rank"]) for card in after["cards"]) <= 64


async def test_only_the_cards_around_a_narrow_gap_make_room(world: World, alice: Actor) -> None:
    board = await alice.board(await alice.workspace())
    cards = [await alice.card(board, f"{number:02}") for number in range(60)]
    narrow = [f"M{'0' * 62}{digit}" for digit in "12"]
    ranks = [f"A{n:02}1" for n in range(29)] + narrow + [f"Z{n:02}1" for n in range(29)]
    async with world.runtime.database.transaction(SYSTEM) as tx:
        for card, rank in zip(cards, ranks, strict=True):
            values = {"rank": rank, "id": card["id"]}
            await tx.session.execute(text("UPDATE cards SET rank = :rank WHERE id = :id"), values)
    before = await alice.snapshot(board["id"])

    await alice.move(cards[59], after=cards[29]["id"])

    after = await alice.snapshot(board["id"])
    order = [f"{number:02}" for number in range(59)]
    assert titles(after, "To Do") == [*order[:30], "59", *order[30:]]
    old_rank = {card["id"]: card["rank"] for card in before["cards"]}
    changed = [card["title"] for card in after["cards"] if card["rank"] != old_rank[card["id"]]]
    assert sorted(changed) == [*order[14:46], "59"]
    world.app.state.hub._rooms.clear()  # This world's hub hears nothing from Redis.
    path = f"/boards/{board['id']}/events?after={before['version']}&wait=0"
    events = expect(await alice.get(path), 200)["events"]
    assert [event["type"] for event in events] == ["card.respaced"] * 32 + ["card.moved"]
