"""Real workers and schedulers, killed, frozen and stopped."""

import asyncio
import json
import os
from collections.abc import Callable
from uuid import UUID

import pytest
from celery import Celery

from taskly.kit.ids import new_id
from taskly.platform.broker import RUN_JOB, make_broker
from taskly.platform.context import SYSTEM
from taskly.platform.events.handover import CeleryHandover, WakeUp
from taskly.platform.events.jobs import JobSpec
from taskly.platform.events.models import JobState
from taskly.platform.jobs.liveness import worker_heartbeat_age
from taskly.platform.settings import Settings
from tests.worker.bench import Bench
from tests.worker.processes import RedisServer, TasklyProcess
from tests.worker.sample_jobs import Blocking, Failing, Note, Poison, Slow, Waiting

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

Start = Callable[..., TasklyProcess]


async def begun(bench: Bench, job_id: UUID) -> None:
    async def has_begun() -> bool:
        return await bench.effects(job_id) == ["began"]

    await bench.eventually(has_begun)


async def all_done(bench: Bench, *, keep: TasklyProcess | None = None) -> None:
    async def done() -> bool:
        if keep is not None:
            keep.keep_running()
        return await bench.count("kind LIKE 'test.%' AND state <> 'done'") == 0

    await bench.eventually(done)


async def effects_per_job(bench: Bench) -> set[int]:
    return {
        len(await bench.effects(job_id)) for job_id in await bench.job_ids("kind = 'test.note'")
    }


async def test_a_promised_job_is_done_at_once(bench: Bench, start: Start) -> None:
    start("worker")
    job_id = await bench.promise(Note(note="hello"))

    job = await bench.eventually_ends(job_id)

    assert (job.state, job.attempts, job.result) == (JobState.DONE, 1, {"note": "hello"})


async def test_a_worker_reaches_redis_through_a_unix_socket(
    bench: Bench, start: Start, redis_server: RedisServer
) -> None:
    start("worker", REDIS_URL=f"unix://{redis_server.socket}?db=0")
    job_id = await bench.promise(Note())

    assert (await bench.eventually_ends(job_id)).state is JobState.DONE


async def test_a_job_s_log_lines_carry_the_request_that_promised_it(
    bench: Bench, start: Start
) -> None:
    worker = start("worker")
    job_id = await bench.promise(Note())
    await bench.eventually_ends(job_id)

    async def written() -> bool:
        return "job.done" in worker.output()

    await bench.eventually(written)
    lines = [json.loads(line) for line in worker.output().splitlines()]
    (done,) = [line for line in lines if line["event"] == "job.done"]
    assert (done["request_id"], done["job_id"]) == ("req-of-the-promise", str(job_id))
    assert (done["kind"], done["attempt"], done["process"]) == ("test.note", 1, "worker")


async def test_a_job_in_many_messages_to_two_workers_runs_once(
    bench: Bench, start: Start, settings: Settings
) -> None:
    start("worker"), start("worker")
    job_id = await bench.promise(Slow(seconds=1))
    handover = CeleryHandover(settings)
    await handover.wake([WakeUp(job_id, "bulk")] * 20)
    handover.close()

    job = await bench.eventually_ends(job_id)

    assert job.attempts == 1
    assert await bench.effects(job_id) == ["began", "ended"]


async def test_a_job_of_a_killed_worker_ends_once_in_effect(bench: Bench, start: Start) -> None:
    start("scheduler")
    worker = start("worker")
    job_id = await bench.promise(Slow(seconds=2))
    await begun(bench, job_id)
    worker.kill()
    start("worker")

    job = await bench.eventually_ends(job_id)

    assert (job.state, job.attempts) == (JobState.DONE, 2)
    assert await bench.effects(job_id) == ["began", "began", "ended"]


async def test_a_job_that_kills_its_worker_is_dead_in_the_end(bench: Bench, start: Start) -> None:
    start("scheduler")
    worker = start("worker")
    job_id = await bench.promise(Poison())

    async def dead() -> bool:
        worker.keep_running()
        return (await bench.job(job_id)).state is JobState.DEAD

    await bench.eventually(dead)
    assert await bench.effects(job_id) == ["swallowed", "swallowed"]


@pytest.mark.parametrize("loss", ["flushed", "killed"])
async def test_jobs_survive_an_emptied_redis(
    bench: Bench, start: Start, redis_server: RedisServer, loss: str
) -> None:
    async with bench.runtime.database.transaction(SYSTEM) as transaction:
        for _ in range(50):
            transaction.promise(Note())
    if loss == "flushed":
        with redis_server.client() as client:
            client.flushall()
    else:
        redis_server.kill()
        redis_server.start()
    worker = start("worker", "--with-scheduler")

    await all_done(bench, keep=worker)

    assert await bench.count("kind = 'test.note'") == 50
    assert await effects_per_job(bench) == {1}


