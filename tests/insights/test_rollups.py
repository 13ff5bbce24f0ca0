"""What is folded of boards is what their logs tell, however it got there."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.doctor.repository import INVARIANTS, broken
from taskly.insights import card_answers
from taskly.insights.asking import Question, open_question
from taskly.insights.jobs import FoldLogs
from taskly.insights.rebuild import rebuild
from taskly.insights.rollup_repository import count_rows, rollup_of
from taskly.insights.rollups import Rollups
from taskly.insights.rules.days import INSTANT
from taskly.insights.rules.histories import Selection
from taskly.insights.step_repository import of_cards
from taskly.kit.clock import FrozenClock
from taskly.platform.context import SYSTEM
from taskly.platform.http.problems import NotFound, Unavailable
from tests.insights.days import access_to, done, kept_past
from tests.platform.statements import statements_of
from tests.support.actors import Actor, Json, column, expect
from tests.support.telling_past import past_of, shown_by, shown_in
from tests.support.world import World

pytestmark = pytest.mark.anyio


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
    rollups = Rollups(world.runtime.database, part=part)

    past = await kept_past(world, rollups, alice, board)

    assert past == await past_of(alice, board)


async def test_only_what_is_new_is_folded(world: World, alice: Actor, board: Json) -> None:
    rollups = Rollups(world.runtime.database)
    await busy(alice, board)
    before = await kept_past(world, rollups, alice, board)
    await alice.card(board, "New")
    path = f"/boards/{board['id']}/insights/flow"

    first = await statements_of(world, partial(alice.get, path))
    second = await statements_of(world, partial(alice.get, path))

    assert sum("FROM events" in sent.sql for sent in first) == 1
    assert not any("FROM events" in sent.sql or "INSERT" in sent.sql for sent in second)
    assert len((await kept_past(world, rollups, alice, board)).cards) == len(before.cards) + 1


async def test_what_is_undone_later_was_there_until_then(
    world: World, alice: Actor, board: Json
) -> None:
    clock = world.clock
    assert isinstance(clock, FrozenClock)
    rollups = Rollups(world.runtime.database)
    card = await alice.card(board)
    clock.advance(timedelta(hours=1))
    done = {"column_id": column(board, "Done")["id"]}
    moved = await alice.post(f"/cards/{card['id']}/move", json=done)
    await kept_past(world, rollups, alice, board)
    then = await alice.snapshot(board["id"])
    clock.advance(timedelta(hours=1))
    expect(await alice.post(f"/operations/{moved.headers['Operation-ID']}/undo"), 200)

    past = await kept_past(world, rollups, alice, board)

    assert shown_by(past, clock.now()) == shown_in(then)
    assert shown_by(past, clock.now() + INSTANT) == shown_in(await alice.snapshot(board["id"]))


async def test_nobody_waits_for_a_long_log_and_each_question_brings_it_forward(
    world: World, alice: Actor, board: Json
) -> None:
    await busy(alice, board)
    access = await access_to(world, alice, board)
    rollups = Rollups(world.runtime.database, part=5, most=10)

    with pytest.raises(Unavailable) as refused:
        await rollups.catch_up(access.id, access.version)
    for _ in range(access.version // 10 - 1):
        with pytest.raises(Unavailable):
            await rollups.catch_up(access.id, access.version)
    await rollups.catch_up(access.id, access.version)

    assert refused.value.detail == (
        f"10 of {access.version} changes of this board are worked into its charts. Ask again in a moment."
    )
    assert await kept_past(world, rollups, alice, board) == await past_of(alice, board)


async def test_boards_that_nobody_asks_about_are_folded_too(
    world: World, alice: Actor, workspace: Json, board: Json
) -> None:
    await busy(alice, board)
    other = await alice.board(workspace, name="Other")
    job = FoldLogs()

    assert (await done(world, job))["boards"] == 2
    card = await alice.card(other)
    zone = {"time_zone": "Asia/Tokyo"}

    assert await done(world, job) == {"boards": 1, "failed": 0}
    expect(await alice.patch(f"/workspaces/{workspace['id']}", json=zone), 200)
    assert await done(world, job) == {"boards": 2, "failed": 0}
    assert await done(world, job) == {"boards": 0, "failed": 0}
    async with world.runtime.database.reading() as session:
        found = await rollup_of(session, UUID(other["id"]))
        assert found is not None
        cards = await of_cards(session, UUID(other["id"]), [UUID(card["id"])])
    assert (found[0].time_zone, len(cards)) == ("Asia/Tokyo", 1)


async def test_it_can_be_made_anew_from_the_log(world: World, alice: Actor, board: Json) -> None:
    await busy(alice, board)
    rollups = Rollups(world.runtime.database)
    before = await kept_past(world, rollups, alice, board)
    path = f"/boards/{board['id']}/insights/flow"
    shown = expect(await alice.get(path), 200)["days"]
    board_id = UUID(board["id"])
    async with world.runtime.database.transaction(SYSTEM) as tx:
        for table in ("card_steps", "flow_days"):
            await tx.session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - names of ours

    found = await rebuild(world.runtime.database, board_id)

    version = (await access_to(world, alice, board)).version
    assert found is not None
    assert found[0] == version
    assert await kept_past(world, rollups, alice, board) == before
    assert expect(await alice.get(path), 200)["days"] == shown
    assert await rebuild(world.runtime.database, UUID(int=1)) is None


async def test_it_goes_with_the_board(world: World, alice: Actor, board: Json) -> None:
    await busy(alice, board)
    expect(await alice.get(f"/boards/{board['id']}/insights/flow"), 200)
    expect(await alice.delete(f"/boards/{board['id']}"), 204)

    async with world.runtime.database.reading() as session:
        left = [
            await session.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - names of ours
            for table in ("board_rollups", "card_steps", "flow_days")
        ]
    assert left == [0, 0, 0]


async def test_who_folds_at_the_same_time_folds_nothing_twice(
    real_world: World, real_alice: Actor
) -> None:
    board = await real_alice.board(await real_alice.workspace(), template="kanban")
    await busy(real_alice, board)
    access = await access_to(real_world, real_alice, board)
    processes = [Rollups(real_world.runtime.database, part=3) for _ in range(4)]

    await asyncio.gather(*(each.catch_up(access.id, access.version) for each in processes))

    kept = await kept_past(real_world, processes[0], real_alice, board)
    assert kept == await past_of(real_alice, board)
    async with real_world.runtime.database.reading() as session:
        for rule in INVARIANTS:
            assert await broken(session, rule) is None


async def test_days_of_another_time_zone_are_counted_in_parts(
    world: World, alice: Actor, workspace: Json, board: Json
) -> None:
    await busy(alice, board)
    path = f"/boards/{board['id']}/insights/flow"
    days = expect(await alice.get(path), 200)["days"]
    zone = {"time_zone": "Pacific/Kiritimati"}
    expect(await alice.patch(f"/workspaces/{workspace['id']}", json=zone), 200)
    access = await access_to(world, alice, board)
    rollups = Rollups(world.runtime.database, part=1, most=1)

    with pytest.raises(Unavailable) as refused:
        await rollups.catch_up(access.id, access.version)
    await alice.card(board, "Meanwhile")
    later = await access_to(world, alice, board)
    for _ in range(20):
        with suppress(Unavailable):
            await rollups.catch_up(access.id, later.version)
            break

    assert "time zone changed" in str(refused.value.detail)
    shown = expect(await alice.get(path), 200)
    assert shown["time_zone"] == "Pacific/Kiritimati"
    counts = [sum(each[-1]["by_category"].values()) for each in (days, shown["days"])]
    assert counts[1] == counts[0] + 1
    async with world.runtime.database.reading() as session:
        for rule in INVARIANTS:
            assert await broken(session, rule) is None


async def test_a_board_that_fails_keeps_no_other_one_waiting(
    world: World, alice: Actor, workspace: Json, board: Json
) -> None:
    await busy(alice, board)
    other = await alice.board(workspace, name="Other")
    broken_log = """
        UPDATE events SET data = jsonb_set(data, '{after,column_id}', to_jsonb(stream_id))
        WHERE stream_id = :board AND type = 'card.created'
    """
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(text(broken_log), {"board": other["id"]})
    await alice.card(other)
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(text(broken_log), {"board": other["id"]})

    assert await done(world, FoldLogs()) == {"boards": 2, "failed": 1}
    async with world.runtime.database.reading() as session:
        assert await rollup_of(session, UUID(board["id"])) is not None


async def test_a_board_that_goes_while_it_is_folded_is_not_found(
    world: World, alice: Actor, board: Json
) -> None:
    access = await access_to(world, alice, board)
    expect(await alice.delete(f"/boards/{board['id']}"), 204)

    with pytest.raises(NotFound):
        async with open_question(
            access, Question(Selection()), world.runtime.database, Rollups(world.runtime.database)
        ):
            pass


async def test_an_id_of_another_kind_has_no_cards(world: World, alice: Actor, board: Json) -> None:
    await busy(alice, board)
    path = f"/boards/{board['id']}/insights/flow"

    for kind in ("sprint", "label", "assignee"):
        days = expect(await alice.get(f"{path}?{kind}={board['id']}"), 200)["days"]
        assert not any(sum(day["by_category"].values()) for day in days)


async def test_what_is_read_stays_as_it_was_while_others_fold(
    real_world: World, real_alice: Actor
) -> None:
    board = await real_alice.board(await real_alice.workspace(), template="kanban")
    await busy(real_alice, board)
    database, rollups = real_world.runtime.database, Rollups(real_world.runtime.database)
    access = await access_to(real_world, real_alice, board)
    question = Question(Selection())

    async with open_question(access, question, database, rollups) as asked:
        before = await card_answers.flow(asked)
        await real_alice.card(board, "New")
        later = await access_to(real_world, real_alice, board)
        await rollups.catch_up(later.id, later.version)
        now = replace(asked, as_of=real_world.runtime.clock.now())
        assert (await card_answers.flow(now)).days == before.days
        assert await count_rows(asked.session, access.id)
    async with open_question(later, question, database, rollups) as asked:
        assert (await card_answers.flow(asked)).days != before.days


async def test_what_cancels_out_leaves_no_row(world: World, alice: Actor, board: Json) -> None:
    rollups = Rollups(world.runtime.database)
    card = await alice.card(board)
    await kept_past(world, rollups, alice, board)
    await alice.move(card, column_id=column(board, "In Progress")["id"])
    await kept_past(world, rollups, alice, board)

    async with world.runtime.database.reading() as session:
        days = await session.execute(text("SELECT column_id, cards FROM flow_days"))
        assert [tuple(day) for day in days] == [(UUID(column(board, "In Progress")["id"]), 1)]
        for rule in INVARIANTS:
            assert await broken(session, rule) is None


async def test_where_a_day_goes_all_others_stay(world: World, alice: Actor, board: Json) -> None:
    rollups = Rollups(world.runtime.database)
    await busy(alice, board)
    before = await kept_past(world, rollups, alice, board)
    flow = expect(await alice.get(f"/boards/{board['id']}/insights/flow"), 200)["days"]
    card = await alice.card(board, "Comes and goes", assignee_ids=[str(alice.user_id)])
    await kept_past(world, rollups, alice, board)
    expect(await alice.delete(f"/cards/{card['id']}"), 204)

    after = await kept_past(world, rollups, alice, board)

    assert len(after.cards) == len(before.cards) + 1
    assert expect(await alice.get(f"/boards/{board['id']}/insights/flow"), 200)["days"] == flow
    async with world.runtime.database.reading() as session:
        zeros = await session.scalar(text("SELECT count(*) FROM flow_days WHERE cards = 0"))
        assert zeros == 0
        for rule in INVARIANTS:
            assert await broken(session, rule) is None
