"""Days of November 2026 on which something happens, and what is kept of them."""

from datetime import UTC, datetime
from uuid import UUID

from taskly.boards.models import BoardAccess
from taskly.boards.repository import boards_to_read
from taskly.insights.pasts import Pasts
from taskly.insights.rules.histories import BoardPast
from taskly.kit.clock import FrozenClock
from tests.support.actors import Actor, Json, expect
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
    series = {"starts_on": "2026-11-23", "length_days": 5, "days_between": 2}
    expect(await actor.request("PUT", f"{path}/sprint-series", json=series), 200)
    expect(await actor.post(f"{path}/sprint-series/sprints", json={"ahead": 1}), 200)
    return [each["id"] for each in (await actor.snapshot(board["id"]))["sprints"]]


async def access_to(world: World, actor: Actor, board: Json) -> BoardAccess:
    """The board as it stands now."""
    key = (UUID(board["id"]), actor.user_id)
    return (await boards_to_read(world.runtime.database.hot, [key]))[key]


async def kept_past(world: World, pasts: Pasts, actor: Actor, board: Json) -> BoardPast:
    """The board's past up to now, as it is kept in memory."""
    access = await access_to(world, actor, board)
    version, past = await pasts.read(access)
    assert version == access.version
    return past