async def test_jobs_survive_a_redis_that_dies_under_a_working_worker(
    bench: Bench, start: Start, redis_server: RedisServer
) -> None:
    start("scheduler")
    worker = start("worker")
    running = await bench.promise(Slow(seconds=2))
    await begun(bench, running)
    redis_server.kill()
    async with bench.runtime.database.transaction(SYSTEM) as transaction:
        for _ in range(20):
            transaction.promise(Note())
    await asyncio.sleep(1)
    redis_server.start()

    await all_done(bench, keep=worker)

    assert (await bench.effects(running))[-1] == "ended"
    assert (await bench.effects(running)).count("ended") == 1
    assert await effects_per_job(bench) == {1}


async def test_a_worker_does_not_go_deaf_when_redis_is_gone_as_a_job_ends(
    bench: Bench, start: Start, redis_server: RedisServer
) -> None:
    start("scheduler")
    worker = start("worker", TASKLY_WORKER_CONCURRENCY="1")
    for _ in range(2):
        running = await bench.promise(Slow(seconds=1))
        await begun(bench, running)
        redis_server.kill()
        await bench.eventually_ends(running)
        # The acknowledgement follows the end of the job, and has to fail.
        await asyncio.sleep(0.5)
        redis_server.start()

    job_id = await bench.promise(Note())
    await all_done(bench, keep=worker)

    assert await bench.effects(job_id) == ["noted"]


async def test_a_worker_resumes_after_redis_was_frozen(
    bench: Bench, start: Start, redis_server: RedisServer
) -> None:
    worker = start("worker", "--with-scheduler")
    await bench.eventually_ends(await bench.promise(Note()))
    redis_server.freeze()
    job_id = await bench.promise(Note())
    await asyncio.sleep(3)
    redis_server.thaw()

    await all_done(bench, keep=worker)

    assert await bench.effects(job_id) == ["noted"]


async def test_a_failing_job_is_tried_again_and_then_dead_and_visible(
    bench: Bench, start: Start
) -> None:
    start("worker", "--with-scheduler")
    job_id = await bench.promise(Failing())

    async def tried(times: int) -> bool:
        job = await bench.job(job_id)
        return job.attempts == times and job.state is not JobState.RUNNING

    for times in (1, 2):
        await bench.eventually(lambda times=times: tried(times))  # type: ignore[misc]
        await bench.write("UPDATE jobs SET next_attempt_at = now() WHERE id = :job", job=job_id)

    job = await bench.eventually_ends(job_id)
    assert (job.state, job.attempts) == (JobState.DEAD, 3)
    assert job.last_error == "RuntimeError: GitHub said no to token=***"


async def test_no_secret_of_a_failing_job_reaches_the_logs(bench: Bench, start: Start) -> None:
    worker = start("worker")
    await bench.promise(Failing())

    async def written() -> bool:
        return "job.failed" in worker.output()

    await bench.eventually(written)
    assert "0123456789abcdef" not in worker.output()


async def test_messages_that_mean_nothing_do_no_harm(
    bench: Bench, start: Start, settings: Settings
) -> None:
    broker: Celery = make_broker(settings)
    broker.send_task(RUN_JOB, args=["not an id"], queue="bulk")
    broker.send_task(RUN_JOB, args=[str(new_id())], queue="bulk")
    broker.send_task("taskly.unheard_of", args=[], queue="bulk")
    broker.close()
    job_id = await bench.promise(Note())
    start("worker")

    assert (await bench.eventually_ends(job_id)).state is JobState.DONE


@pytest.mark.parametrize("spec", [Slow(seconds=1), Waiting(seconds=1)], ids=lambda job: job.kind)
async def test_sigterm_lets_running_jobs_end(spec: JobSpec, bench: Bench, start: Start) -> None:
    worker = start("worker", TASKLY_DRAIN_SECONDS="10")
    job_id = await bench.promise(spec)
    await begun(bench, job_id)

    worker.terminate()

    assert worker.wait(10) == 0
    assert await bench.effects(job_id) == ["began", "ended"]
    assert (await bench.job(job_id)).state is JobState.DONE


