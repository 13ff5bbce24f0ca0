"""Periodic jobs happen once a slot, whoever schedules them and however often."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from taskly.platform.jobs.periodic import Periodic, every, periodic_jobs, promise_slots
from taskly.platform.jobs.upkeep import Heartbeat
from tests.worker.bench import Bench
from tests.worker.sample_jobs import Hopeless, Note

pytestmark = pytest.mark.anyio

DAILY = [Periodic(24 * 3600, Note())]


async def test_a_slot_is_promised_once_by_schedulers_at_once(bench: Bench) -> None:
    await asyncio.gather(*(promise_slots(bench.runtime.database, DAILY) for _ in range(6)))
    await promise_slots(bench.runtime.database, DAILY)

    assert await bench.count("kind = 'test.note'") == 1


async def test_the_next_slot_is_promised_when_it_comes(bench: Bench) -> None:
    each_second = [Periodic(1, Note())]
    await promise_slots(bench.runtime.database, each_second)
    await bench.write("UPDATE jobs SET state = 'done'")

    async def promised_again() -> bool:
        await promise_slots(bench.runtime.database, each_second)
        return await bench.count("kind = 'test.note'") == 2

    await bench.eventually(promised_again)


async def test_after_a_pause_the_present_slot_is_made_up_for_once(bench: Bench) -> None:
    await promise_slots(bench.runtime.database, DAILY)
    await bench.write("UPDATE jobs SET state = 'done', idempotency_key = 'slot:days ago'")

    assert await promise_slots(bench.runtime.database, DAILY) == ["test.note"]
    assert await promise_slots(bench.runtime.database, DAILY) == []
    assert await bench.count("kind = 'test.note'") == 2


async def test_slots_do_not_pile_up_while_nobody_works(bench: Bench) -> None:
    await promise_slots(bench.runtime.database, DAILY)
    await bench.write("UPDATE jobs SET idempotency_key = 'slot:days ago'")

    assert await promise_slots(bench.runtime.database, DAILY) == []
    assert await bench.count("true") == 1


async def test_a_dead_job_does_not_stop_the_next_slot(bench: Bench) -> None:
    await promise_slots(bench.runtime.database, DAILY)
    await bench.write("UPDATE jobs SET state = 'dead', idempotency_key = 'slot:days ago'")

    assert await promise_slots(bench.runtime.database, DAILY) == ["test.note"]


async def test_a_slot_of_one_kind_is_not_taken_by_another_kind_that_began_with_it(
    bench: Bench,
) -> None:
    since_the_epoch = Periodic(2**40, Note())
    each_second = Periodic(1, Hopeless())
    await promise_slots(bench.runtime.database, [since_the_epoch, each_second])
    await bench.write(
        "UPDATE jobs SET state = 'done', idempotency_key = 'slot:1970-01-01T00:00:00+00:00'"
    )

    promised = await promise_slots(bench.runtime.database, [since_the_epoch, each_second])

    assert promised == ["test.hopeless"]


def test_slots_are_counted_from_the_epoch() -> None:
    quarter = Periodic(900, Note())
    noon = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    assert quarter.slot_key(noon) == "slot:2026-11-23T12:00:00+00:00"
    assert quarter.slot_key(noon + timedelta(seconds=899)) == quarter.slot_key(noon)
    assert quarter.slot_key(noon + timedelta(seconds=900)) == "slot:2026-11-23T12:15:00+00:00"


def test_a_kind_has_one_schedule() -> None:
    assert Heartbeat.kind in {job.spec.kind for job in periodic_jobs()}
    with pytest.raises(ValueError, match=r"worker\.heartbeat is periodic already"):
        every(60, Heartbeat())
