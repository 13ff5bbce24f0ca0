"""Days of November 2026 on which something happens, and what is kept of them."""

from datetime import UTC, datetime
from uuid import UUID

from taskly.boards.models import BoardAccess
from taskly.boards.repository import boards_to_read
from taskly.insights.rollup_repository import known_of, rollup_of
from taskly.insights.rollups import Rollups
from taskly.insights.rules.folding import BoardFold, CardFold
from taskly.insights.step_repository import all_steps, of_cards
from taskly.kit.clock import FrozenClock
from taskly.platform.context import SYSTEM
from taskly.platform.events.jobs import JobSpec
from taskly.platform.events.models import Job, JobState
from taskly.platform.jobs.execution import execute
from taskly.worker.registry import load_tasks
from tests.support.actors import Actor, Json, expect
from tests.support.whole_past import BoardPast, past_in
from tests.support.world import World


async def at_hour(world: World, day: int, hour: int) -> datetime:
    """Let it be some hour of a day of November 2026."""
    assert isinstance(world.clock, FrozenClock)
    now = datetime(2026, 11, day, hour, tzinfo=UTC)
    world.clock.advance(now - world.clock.now())
    return now


async def two_sprints(actor: Actor, board: Json) -> list[str]:
    """The first two sprints of a series."""
    path = f"/boards/{board['id']}"
    series = {"starts_on": "2026-11-23", "length_days": 5, "days_between": 2, "ahead": 0}
    expect(await actor.request("PUT", f"{path}/sprint-series", json=series), 200)
    expect(await actor.post(f"{path}/sprint-series/sprints", json={"ahead": 1}), 200)
    return [each["id"] for each in (await actor.snapshot(board["id"]))["sprints"]]


async def access_to(world: World, actor: Actor, board: Json) -> BoardAccess:
    """The board as it stands now."""
    key = (UUID(board["id"]), actor.user_id)
    return (await boards_to_read(world.runtime.database.hot, [key]))[key]


async def kept_past(world: World, rollups: Rollups, actor: Actor, board: Json) -> BoardPast:
    """The board's past up to now, as it is kept."""
    access = await access_to(world, actor, board)
    await rollups.catch_up(access.id, access.version)
    async with world.runtime.database.reading() as session:
        found = await rollup_of(session, access.id)
        assert found is not None
        known = known_of(found[0])
        ids = {
            card_id
            for card_id, _, _ in await all_steps(session, access.id, after=None, limit=10_000)
        }
        cards = await of_cards(session, access.id, ids)
    assert found[0].version == access.version
    folds = {
        card.card_id: CardFold(card.card_id, card.created_at, list(card.steps)) for card in cards
    }
    return past_in(BoardFold(known, folds))


async def done(world: World, job: JobSpec) -> Json:
    """What a job says that it did."""
    load_tasks()
    async with world.runtime.database.transaction(SYSTEM) as tx:
        job_id = tx.promise(job)
    await execute(world.runtime, job_id)
    async with world.runtime.database.reading() as session:
        found = await session.get(Job, job_id)
    assert found is not None
    assert found.state is JobState.DONE
    assert found.result is not None
    return found.result
