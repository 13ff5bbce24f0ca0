"""What cards waited for comes back with an undo, as far as it is there, and never in a circle."""

from datetime import timedelta

import pytest

from taskly.doctor.repository import INVARIANTS, broken
from taskly.kit.clock import FrozenClock
from tests.history.test_undo import do, left, shown, undo
from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def board(alice: Actor) -> Json:
    """A board of Alice's."""
    return await alice.board(await alice.workspace())


async def blockers(actor: Actor, *cards: Json) -> list[list[str]]:
    """What each of the cards waits for."""
    return [(await shown(actor, card))["blocker_ids"] for card in cards]


async def assert_sound(world: World, actor: Actor, board: Json) -> None:
    """No circles, nothing that waits for what is gone, and the log tells the board."""
    async with world.runtime.database.reading() as session:
        for rule in INVARIANTS:
            if rule.name in {"dependencies", "blockers"}:
                assert await broken(session, rule) is None
    world.app.state.hub._rooms.clear()  # This world's hub hears nothing from Redis.
    after = await actor.snapshot(board["id"])
    assert differences(fold(await read_whole_log(actor, board["id"])), as_comparable(after)) == []


async def test_a_blocker_does_not_come_back_that_waits_for_the_card_by_now(
    world: World, alice: Actor, board: Json
) -> None:
    one, two, three = [await alice.card(board, title) for title in ("one", "two", "three")]
    await do(alice, "PUT", f"/cards/{one['id']}/blockers/{two['id']}")
    cleared = await do(alice, "PATCH", f"/cards/{one['id']}", {"blocker_ids": [], "title": "1"})
    await do(alice, "PUT", f"/cards/{two['id']}/blockers/{three['id']}")
    await do(alice, "PUT", f"/cards/{three['id']}/blockers/{one['id']}")
    answer = await undo(alice, cleared)
    assert left(answer) == [("card", "blocker_ids", "dependency_cycle")]
    assert [each["fields"] for each in answer["undone"]] == [["title"]]
    assert await blockers(alice, one, two, three) == [[], [three["id"]], [one["id"]]]
    await assert_sound(world, alice, board)
    expect(await alice.patch(f"/cards/{two['id']}", json={"blocker_ids": [three["id"]]}), 200)


async def test_dependencies_that_were_turned_round_are_turned_back(
    world: World, alice: Actor, board: Json
) -> None:
    one, two = await alice.card(board, "one"), await alice.card(board, "two")
    await do(alice, "PUT", f"/cards/{one['id']}/blockers/{two['id']}")
    ids = [one["id"], two["id"]]
    turned = await do(
        alice,
        "POST",
        "/cards/bulk-update",
        {
            "card_ids": ids[::-1],
            "changes": [
                {"mode": "remove", "blocker_ids": [two["id"]]},
                {"mode": "replace", "field": "blocker_ids", "find": ids[0], "put": ids[1]},
            ],
        },
    )
    assert await blockers(alice, one, two) == [[], []]
    again = await undo(alice, turned)
    assert left(again) == []
    assert await blockers(alice, one, two) == [[two["id"]], []]
    await assert_sound(world, alice, board)


async def test_cards_that_were_deleted_together_wait_for_each_other_as_before(
    world: World, alice: Actor, board: Json
) -> None:
    cards = [await alice.card(board, f"z{number}") for number in range(3)]
    for blocked, blocker in ((1, 0), (2, 1)):
        await do(alice, "PUT", f"/cards/{cards[blocked]['id']}/blockers/{cards[blocker]['id']}")
    before = await blockers(alice, *cards)
    body = {"card_ids": [each["id"] for each in cards[:2]], "changes": [{"mode": "delete"}]}
    operation = await do(alice, "POST", "/cards/bulk-update", body)
    assert await blockers(alice, cards[2]) == [[]]
    for _ in range(2):
        undone = await undo(alice, operation)
        assert left(undone) == []
        assert await blockers(alice, *cards) == before
        await assert_sound(world, alice, board)
        again = await undo(alice, undone["operation_id"])
        assert left(again) == []
        assert await blockers(alice, cards[2]) == [[]]
        await assert_sound(world, alice, board)
        operation = again["operation_id"]


async def test_what_a_card_waited_for_and_is_gone_is_named(
    world: World, alice: Actor, board: Json
) -> None:
    card, blocker = await alice.card(board, "card"), await alice.card(board, "blocker")
    await do(alice, "PUT", f"/cards/{card['id']}/blockers/{blocker['id']}")
    deleted = await do(alice, "DELETE", f"/cards/{card['id']}")
    await do(alice, "DELETE", f"/cards/{blocker['id']}")
    assert left(await undo(alice, deleted)) == [("card", "blocker_ids", "gone")]
    assert await blockers(alice, card) == [[]]
    await assert_sound(world, alice, board)


async def test_a_card_that_came_back_and_is_waited_for_goes_again_with_nobody_waiting(
    world: World, alice: Actor, board: Json
) -> None:
    card, other = await alice.card(board, "card"), await alice.card(board, "other")
    back = await undo(alice, await do(alice, "DELETE", f"/cards/{card['id']}"))
    await do(alice, "PUT", f"/cards/{other['id']}/blockers/{card['id']}")
    assert left(await undo(alice, back["operation_id"])) == []
    assert await blockers(alice, other) == [[]]
    await assert_sound(world, alice, board)


async def test_a_card_that_came_back_and_was_changed_since_stays(alice: Actor, board: Json) -> None:
    card = await alice.card(board, "card")
    back = await undo(alice, await do(alice, "DELETE", f"/cards/{card['id']}"))
    await do(alice, "PATCH", f"/cards/{card['id']}", {"title": "worked on"})
    assert left(await undo(alice, back["operation_id"])) == [("card", None, "changed_since")]
    assert (await shown(alice, card))["title"] == "worked on"


@pytest.mark.parametrize("steps", [("archive", "restore", "archive"), ("delete", "undo", "delete")])
async def test_what_was_put_away_again_since_is_not_brought_back(
    world: World, alice: Actor, board: Json, steps: tuple[str, ...]
) -> None:
    card = await alice.card(board, "card")
    operations: list[str] = []
    for step in steps:
        assert isinstance(world.clock, FrozenClock)
        world.clock.advance(timedelta(minutes=1))
        if step == "undo":
            await undo(alice, operations[-1])
        elif step == "delete":
            operations.append(await do(alice, "DELETE", f"/cards/{card['id']}"))
        else:
            operations.append(await do(alice, "POST", f"/cards/{card['id']}/{step}"))
    assert left(await undo(alice, operations[0])) == [("card", None, "changed_since")]
    assert (await alice.snapshot(board["id"]))["cards"] == []


async def test_a_card_gets_no_more_back_than_it_can_hold(
    world: World, alice: Actor, board: Json
) -> None:
    people = [await world.person(f"person{number}") for number in range(11)]
    for person in people:
        await alice.invite({"id": board["workspace_id"]}, person, "member")
    ids = [str(person.user_id) for person in people]
    card = await alice.card(board, assignee_ids=ids[:10])
    path = f"/cards/{card['id']}"
    operation = await do(alice, "DELETE", f"{path}/assignees/{ids[0]}")
    await do(alice, "PUT", f"{path}/assignees/{ids[10]}")
    assert left(await undo(alice, operation)) == [("card", "assignee_ids", "too_many")]
    assert (await shown(alice, card))["assignee_ids"] == sorted(ids[1:])
