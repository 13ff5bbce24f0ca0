"""PostgreSQL is told of many new rows at once: plans for tables that it takes for empty end in time-outs."""

from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.platform.jobs.execution import execute
from tests.imports.files import CSV
from tests.imports.sending import send, start
from tests.support.actors import Actor, expect
from tests.support.world import World
from tests.transfer.files import exported, imported

pytestmark = pytest.mark.anyio


async def promised(world: World) -> list[UUID]:
    """The jobs that renew what PostgreSQL knows."""
    async with world.runtime.database.reading() as session:
        jobs = text("SELECT id FROM jobs WHERE kind = 'worker.renew_statistics' ORDER BY id")
        return list((await session.execute(jobs)).scalars())


async def test_cards_that_were_imported_are_known(real_world: World, real_alice: Actor) -> None:
    preview = expect(await send(real_alice, await real_alice.workspace(), "csv", CSV), 201)
    await start(real_world, real_alice, preview)
    (job,) = await promised(real_world)

    await execute(real_world.runtime, job)

    async with real_world.runtime.database.reading() as session:
        cards = await session.scalar(text("SELECT count(*) FROM cards"))
        known = text("SELECT reltuples FROM pg_class WHERE oid = 'cards'::regclass")
        assert cards
        assert await session.scalar(known) == cards


async def test_so_are_those_of_a_workspace_that_was_read_in(
    real_world: World, real_alice: Actor
) -> None:
    await imported(real_world, real_alice, await exported(real_alice, await real_alice.workspace()))

    assert len(await promised(real_world)) == 1
