"""Attempts that don't count: for how long they may go on, and how they are told apart."""

import pytest

from taskly.platform.context import SYSTEM
from taskly.platform.events.jobs import JobSpec
from taskly.platform.events.models import JobState
from taskly.platform.jobs import ledger
from tests.worker.bench import Bench
from tests.worker.sample_jobs import (
    Failing,
    Hopeless,
    Note,
    PutOff,
)

pytestmark = pytest.mark.anyio


async def test_a_job_that_is_put_off_keeps_its_attempt_and_waits_as_long_as_asked(
    bench: Bench,
) -> None:
    job_id = await bench.promise(PutOff(after=90))

    await bench.execute(job_id)
    await bench.execute(job_id)

    job = await bench.job(job_id)
    assert (job.state, job.attempts) == (JobState.PENDING, 0)
    assert await bench.seconds_until_due(job_id) == 90
    await bench.make_due(job_id)
    await bench.execute(job_id)
    assert await bench.effects(job_id) == ["put off", "done at attempt 1"]


async def test_a_job_that_is_put_off_for_more_than_a_day_is_dead(bench: Bench) -> None:
    job_id = await bench.promise(PutOff(after=1))
    await bench.write("UPDATE jobs SET put_off_since = now() - interval '25 hours'")

    await bench.execute(job_id)

    assert (await bench.job(job_id)).state is JobState.DEAD


async def test_a_job_that_waited_for_days_may_still_be_put_off(bench: Bench) -> None:
    job_id = await bench.promise(PutOff(after=1))
    await bench.write("UPDATE jobs SET created_at = now() - interval '3 days'")

    await bench.execute(job_id)

    assert (await bench.job(job_id)).state is JobState.PENDING
    assert await bench.count("now() - put_off_since < interval '1 hour'") == 1


async def test_putting_off_is_counted_from_the_first_time(bench: Bench) -> None:
    job_id = await bench.promise(PutOff(after=1))
    await bench.write("UPDATE jobs SET put_off_since = now() - interval '23 hours'")

    await bench.execute(job_id)

    assert (await bench.job(job_id)).state is JobState.PENDING
    assert await bench.count("now() - put_off_since > interval '22 hours'") == 1


@pytest.mark.parametrize("spec", [Note(), Hopeless(), Failing()])
async def test_any_other_ending_ends_the_putting_off(bench: Bench, spec: JobSpec) -> None:
    job_id = await bench.promise(spec)
    await bench.write("UPDATE jobs SET put_off_since = now() - interval '23 hours'")

    await bench.execute(job_id)

    assert (await bench.job(job_id)).put_off_since is None


async def test_a_job_that_died_of_putting_off_may_be_put_off_once_it_is_revived(
    bench: Bench,
) -> None:
    job_id = await bench.promise(PutOff(after=1))
    await bench.write("UPDATE jobs SET state = 'dead', put_off_since = now() - interval '25 hours'")
    async with bench.runtime.database.transaction(SYSTEM) as transaction:
        assert await ledger.revive(transaction.session, job_id)

    await bench.execute(job_id)

    assert (await bench.job(job_id)).state is JobState.PENDING


async def test_a_claim_is_not_mistaken_for_one_that_did_not_count(bench: Bench) -> None:
    job_id = await bench.promise(Note())
    claims = []
    for _ in range(2):
        async with bench.runtime.database.transaction(SYSTEM) as transaction:
            claim = await ledger.claim(transaction.session, job_id, lease_seconds=60)
            assert claim is not None
            claims.append(claim)
        if len(claims) == 1:
            async with bench.runtime.database.transaction(SYSTEM) as transaction:
                await ledger.put_off(transaction.session, claim, "not now", seconds=0)

    async with bench.runtime.database.transaction(SYSTEM) as transaction:
        held = [await ledger.still_held(transaction.session, claim) for claim in claims]

    assert [claim.attempt for claim in claims] == [1, 1]
    assert held == [False, True]
