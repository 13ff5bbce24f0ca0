"""The sweep finds what nobody else would."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from taskly.platform.broker import queue_key
from taskly.platform.context import SYSTEM
from taskly.platform.events.announce import SilentAnnouncer
from taskly.platform.events.handover import CeleryHandover
from taskly.platform.events.jobs import Queue
from taskly.platform.jobs import ledger
from taskly.platform.jobs.sweep import MOST_WAITING, sweep
from tests.worker.bench import Bench
from tests.worker.processes import RedisServer
from tests.worker.sample_jobs import Failing, Note

pytestmark = pytest.mark.anyio

LONG_AGO = "UPDATE jobs SET created_at = now() - interval '1 min'"


@pytest.fixture
async def handover(bench: Bench) -> AsyncIterator[CeleryHandover]:
    opened = CeleryHandover(bench.runtime.settings)
    yield opened
    opened.close()


@pytest.fixture
def silent(bench: Bench) -> Bench:
    """Promises that nobody hands over, as after a crash behind the commit."""
    bench.runtime.database.announcer = SilentAnnouncer()
    return bench


async def swept(bench: Bench, handover: CeleryHandover) -> int:
    return await sweep(bench.runtime.database, bench.runtime.redis, handover)


async def waiting(bench: Bench, queue: Queue) -> int:
    return int(await bench.runtime.redis.llen(queue_key(queue.value)))


async def test_a_job_that_was_never_handed_over_is_found(
    silent: Bench, handover: CeleryHandover
) -> None:
    await silent.promise(Note())
    await silent.write(LONG_AGO)

    assert await swept(silent, handover) == 1
    assert await waiting(silent, Queue.BULK) == 1


async def test_a_fresh_job_is_left_to_the_hand_over(
    silent: Bench, handover: CeleryHandover
) -> None:
    await silent.promise(Note())

    assert await swept(silent, handover) == 0
    assert await waiting(silent, Queue.BULK) == 0


async def test_a_job_is_not_handed_over_again_at_every_sweep(
    silent: Bench, handover: CeleryHandover
) -> None:
    await silent.promise(Note())
    await silent.write(LONG_AGO)

    assert [await swept(silent, handover) for _ in range(3)] == [1, 0, 0]
    await silent.write("UPDATE jobs SET handed_over_at = now() - interval '31 s'")
    assert await swept(silent, handover) == 1


async def test_a_retry_is_handed_over_as_soon_as_it_is_due(
    silent: Bench, handover: CeleryHandover
) -> None:
    job_id = await silent.promise(Failing())
    await silent.execute(job_id)

    assert await swept(silent, handover) == 0
    await silent.write("UPDATE jobs SET next_attempt_at = now()")
    assert await swept(silent, handover) == 1
    assert await waiting(silent, Queue.WEBHOOKS) == 1


async def test_a_running_job_is_left_alone_until_its_lease_runs_out(
    silent: Bench, handover: CeleryHandover
) -> None:
    job_id = await silent.promise(Note())
    await silent.write(LONG_AGO)
    async with silent.runtime.database.transaction(SYSTEM) as transaction:
        assert await ledger.claim(transaction.session, job_id, lease_seconds=60)

    assert await swept(silent, handover) == 0
    await silent.write("UPDATE jobs SET next_attempt_at = now()")
    assert await swept(silent, handover) == 1
    await silent.execute(job_id)
    assert (await silent.job(job_id)).attempts == 2
    assert await silent.effects(job_id) == ["noted"]


@pytest.mark.parametrize("state", ["done", "dead"])
async def test_ended_jobs_are_left_alone(
    silent: Bench, handover: CeleryHandover, state: str
) -> None:
    await silent.promise(Note())
    await silent.write(LONG_AGO)
    await silent.write("UPDATE jobs SET state = CAST(:state AS job_state)", state=state)

    assert await swept(silent, handover) == 0


async def test_sweeps_at_once_hand_each_job_over_once(
    silent: Bench, handover: CeleryHandover
) -> None:
    async with silent.runtime.database.transaction(SYSTEM) as transaction:
        for _ in range(200):
            transaction.promise(Note())
    await silent.write(LONG_AGO)

    reached = await asyncio.gather(*(swept(silent, handover) for _ in range(4)))

    assert sum(reached) == 200
    assert await waiting(silent, Queue.BULK) == 200


async def test_a_queue_without_workers_is_not_filled_for_ever(
    silent: Bench, handover: CeleryHandover
) -> None:
    async with silent.runtime.database.transaction(SYSTEM) as transaction:
        for _ in range(1300):
            transaction.promise(Note())
    await silent.write(LONG_AGO)

    for _ in range(4):
        await swept(silent, handover)
        await silent.write("UPDATE jobs SET handed_over_at = now() - interval '1 min'")

    assert await waiting(silent, Queue.BULK) == MOST_WAITING


async def test_without_redis_nothing_is_marked_as_handed_over(
    silent: Bench, handover: CeleryHandover, redis_server: RedisServer
) -> None:
    await silent.promise(Note())
    await silent.write(LONG_AGO)
    redis_server.kill()

    assert await swept(silent, handover) == 0
    assert await silent.count("handed_over_at IS NULL") == 1
    redis_server.start()
    assert await swept(silent, handover) == 1


async def test_the_oldest_due_jobs_go_first(silent: Bench) -> None:
    first, second = await silent.promise(Note()), await silent.promise(Note())
    await silent.write(LONG_AGO)
    await silent.write(
        "UPDATE jobs SET next_attempt_at = now() - interval '1 h' WHERE id = :job", job=second
    )

    async with silent.runtime.database.transaction(SYSTEM) as transaction:
        taken = await ledger.take_due(transaction.session, queue="bulk", limit=1)

    assert [job.id for job in taken] == [second]
    assert first != second
