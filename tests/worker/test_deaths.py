"""Who waits for a job hears of its death, and the dead may be tried again."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text

from taskly.platform.context import SYSTEM
from taskly.platform.events.models import JobState
from taskly.platform.jobs import ledger
from taskly.platform.jobs.execution import BURIALS
from tests.worker.bench import Bench
from tests.worker.sample_jobs import (
    Hopeless,
    Missed,
    Note,
)

pytestmark = pytest.mark.anyio


async def test_a_dead_job_that_is_revived_has_all_its_attempts_again(bench: Bench) -> None:
    job_id = await bench.promise(Hopeless())
    await bench.execute(job_id)
    async with bench.runtime.database.transaction(SYSTEM) as transaction:
        assert await ledger.revive(transaction.session, job_id)

    revived = await bench.job(job_id)

    assert (revived.state, revived.attempts, revived.finished_at) == (JobState.PENDING, 0, None)


async def test_only_dead_jobs_are_revived(bench: Bench) -> None:
    job_id = await bench.promise(Note())
    await bench.execute(job_id)

    async with bench.runtime.database.transaction(SYSTEM) as transaction:
        assert not await ledger.revive(transaction.session, job_id)

    assert (await bench.job(job_id)).state is JobState.DONE


async def last_words(bench: Bench) -> list[str]:
    async with bench.runtime.database.reading() as session:
        return list(await session.scalars(text("SELECT note FROM effects WHERE job_id IS NULL")))


async def test_a_death_is_told_in_the_transaction_that_writes_it_down(bench: Bench) -> None:
    job_id = await bench.promise(Missed())

    await bench.execute(job_id)

    assert (await bench.job(job_id)).state is JobState.DEAD
    assert await last_words(bench) == ["TimeLimit: took longer than 0.2 s"]
    assert await bench.count("kind = 'test.note'") == 1


async def test_a_death_is_told_when_the_handler_never_ran(bench: Bench) -> None:
    job_id = await bench.promise(Missed())
    await bench.write("UPDATE jobs SET state = 'running', attempts = 1")

    await bench.execute(job_id)

    assert await bench.effects(job_id) == []
    assert await last_words(bench) == ["its worker was killed in the middle of the last attempt"]


async def test_a_worker_that_lost_its_job_tells_of_no_death(bench: Bench) -> None:
    job_id = await bench.promise(Missed())
    running = asyncio.create_task(bench.execute(job_id))

    async def began() -> bool:
        return await bench.effects(job_id) == ["began"]

    await bench.eventually(began)
    await bench.write("UPDATE jobs SET state = 'done' WHERE id = :job", job=job_id)
    await running

    assert (await bench.job(job_id)).state is JobState.DONE
    assert await last_words(bench) == []


async def test_a_job_dies_even_when_nobody_can_be_told(bench: Bench) -> None:
    job_id = await bench.promise(Missed(mourner_fails=True))

    await bench.execute(job_id)

    job = await bench.job(job_id)
    assert (job.state, job.last_error) == (JobState.DEAD, "TimeLimit: took longer than 0.2 s")
    assert await last_words(bench) == []
    assert await bench.count("kind = 'test.note'") == 0


@pytest.mark.parametrize(
    ("attempts", "state"), [(BURIALS, JobState.RUNNING), (BURIALS + 1, JobState.DEAD)]
)
async def test_a_job_is_buried_at_last_when_telling_always_takes_too_long(
    bench: Bench, attempts: int, state: JobState
) -> None:
    short = bench.runtime.settings.model_copy(update={"job_lease_seconds": 1})
    bench = Bench(replace(bench.runtime, settings=short))
    job_id = await bench.promise(Missed(mourner_is_late=True))
    await bench.write("UPDATE jobs SET state = 'running', attempts = :made", made=attempts)

    await bench.execute(job_id)

    assert (await bench.job(job_id)).state is state
    assert await last_words(bench) == []
