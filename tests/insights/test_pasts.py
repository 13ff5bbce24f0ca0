"""The past of boards in memory is what their logs tell, however it got there."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import httpx2
import pytest

from taskly.boards.models import BoardAccess
from taskly.insights.pasts import Pasts
from taskly.insights.rules.days import INSTANT
from taskly.kit.clock import FrozenClock
from tests.insights.days import access_to, kept_past
from tests.platform.statements import statements_of
from tests.support.actors import Actor, Json, column, expect
from tests.support.telling_past import past_of, shown_by, shown_in
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def answered(pasts: Pasts, access: BoardAccess) -> httpx2.Response:
    """Read the board's past as a request would."""
    await pasts.read(access)
    return httpx2.Response(204)


async def busy(alice: Actor, board: Json) -> None:
    """Cards come, move, change and go."""
    for number in range(4):
        card = await alice.card(board, f"{number}", description="Long", story_points=number)
        await alice.move(card, column_id=column(board, "In Progress")["id"])
        expect(await alice.patch(f"/cards/{card['id']}", json={"title": "Other words"}), 200)
    expect(await alice.delete(f"/cards/{card['id']}"), 204)


@pytest.mark.parametrize("part", [1, 3, 1000])
async def test_in_whatever_parts_it_is_read_the_past_is_that_of_the_whole_log(
    world: World, alice: Actor, board: Json, part: int
) -> None:
    await busy(alice, board)
    pasts = Pasts(world.runtime.database, part=part)

    past = await kept_past(world, pasts, alice, board)

    assert past == await past_of(alice, board)


async def test_only_what_is_new_is_read(world: World, alice: Actor, board: Json) -> None:
    pasts = Pasts(world.runtime.database, part=2)
    await busy(alice, board)
    before = await kept_past(world, pasts, alice, board)
    access = await access_to(world, alice, board)
    assert await statements_of(world, partial(answered, pasts, access)) == []
    await alice.card(board, "New")
    later = await access_to(world, alice, board)

    [sent] = await statements_of(world, partial(answered, pasts, later))

    after = (await pasts.read(later))[1]
    assert "events" in sent.sql
    assert len(after.cards) == len(before.cards) + 1
    assert after.cards[0] is before.cards[0]
    assert len(before.cards) == 4


async def test_what_is_undone_later_was_there_until_then(
    world: World, alice: Actor, board: Json
) -> None:
    clock = world.clock
    assert isinstance(clock, FrozenClock)
    pasts = Pasts(world.runtime.database)
    card = await alice.card(board)
    clock.advance(timedelta(hours=1))
    done = {"column_id": column(board, "Done")["id"]}
    moved = await alice.post(f"/cards/{card['id']}/move", json=done)
    await kept_past(world, pasts, alice, board)
    then = await alice.snapshot(board["id"])
    clock.advance(timedelta(hours=1))
    expect(await alice.post(f"/operations/{moved.headers['Operation-ID']}/undo"), 200)

    past = await kept_past(world, pasts, alice, board)

    assert shown_by(past, clock.now()) == shown_in(then)
    assert shown_by(past, clock.now() + INSTANT) == shown_in(await alice.snapshot(board["id"]))


async def test_the_boards_that_were_asked_about_last_stay_in_memory(
    world: World, alice: Actor
) -> None:
    workspace = await alice.workspace()
    boards = [await alice.board(workspace, name=f"Board {number}") for number in range(3)]
    for board in boards:
        await alice.card(board)
    pasts = Pasts(world.runtime.database, most_cards=4)
    for number in (0, 1, 0, 2):
        await kept_past(world, pasts, alice, boards[number])

    assert pasts.kept == [UUID(boards[0]["id"]), UUID(boards[2]["id"])]


async def test_a_board_with_more_cards_than_fit_is_kept_until_the_next_one(
    world: World, alice: Actor
) -> None:
    workspace = await alice.workspace()
    large, small = [await alice.board(workspace, name=name) for name in ("Large", "Small")]
    for _ in range(3):
        await alice.card(large)
    pasts = Pasts(world.runtime.database, most_cards=2)

    assert len((await kept_past(world, pasts, alice, large)).cards) == 3
    assert pasts.kept == [UUID(large["id"])]
    await kept_past(world, pasts, alice, small)
    assert pasts.kept == [UUID(small["id"])]
