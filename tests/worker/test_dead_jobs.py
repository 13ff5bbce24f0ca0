"""`taskly jobs`: what is dead is shown, and tried again when somebody says so."""

import os
import subprocess
import sys
from collections.abc import Callable
from uuid import UUID

import pytest

from taskly.kit.ids import new_id
from taskly.platform.events.models import JobState
from taskly.platform.settings import Settings
from tests.worker.bench import Bench
from tests.worker.sample_jobs import Hopeless, Note

pytestmark = pytest.mark.anyio

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def jobs_command(settings: Settings) -> Command:
    """Runs `taskly jobs` with some words."""

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "taskly", "jobs", *map(str, words)],
            env=os.environ | {"DATABASE_URL": settings.required_database_url()},
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


async def dead(bench: Bench) -> UUID:
    """A job that gave up."""
    job_id = await bench.promise(Hopeless())
    await bench.execute(job_id)
    return job_id


async def test_dead_jobs_are_listed_with_what_they_died_of(
    bench: Bench, jobs_command: Command
) -> None:
    job_id = await dead(bench)
    await bench.promise(Note())
    await bench.write("UPDATE jobs SET finished_at = '2026-11-23 12:30:00Z'")

    shown = jobs_command("dead")

    assert (shown.returncode, shown.stdout.splitlines()) == (
        0,
        [
            f"{'ID':<36}  {'KIND':<13}  ATTEMPTS  DEAD SINCE (UTC)  ERROR",
            f"{job_id}  test.hopeless  1         2026-11-23 12:30  the repository is gone",
        ],
    )


@pytest.mark.usefixtures("bench")
async def test_without_dead_jobs_it_says_so(jobs_command: Command) -> None:
    assert jobs_command("dead").stdout == "No job is dead.\n"


async def test_a_named_job_is_tried_again_and_no_other(bench: Bench, jobs_command: Command) -> None:
    first, second = await dead(bench), await dead(bench)

    done = jobs_command("retry", first)

    assert (done.returncode, done.stdout) == (0, "1 job(s) will be tried again.\n")
    assert (await bench.job(first)).state is JobState.PENDING
    assert (await bench.job(second)).state is JobState.DEAD


async def test_an_id_without_a_dead_job_is_named(bench: Bench, jobs_command: Command) -> None:
    job_id, unknown = await dead(bench), new_id()

    done = jobs_command("retry", job_id, unknown)

    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "1 job(s) will be tried again.\n",
        f"There is no dead job {unknown}.\n",
    )


@pytest.mark.parametrize(
    ("words", "left"), [(("--kind", "test.hopeless"), 1), (("--all",), 0), ((), 3)]
)
async def test_a_kind_or_all_are_tried_again(
    bench: Bench, jobs_command: Command, words: tuple[str, ...], left: int
) -> None:
    for _ in range(3):
        await dead(bench)
    await bench.write(
        "UPDATE jobs SET kind = 'test.note' WHERE id = (SELECT id FROM jobs ORDER BY id LIMIT 1)"
    )

    done = jobs_command("retry", *words)

    assert await bench.count("state = 'dead'") == left
    assert done.returncode == (0 if words else 2)


async def test_a_job_that_ended_is_taken_up_again_by_a_promise_that_says_so(bench: Bench) -> None:
    job_id = await bench.promise(Hopeless(), key="one")
    for attempt in range(2):
        await bench.execute(job_id)
        ended = await bench.job(job_id)
        assert (ended.state, ended.attempts) == (JobState.DEAD, 1)
        if attempt == 0:
            await bench.promise(Hopeless(), key="one", again=True)
    assert ended.claims == 2
    assert await bench.count("kind = 'test.hopeless'") == 1


async def test_a_job_that_is_open_is_left_alone_by_a_promise_that_would_take_it_up_again(
    bench: Bench,
) -> None:
    job_id = await bench.promise(Note(), key="one")
    await bench.write("UPDATE jobs SET state = 'running', attempts = 1 WHERE id = :job", job=job_id)

    await bench.promise(Note(note="another"), key="one", again=True)

    job = await bench.job(job_id)
    assert (job.state, job.attempts, job.payload) == (JobState.RUNNING, 1, {})
    assert await bench.count("kind = 'test.note'") == 1
