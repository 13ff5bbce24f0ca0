"""Eight people at once on one board: nothing fails, nothing is lost, no two cards share a place."""

import asyncio
import random
from itertools import pairwise
from uuid import UUID

import pytest

from taskly.platform.context import SYSTEM
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from tests.support.actors import Actor, Json, column, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio

WRITERS = 8
CHANGES = 25


@pytest.fixture
async def board(real_alice: Actor) -> Json:
    """A board with twelve cards."""
    board = await real_alice.board(await real_alice.workspace())
    for number in range(12):
        await real_alice.card(board, f"card {number}")
    return await real_alice.snapshot(board["id"])


async def people(world: World, alice: Actor, board: Json) -> list[Actor]:
    """Alice and seven members."""
    guests = [await world.person(f"guest{number}") for number in range(WRITERS - 1)]
    for guest in guests:
        await alice.invite({"id": board["workspace_id"]}, guest, "member")
    return [alice, *guests]


async def assert_is_sound(alice: Actor, board: Json, acknowledged: set[int]) -> Json:
    """The order is strict, versions are gapless, and the log tells the snapshot."""
    after = await alice.snapshot(board["id"])
    places = [(card["column_id"], card["rank"]) for card in after["cards"]]
    assert len(places) == len(set(places))
    log = await read_whole_log(alice, board["id"])
    assert [event["version"] for event in log] == list(range(1, after["version"] + 1))
    assert acknowledged <= {event["version"] for event in log}
    assert differences(fold(log), as_comparable(after)) == []
    return after


async def test_moves_creations_and_deletions_at_once_all_succeed(
    real_world: World, real_alice: Actor, board: Json
) -> None:
    acknowledged: set[int] = set()
    kept = {card["id"] for card in board["cards"]}

    async def work(actor: Actor, seed: int) -> None:
        choice = random.Random(seed)
        own: list[Json] = []
        for number in range(CHANGES):
            action = choice.choice(("move", "move", "create", "delete"))
            if action == "create" or (action == "delete" and not own):
                card = await actor.card(board, f"{seed}-{number}", position=choice.randrange(5))
                acknowledged.add(card["version"])
                own.append(card)
            elif action == "delete":
                expect(await actor.delete(f"/cards/{own.pop()['id']}"), 204)
            else:
                target = choice.choice(board["columns"])["id"]
                card = choice.choice(board["cards"])
                moved = await actor.move(card, column_id=target, position=choice.randrange(6))
                acknowledged.add(moved["version"])
        kept.update(card["id"] for card in own)

    actors = await people(real_world, real_alice, board)
    await asyncio.gather(*(work(actor, seed) for seed, actor in enumerate(actors)))

    after = await assert_is_sound(real_alice, board, acknowledged)
    assert {card["id"] for card in after["cards"]} == kept


async def test_everybody_moves_into_one_gap(
    real_world: World, real_alice: Actor, board: Json
) -> None:
    first, second, *others = (card for card in board["cards"])
    acknowledged: set[int] = set()

    async def work(actor: Actor, seed: int) -> None:
        choice = random.Random(seed)
        for _ in range(CHANGES):
            moved = await actor.move(choice.choice(others), after=first["id"])
            acknowledged.add(moved["version"])

    actors = await people(real_world, real_alice, board)
    await asyncio.gather(*(work(actor, seed) for seed, actor in enumerate(actors)))

    after = await assert_is_sound(real_alice, board, acknowledged)
    ranks = {card["id"]: card["rank"] for card in after["cards"]}
    assert {card["id"] for card in after["cards"]} == {card["id"] for card in board["cards"]}
    between = [ranks[card["id"]] for card in others]
    assert all(ranks[first["id"]] < rank < ranks[second["id"]] for rank in between)


async def test_replaying_the_acknowledged_moves_in_version_order_gives_the_final_order(
    real_world: World, real_alice: Actor, board: Json
) -> None:
    history: dict[tuple[int, str], tuple[str, str]] = {}

    async def work(actor: Actor, seed: int) -> None:
        choice = random.Random(seed)
        for _ in range(CHANGES):
            card, neighbour = choice.sample(board["cards"], 2)
            moved = await actor.move(card, after=neighbour["id"])
            # A card that was there already keeps the version of its last move, whoever made that.
            history.setdefault(
                (moved["version"], str(actor.user_id)), (card["id"], neighbour["id"])
            )

    actors = await people(real_world, real_alice, board)
    await asyncio.gather(*(work(actor, seed) for seed, actor in enumerate(actors)))

    order = [card["id"] for card in board["cards"]]
    for event in (await read_whole_log(real_alice, board["id"]))[board["version"] :]:
        card_id, neighbour_id = history[event["version"], event["actor"]["user_id"]]
        order.remove(card_id)
        order.insert(order.index(neighbour_id) + 1, card_id)
    after = await assert_is_sound(real_alice, board, {version for version, _ in history})
    assert [card["id"] for card in after["cards"]] == order
    assert all(low["rank"] < high["rank"] for low, high in pairwise(after["cards"]))


async def test_two_boards_never_wait_for_each_other(real_world: World, real_alice: Actor) -> None:
    workspace = await real_alice.workspace()
    boards = [await real_alice.board(workspace, name=name) for name in ("One", "Two")]
    cards = [await real_alice.card(board) for board in boards]
    stream = Stream(StreamKind.BOARD, UUID(boards[0]["id"]), UUID(workspace["id"]))
    async with real_world.runtime.database.transaction(SYSTEM) as tx:
        await tx.lock(stream)

        moved = await real_alice.move(cards[1], column_id=column(boards[1], "Done")["id"])

    assert moved["column_id"] == column(boards[1], "Done")["id"]
