"""The cards of a column that comes to mean something else follow in slices, each once, and nobody sees half of it."""

import asyncio
from contextlib import suppress
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.doctor.repository import INVARIANTS, broken
from taskly.insights.asking import Question, open_question
from taskly.insights.jobs import FoldLogs
from taskly.insights.rebuild import rebuild
from taskly.insights.rollup_repository import rollup_of
from taskly.insights.rollups import NO_CARD, Rollups
from taskly.insights.rules.histories import Selection
from taskly.platform.http.problems import Unavailable
from tests.insights.days import access_to, at_hour, done, kept_past
from tests.support.actors import Actor, Json, column, expect
from tests.support.telling_past import past_of
from tests.support.world import World

pytestmark = pytest.mark.anyio

CARDS = 5
WORDS = (
    "A column of this board means something else now, and its cards follow. Ask again in a moment."
)


async def folded(world: World, actor: Actor, board: Json) -> None:
    """Cards in "In Review" and elsewhere, all of which is folded."""
    for number in range(CARDS):
        card = await actor.card(board, f"{number}", column_id=column(board, "In Review")["id"])
    expect(await actor.post(f"/cards/{card['id']}/archive"), 200)
    await actor.card(board, "Elsewhere")
    await kept_past(world, Rollups(world.runtime.database), actor, board)


async def mean(actor: Actor, board: Json, category: str) -> None:
    """Let "In Review" mean something else."""
    path = f"/boards/{board['id']}/columns/{column(board, 'In Review')['id']}"
    expect(await actor.patch(path, json={"category": category}), 200)


async def go_on(world: World, actor: Actor, board: Json) -> bool:
    """A process does one step, and is gone; whether that was the last one."""
    access = await access_to(world, actor, board)
    with suppress(Unavailable):
        await Rollups(world.runtime.database, part=6, most=1).catch_up(access.id, access.version)
        return True
    return False


async def stored(world: World, board: Json) -> tuple[int, UUID | None, list[str]]:
    """The version up to which the board is folded, the card that followed last, and what cards are last."""
    async with world.runtime.database.reading() as session:
        found = await rollup_of(session, UUID(board["id"]))
        assert found is not None
        last = await session.scalars(
            text("SELECT category FROM card_steps WHERE until = 'infinity' ORDER BY card_id")
        )
        return found[0].version, found[0].followed_card_id, list(last)


async def assert_sound(world: World) -> None:
    """The doctor finds nothing."""
    async with world.runtime.database.reading() as session:
        for rule in INVARIANTS:
            assert await broken(session, rule) is None


async def test_cards_follow_their_column_slice_by_slice_whoever_goes_on(
    world: World, alice: Actor, board: Json
) -> None:
    await folded(world, alice, board)
    version, _, _ = await stored(world, board)
    await at_hour(world, 24, 9)
    await mean(alice, board, "done")

    seen = []
    for _ in range(4):
        assert not await go_on(world, alice, board)
        at, followed, last = await stored(world, board)
        is_following = None if followed is None else followed > NO_CARD
        seen.append((at - version, is_following, last.count("done")))
        await assert_sound(world)

    assert seen == [(0, False, 0), (0, True, 2), (0, True, 4), (1, None, CARDS)]
    assert await kept_past(world, Rollups(world.runtime.database), alice, board) == await past_of(
        alice, board
    )
    await assert_sound(world)


@pytest.mark.parametrize("part", [1, 5, 15, 18, 1000])
async def test_in_whatever_slices_cards_are_what_the_log_tells_before_and_after(
    world: World, alice: Actor, board: Json, part: int
) -> None:
    await folded(world, alice, board)
    await mean(alice, board, "todo")
    await alice.card(board, "In between", column_id=column(board, "In Review")["id"])
    await at_hour(world, 24, 9)
    await mean(alice, board, "done")
    await mean(alice, board, "in_progress")
    moved = await alice.card(board, "Later", column_id=column(board, "In Review")["id"])
    await at_hour(world, 25, 9)
    await mean(alice, board, "done")
    await alice.move(moved, column_id=column(board, "In Progress")["id"])
    await mean(alice, board, "in_progress")

    kept = await kept_past(world, Rollups(world.runtime.database, part=part), alice, board)

    assert kept == await past_of(alice, board)
    await assert_sound(world)