async def test_jobs_that_only_wait_take_no_place_and_are_given_back_like_others(
    bench: Bench, start: Start
) -> None:
    worker = start("worker", TASKLY_WORKER_CONCURRENCY="1", TASKLY_DRAIN_SECONDS="0.5")
    waiting = [await bench.promise(Waiting(seconds=600)) for _ in range(3)]
    for job_id in waiting:
        await begun(bench, job_id)

    await bench.eventually_ends(await bench.promise(Note()))

    worker.terminate()
    assert worker.wait(10) == 0
    jobs = [await bench.job(job_id) for job_id in waiting]
    assert [(job.state, job.attempts) for job in jobs] == [(JobState.PENDING, 0)] * 3


async def test_sigterm_gives_back_what_does_not_end_in_time(bench: Bench, start: Start) -> None:
    worker = start("worker", TASKLY_DRAIN_SECONDS="0.5")
    job_id = await bench.promise(Slow(seconds=30))
    await begun(bench, job_id)

    worker.terminate()

    assert worker.wait(10) == 0
    job = await bench.job(job_id)
    assert (job.state, job.attempts) == (JobState.PENDING, 0)


async def test_a_worker_stops_although_redis_is_gone(
    bench: Bench, start: Start, redis_server: RedisServer
) -> None:
    worker = start("worker")
    await bench.eventually_ends(await bench.promise(Note()))
    redis_server.kill()
    await asyncio.sleep(0.5)

    worker.terminate()

    worker.wait(15)


async def test_a_handler_that_blocks_the_loop_costs_the_process_and_not_the_jobs(
    bench: Bench, start: Start
) -> None:
    worker = start("worker")
    await bench.promise(Blocking(seconds=30))

    assert worker.wait(20) == os.EX_SOFTWARE


async def test_a_worker_serves_the_queues_that_it_is_told_to(bench: Bench, start: Start) -> None:
    start("worker", "--queues", "interactive,webhooks")
    bulk = await bench.promise(Note())
    webhook = await bench.promise(Failing())

    async def attempted() -> bool:
        return (await bench.job(webhook)).last_error is not None

    await bench.eventually(attempted)
    assert (await bench.job(bulk)).attempts == 0


async def test_the_scheduler_s_heartbeat_shows_that_a_worker_works(
    bench: Bench, start: Start
) -> None:
    start("scheduler"), start("scheduler")

    async def promised() -> bool:
        return await bench.count("kind = 'worker.heartbeat'") == 1

    await bench.eventually(promised)
    assert await worker_heartbeat_age(bench.runtime.database) is None
    start("worker")

    async def beating() -> bool:
        return await worker_heartbeat_age(bench.runtime.database) is not None

    await bench.eventually(beating)
    assert await bench.count("kind = 'worker.heartbeat' AND state = 'done'") == 1


async def test_a_scheduler_stops_when_it_is_asked_to(bench: Bench, start: Start) -> None:
    scheduler = start("scheduler")

    async def started() -> bool:
        return await bench.count("kind = 'worker.heartbeat'") == 1

    await bench.eventually(started)
    scheduler.terminate()

    assert scheduler.wait(10) == 0


@pytest.mark.parametrize(
    ("variable", "complaint"),
    [
        ("DATABASE_URL", "DATABASE_URL is not set."),
        ("REDIS_URL", "REDIS_URL is not set."),
        ("TASKLY_ENCRYPTION_KEYS", "TASKLY_ENCRYPTION_KEYS: "),
    ],
)
async def test_a_worker_that_lacks_a_setting_names_it_and_ends(
    start: Start, variable: str, complaint: str
) -> None:
    worker = start("worker", **{variable: ""})

    assert worker.wait(10) == os.EX_CONFIG
    assert worker.output().startswith(complaint)
    assert len(worker.output().splitlines()) == 1


async def test_redis_holds_nothing_more_after_many_jobs(
    bench: Bench, start: Start, redis_server: RedisServer
) -> None:
    worker, scheduler = start("worker"), start("scheduler")
    async with bench.runtime.database.transaction(SYSTEM) as transaction:
        for _ in range(500):
            transaction.promise(Note())
    await all_done(bench)
    # Wake-ups of periodic jobs, and second ones of jobs that the sweep found first, are taken, too.
    scheduler.terminate()
    scheduler.wait(10)

    def left() -> list[str]:
        with redis_server.client() as client:
            keys = [str(key) for key in client.scan_iter()]
        return [key for key in keys if "_kombu.binding" not in key]

    async def nothing_is_left() -> bool:
        return await asyncio.to_thread(left) == []

    await bench.eventually(nothing_is_left)
    worker.terminate()
    worker.wait(10)
    assert left() == []
