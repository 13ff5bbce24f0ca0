"""Signs of life, forgetting old jobs, and what `taskly doctor` says about the queues."""

import re
from datetime import timedelta

import pytest

from taskly.platform.findings import Severity
from taskly.platform.jobs.findings import queue_findings
from taskly.platform.jobs.liveness import worker_heartbeat_age
from taskly.platform.jobs.upkeep import Heartbeat, PurgeJobs
from tests.worker.bench import Bench
from tests.worker.sample_jobs import Hopeless, Note

pytestmark = pytest.mark.anyio


async def beat(bench: Bench, *, ago: timedelta) -> None:
    job_id = await bench.promise(Heartbeat())
    await bench.execute(job_id)
    await bench.write(
        "UPDATE jobs SET finished_at = now() - CAST(:ago AS interval) WHERE id = :job",
        ago=ago,
        job=job_id,
    )


async def test_the_heartbeat_s_age_counts_from_the_last_one_that_was_finished(bench: Bench) -> None:
    await beat(bench, ago=timedelta(seconds=90))
    await beat(bench, ago=timedelta(seconds=20))
    await bench.promise(Heartbeat())

    age = await worker_heartbeat_age(bench.runtime.database)

    assert age is not None
    assert 20 <= age < 30


async def test_without_any_heartbeat_there_is_no_age(bench: Bench) -> None:
    assert await worker_heartbeat_age(bench.runtime.database) is None


async def test_healthy_queues_give_no_findings(bench: Bench) -> None:
    await beat(bench, ago=timedelta(seconds=1))
    await bench.execute(await bench.promise(Note()))
    await bench.promise(Note())

    assert await queue_findings(bench.runtime.database) == []


async def test_silent_workers_overdue_jobs_and_dead_jobs_are_found(bench: Bench) -> None:
    await beat(bench, ago=timedelta(minutes=10))
    await bench.execute(await bench.promise(Hopeless()))
    await bench.promise(Note())
    await bench.write(
        "UPDATE jobs SET next_attempt_at = now() - interval '6 min' WHERE state = 'pending'"
    )

    silent, overdue, dead = await queue_findings(bench.runtime.database)

    assert silent.severity is Severity.ERROR
    told = re.fullmatch(r"No worker has given a sign of life for (\d+) seconds\.", silent.what)
    assert told is not None
    assert int(told[1]) >= 600
    assert overdue.severity is Severity.ERROR
    assert overdue.what == "1 job(s) of the queue bulk have been due for more than five minutes."
    assert dead.severity is Severity.WARNING
    assert dead.what.startswith("1 job(s) test.hopeless are dead, the latest since ")


async def test_old_jobs_are_forgotten_and_others_kept(bench: Bench) -> None:
    await beat(bench, ago=timedelta(hours=2))
    await beat(bench, ago=timedelta(minutes=1))
    for age in (timedelta(days=15), timedelta(days=13)):
        job_id = await bench.promise(Note())
        await bench.execute(job_id)
        await bench.write(
            "UPDATE jobs SET finished_at = now() - CAST(:age AS interval) WHERE id = :job",
            age=age,
            job=job_id,
        )
    await bench.execute(await bench.promise(Hopeless()))
    waiting = await bench.promise(Note(note="waiting"))
    await bench.write("UPDATE jobs SET created_at = now() - interval '1 year'")
    purge = await bench.promise(PurgeJobs())

    await bench.execute(purge)

    assert (await bench.job(purge)).result == {"frequent": 1, "done": 1, "dead": 0}
    assert (await bench.job(waiting)).state == "pending"
    assert await bench.count("kind = 'worker.heartbeat'") == 1
    assert await bench.count("kind = 'test.note'") == 2
    assert await bench.count("kind = 'test.hopeless'") == 1