async def test_a_column_without_cards_is_known_by_its_new_meaning(
    world: World, alice: Actor, board: Json
) -> None:
    await mean(alice, board, "done")
    kept = await kept_past(world, Rollups(world.runtime.database), alice, board)

    assert kept == await past_of(alice, board)
    assert {each.name: each.category.value for each in kept.columns}["In Review"] == "done"


async def test_who_follows_at_the_same_time_lets_no_card_follow_twice(
    real_world: World, real_alice: Actor
) -> None:
    board = await real_alice.board(await real_alice.workspace(), template="kanban")
    await folded(real_world, real_alice, board)
    await mean(real_alice, board, "done")
    await mean(real_alice, board, "todo")
    access = await access_to(real_world, real_alice, board)
    processes = [Rollups(real_world.runtime.database, part=1) for _ in range(4)]

    await asyncio.gather(*(each.catch_up(access.id, access.version) for each in processes))

    kept = await kept_past(real_world, processes[0], real_alice, board)
    assert kept == await past_of(real_alice, board)
    await assert_sound(real_world)


async def test_who_asks_meanwhile_is_told_why_there_is_no_answer_and_never_sees_half(
    world: World, alice: Actor, board: Json
) -> None:
    await folded(world, alice, board)
    before = await access_to(world, alice, board)
    await mean(alice, board, "done")
    assert not await go_on(world, alice, board)
    assert not await go_on(world, alice, board)
    slow = Rollups(world.runtime.database, part=6, most=1)
    question = Question(Selection())

    # Of what was asked before the change nobody can say any more how it was.
    with pytest.raises(Unavailable) as refused:
        async with open_question(before, question, world.runtime.database, slow):
            pass
    answer = expect(await alice.get(f"/boards/{board['id']}/insights/flow"), 200)

    assert refused.value.detail == WORDS
    assert answer["version"] == (await access_to(world, alice, board)).version
    assert answer["days"][-1]["by_category"] == {"todo": 1, "in_progress": 0, "done": CARDS}
    async with open_question(before, question, world.runtime.database, slow) as asked:
        assert asked.version == answer["version"]


async def test_a_job_goes_on_with_what_was_left_half_done(
    world: World, alice: Actor, board: Json
) -> None:
    await folded(world, alice, board)
    await mean(alice, board, "done")
    assert not await go_on(world, alice, board)
    assert not await go_on(world, alice, board)

    assert await done(world, FoldLogs()) == {"boards": 1, "failed": 0}

    assert (await stored(world, board))[1] is None
    kept = await kept_past(world, Rollups(world.runtime.database), alice, board)
    assert kept == await past_of(alice, board)


async def test_what_is_left_half_done_can_be_made_anew(
    world: World, alice: Actor, board: Json
) -> None:
    await folded(world, alice, board)
    await mean(alice, board, "done")
    assert not await go_on(world, alice, board)
    assert not await go_on(world, alice, board)

    await rebuild(world.runtime.database, UUID(board["id"]))

    kept = await kept_past(world, Rollups(world.runtime.database), alice, board)
    assert kept == await past_of(alice, board)
    await assert_sound(world)


async def test_days_of_another_time_zone_are_counted_of_what_is_half_done(
    world: World, alice: Actor, workspace: Json, board: Json
) -> None:
    await folded(world, alice, board)
    await mean(alice, board, "done")
    assert not await go_on(world, alice, board)
    assert not await go_on(world, alice, board)
    zone = {"time_zone": "Pacific/Kiritimati"}
    expect(await alice.patch(f"/workspaces/{workspace['id']}", json=zone), 200)

    while not await go_on(world, alice, board):
        await assert_sound(world)

    path = f"/boards/{board['id']}/insights/flow"
    shown = expect(await alice.get(path), 200)
    assert shown["time_zone"] == "Pacific/Kiritimati"
    await rebuild(world.runtime.database, UUID(board["id"]))
    assert expect(await alice.get(path), 200) == shown


async def test_small_steps_count_as_a_tenth_of_a_part_so_that_many_are_done_at_once(
    world: World, alice: Actor, board: Json
) -> None:
    for category in ("done", "todo") * 4:
        await mean(alice, board, category)
    access = await access_to(world, alice, board)
    rollups = Rollups(world.runtime.database, part=1000, most=2000)

    reached = await rollups.fold(access.id, access.version, most=2000)

    assert reached is not None
    assert reached.is_enough(access.version)
    assert reached.work == 2 * 8 * 100
