"""What becomes of a job in one attempt, and in several."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.kit.ids import new_id
from taskly.platform.context import SYSTEM
from taskly.platform.events.jobs import JobSpec
from taskly.platform.events.models import JobState
from taskly.platform.jobs import ledger
from taskly.platform.jobs.work import TakenOver, Work
from tests.worker.bench import Bench
from tests.worker.sample_jobs import (
    Failing,
    Hopeless,
    Impatient,
    Long,
    Missed,
    Note,
    Poison,
    PutOff,
    Slow,
    Unstorable,
)

pytestmark = pytest.mark.anyio


async def due_now(bench: Bench, job_id: UUID) -> None:
    await bench.write("UPDATE jobs SET next_attempt_at = now() WHERE id = :job", job=job_id)


async def seconds_until_due(bench: Bench, job_id: UUID) -> float:
    async with bench.runtime.database.reading() as session:
        seconds = await session.scalar(
            text(
                "SELECT extract(epoch FROM next_attempt_at - updated_at) FROM jobs WHERE id = :job"
            ),
            {"job": job_id},
        )
    return float(seconds)


async def test_a_job_is_done_with_its_effect_and_keeps_its_result(bench: Bench) -> None:
    job_id = await bench.promise(Note(note="hello"))

    await bench.execute(job_id)

    job = await bench.job(job_id)
    assert (job.state, job.attempts, job.result) == (JobState.DONE, 1, {"note": "hello"})
    assert job.finished_at is not None
    assert await bench.effects(job_id) == ["hello"]


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
        waits.append(await seconds_until_due(bench, job_id))
        await due_now(bench, job_id)
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
        waits.append(await seconds_until_due(bench, job_id))

    assert all(0 <= wait <= 1 for wait in waits)
    assert len(set(waits)) == 10


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


async def test_a_job_that_gives_up_is_dead_at_once(bench: Bench) -> None:
    job_id = await bench.promise(Hopeless())

    await bench.execute(job_id)

    job = await bench.job(job_id)
    assert (job.state, job.attempts) == (JobState.DEAD, 1)
    assert job.last_error == "GiveUp: the repository is gone"


async def test_a_job_that_is_put_off_keeps_its_attempt_and_waits_as_long_as_asked(
    bench: Bench,
) -> None:
    job_id = await bench.promise(PutOff(after=90))

    await bench.execute(job_id)
    await bench.execute(job_id)

    job = await bench.job(job_id)
    assert (job.state, job.attempts) == (JobState.PENDING, 0)
    assert await seconds_until_due(bench, job_id) == 90
    await due_now(bench, job_id)
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
        waits.append(await seconds_until_due(bench, job_id))
        await due_now(bench, job_id)
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
    assert job.last_error == "GiveUp: its worker was killed in the middle of the last attempt"
    assert await bench.effects(job_id) == []


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
    assert await last_words(bench) == [
        "GiveUp: its worker was killed in the middle of the last attempt"
    ]


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


async def test_a_worker_that_lost_its_job_writes_nothing_more(bench: Bench) -> None:
    job_id = await bench.promise(Slow(seconds=1))
    running = asyncio.create_task(bench.execute(job_id))

    async def began() -> bool:
        return await bench.effects(job_id) == ["began"]

    await bench.eventually(began)
    await due_now(bench, job_id)
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
