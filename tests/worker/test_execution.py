"""What becomes of a job in one attempt, and in several."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text

from taskly.kit.ids import new_id
from taskly.platform.context import SYSTEM
from taskly.platform.events.models import JobState
from taskly.platform.jobs import ledger
from taskly.platform.jobs.work import TakenOver, Work
from tests.worker.bench import Bench
from tests.worker.sample_jobs import (
    Failing,
    Hopeless,
    Impatient,
    Long,
    LongEnding,
    Note,
    Poison,
    Slow,
    Unstorable,
)

pytestmark = pytest.mark.anyio


async def test_a_job_is_done_with_its_effect_and_keeps_its_result(bench: Bench) -> None:
    job_id = await bench.promise(Note(note="hello"))

    await bench.execute(job_id)

    job = await bench.job(job_id)
    assert (job.state, job.attempts, job.result) == (JobState.DONE, 1, {"note": "hello"})
    assert job.finished_at is not None
    assert await bench.effects(job_id) == ["hello"]


async def test_a_job_shows_progress_and_keeps_its_lease_while_its_end_is_being_stored(
    bench: Bench,
) -> None:
    job_id = await bench.promise(LongEnding())

    await bench.execute(job_id)

    job = await bench.job(job_id)
    assert (job.state, job.last_error) == (JobState.DONE, None)
    assert (job.result, job.progress) == ({"note": "ended"}, {"done": 2, "total": 2})


async def test_a_job_has_finished_when_its_last_transaction_ends_not_when_that_began(
    bench: Bench,
) -> None:
    job_id = await bench.promise(LongEnding())

    await bench.execute(job_id)

    written_before = "(SELECT max(at) FROM effects WHERE job_id = jobs.id) <= finished_at"
    assert await bench.count(written_before) == 1


async def test_a_job_that_is_handed_over_many_times_at_once_runs_once(bench: Bench) -> None:
    job_id = await bench.promise(Slow(seconds=0.3))

    await asyncio.gather(*(bench.execute(job_id) for _ in range(6)))
    await bench.execute(job_id)

    assert await bench.effects(job_id) == ["began", "ended"]
    assert (await bench.job(job_id)).attempts == 1


async def test_a_job_that_does_not_exist_is_passed_over(bench: Bench) -> None:
    await bench.execute(new_id())

    assert await bench.count("true") == 0


async def test_a_failing_job_waits_as_its_kind_says_and_then_is_dead(bench: Bench) -> None:
    job_id = await bench.promise(Failing())
    waits = []
    for _ in range(2):
        await bench.execute(job_id)
        assert (await bench.job(job_id)).state is JobState.PENDING
        waits.append(await bench.seconds_until_due(job_id))
        await bench.make_due(job_id)
    await bench.execute(job_id)

    job = await bench.job(job_id)
    assert waits == [5, 25]
    assert (job.state, job.attempts) == (JobState.DEAD, 3)
    assert job.finished_at is not None
    assert await bench.effects(job_id) == [
        "attempt 1, last: False",
        "attempt 2, last: False",
        "attempt 3, last: True",
    ]


async def test_a_stored_error_names_the_exception_and_no_secret(bench: Bench) -> None:
    job_id = await bench.promise(Failing())

    await bench.execute(job_id)

    assert (await bench.job(job_id)).last_error == "RuntimeError: GitHub said no to token=***"


async def test_a_failed_job_does_not_run_before_its_time(bench: Bench) -> None:
    job_id = await bench.promise(Failing())
    await bench.execute(job_id)

    await bench.execute(job_id)

    assert (await bench.job(job_id)).attempts == 1


async def test_waits_with_jitter_are_never_longer_than_declared(bench: Bench) -> None:
    waits = []
    for _ in range(10):
        job_id = await bench.promise(Unstorable())
        await bench.execute(job_id)
        waits.append(await bench.seconds_until_due(job_id))

    assert all(0 <= wait <= 1 for wait in waits)
    assert len(set(waits)) == 10


async def test_a_job_that_gives_up_is_dead_at_once(bench: Bench) -> None:
    job_id = await bench.promise(Hopeless())

    await bench.execute(job_id)

    job = await bench.job(job_id)
    assert (job.state, job.attempts) == (JobState.DEAD, 1)
    assert job.last_error == "the repository is gone"


async def test_a_job_that_takes_too_long_is_cancelled_and_fails(bench: Bench) -> None:
    job_id = await bench.promise(Impatient())

    await bench.execute(job_id)

    job = await bench.job(job_id)
    assert (job.state, job.last_error) == (JobState.DEAD, "TimeLimit: took longer than 0.2 s")


async def test_a_result_that_is_not_json_fails_the_job(bench: Bench) -> None:
    job_id = await bench.promise(Unstorable())

    await bench.execute(job_id)

    job = await bench.job(job_id)
    assert job.state is JobState.PENDING
    assert job.last_error == "TypeError: Type is not JSON serializable: object"


async def test_a_job_of_an_unknown_kind_waits_for_a_deploy_and_then_is_dead(bench: Bench) -> None:
    job_id = await bench.promise(Note())
    await bench.write("UPDATE jobs SET kind = 'test.unheard_of'")
    waits = []
    for _ in range(3):
        await bench.execute(job_id)
        waits.append(await bench.seconds_until_due(job_id))
        await bench.make_due(job_id)
    await bench.execute(job_id)

    job = await bench.job(job_id)
    assert waits == [5, 30, 120]
    assert job.state is JobState.DEAD
    assert job.last_error == (
        "Unreadable: this version of Taskly has no handler for the kind test.unheard_of"
    )


async def test_a_payload_that_no_longer_fits_is_told_apart_without_its_values(bench: Bench) -> None:
    job_id = await bench.promise(Slow(seconds=1))
    await bench.write("""UPDATE jobs SET payload = '{"seconds": "a long time", "more": 1}'""")

    await bench.execute(job_id)

    job = await bench.job(job_id)
    assert job.state is JobState.PENDING
    assert job.last_error == (
        "Unreadable: the stored job is malformed: ValidationError: seconds: Input should be a valid "
        "number, unable to parse string as a number; more: Extra inputs are not permitted"
    )


async def test_a_job_whose_worker_died_in_every_attempt_is_dead(bench: Bench) -> None:
    job_id = await bench.promise(Poison())
    await bench.write("UPDATE jobs SET state = 'running', attempts = 2")

    await bench.execute(job_id)

    job = await bench.job(job_id)
    assert (job.state, job.attempts) == (JobState.DEAD, 3)
    assert job.last_error == "its worker was killed in the middle of the last attempt"
    assert await bench.effects(job_id) == []


async def test_a_long_job_keeps_its_lease_and_shows_its_progress(bench: Bench) -> None:
    job_id = await bench.promise(Long(steps=4, step_seconds=0.1))

    await bench.execute(job_id)

    assert (await bench.job(job_id)).progress == {"done": 4, "total": 4}


async def test_a_lease_is_renewed_while_the_handler_works(bench: Bench) -> None:
    short = bench.runtime.settings.model_copy(update={"job_lease_seconds": 1})
    bench = Bench(replace(bench.runtime, settings=short))
    job_id = await bench.promise(Slow(seconds=2))
    running = asyncio.create_task(bench.execute(job_id))

    async def outlived_the_first_lease() -> bool:
        return await bench.count("state = 'running' AND created_at < now() - interval '1.5 s'") == 1

    await bench.eventually(outlived_the_first_lease)
    await bench.execute(job_id)
    await running

    assert await bench.effects(job_id) == ["began", "ended"]


async def test_a_job_whose_lease_can_not_be_renewed_is_given_up_before_another_takes_it(
    bench: Bench,
) -> None:
    short = bench.runtime.settings.model_copy(update={"job_lease_seconds": 1})
    bench = Bench(replace(bench.runtime, settings=short))
    job_id = await bench.promise(Slow(seconds=40))
    running = asyncio.create_task(bench.execute(job_id))

    async def began() -> bool:
        return await bench.effects(job_id) == ["began"]

    await bench.eventually(began)
    async with bench.runtime.database.transaction(SYSTEM) as transaction:
        locking = text("SELECT FROM jobs WHERE id = :job FOR UPDATE")
        await transaction.session.execute(locking, {"job": job_id})
        await asyncio.wait_for(running, 30)

    assert (await bench.job(job_id)).state == JobState.RUNNING
    assert await bench.effects(job_id) == ["began"]


async def test_a_worker_that_lost_its_job_writes_nothing_more(bench: Bench) -> None:
    job_id = await bench.promise(Slow(seconds=1))
    running = asyncio.create_task(bench.execute(job_id))

    async def began() -> bool:
        return await bench.effects(job_id) == ["began"]

    await bench.eventually(began)
    await bench.make_due(job_id)
    async with bench.runtime.database.transaction(SYSTEM) as transaction:
        taken = await ledger.claim(transaction.session, job_id, lease_seconds=60)
    await running

    assert taken is not None
    assert await bench.effects(job_id) == ["began"]
    job = await bench.job(job_id)
    assert (job.state, job.attempts, job.last_error) == (JobState.RUNNING, 2, None)


async def test_a_transaction_of_a_lost_job_rolls_back(bench: Bench) -> None:
    job_id = await bench.promise(Note())
    async with bench.runtime.database.transaction(SYSTEM) as transaction:
        claim = await ledger.claim(transaction.session, job_id, lease_seconds=0)
    assert claim is not None
    async with bench.runtime.database.transaction(SYSTEM) as transaction:
        await ledger.claim(transaction.session, job_id, lease_seconds=60)
    work = Work(bench.runtime, claim, last_attempt=False)

    with pytest.raises(TakenOver):
        async with work.transaction() as transaction:
            await transaction.session.execute(
                text("INSERT INTO effects (job_id, note) VALUES (:job, 'late')"), {"job": job_id}
            )
    with pytest.raises(TakenOver):
        await work.progress(1, 2)

    assert await bench.effects(job_id) == []


async def test_an_interrupted_job_is_given_back_at_once_with_its_attempt(bench: Bench) -> None:
    job_id = await bench.promise(Slow(seconds=30))
    running = asyncio.create_task(bench.execute(job_id))

    async def began() -> bool:
        return await bench.effects(job_id) == ["began"]

    await bench.eventually(began)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    job = await bench.job(job_id)
    assert (job.state, job.attempts) == (JobState.PENDING, 0)
    assert await bench.count("next_attempt_at <= now()") == 1


async def test_a_cut_connection_to_postgresql_costs_an_attempt_at_most(bench: Bench) -> None:
    job_id = await bench.promise(Slow(seconds=1))
    running = asyncio.create_task(bench.execute(job_id))

    async def began() -> bool:
        return await bench.effects(job_id) == ["began"]

    await bench.eventually(began)
    await bench.write(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await running

    assert await bench.effects(job_id) == ["began", "ended"]
    assert (await bench.job(job_id)).state is JobState.DONE
