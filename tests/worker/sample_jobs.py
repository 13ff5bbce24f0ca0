"""Jobs for tests, loaded by worker processes through `--module tests.worker.sample_jobs`.

What they do is written into the table `effects`, where a test reads how often it happened.
"""

import asyncio
import os
import signal
import time

from sqlalchemy import text

from taskly.platform.db.session import Transaction
from taskly.platform.events.jobs import Death, JobSpec, Queue, handles
from taskly.platform.jobs.work import GiveUp, Retry, Work

EFFECTS = (
    "CREATE TABLE IF NOT EXISTS effects"
    " (job_id uuid, note text, at timestamptz DEFAULT clock_timestamp())"
)


class Note(JobSpec, kind="test.note", queue=Queue.BULK):
    """Leave a note, once."""

    note: str = "noted"


class Slow(JobSpec, kind="test.slow", queue=Queue.BULK):
    """Say that it began, take some time, then leave a note, once."""

    seconds: float


class Waiting(JobSpec, kind="test.waiting", queue=Queue.BULK, only_waits=True):
    """Say that it began, and wait for somebody outside, then leave a note, once."""

    seconds: float


class Long(JobSpec, kind="test.long", queue=Queue.BULK):
    """Come a long way in steps, showing progress, then leave a note, once."""

    steps: int
    step_seconds: float


class LongEnding(JobSpec, kind="test.long_ending", queue=Queue.BULK, retry_delays=()):
    """Leave a note, and show progress while all of it is being stored."""


class Failing(
    JobSpec, kind="test.failing", queue=Queue.WEBHOOKS, retry_delays=(5, 25), jitter=False
):
    """Fail every time, with a secret in the message."""


class Impatient(JobSpec, kind="test.impatient", queue=Queue.BULK, retry_delays=(), time_limit=0.2):
    """Take longer than it may."""


class PutOff(JobSpec, kind="test.put_off", queue=Queue.INTERACTIVE):
    """Ask for time at the first attempt, leave a note at the next one."""

    after: float


class Hopeless(JobSpec, kind="test.hopeless", queue=Queue.BULK):
    """Give up at once."""


class Unstorable(JobSpec, kind="test.unstorable", queue=Queue.BULK):
    """Return what can't be kept."""


class Poison(JobSpec, kind="test.poison", queue=Queue.BULK, retry_delays=(1,), jitter=False):
    """Kill the process that runs it."""


class Missed(JobSpec, kind="test.missed", queue=Queue.BULK, retry_delays=(), time_limit=0.2):
    """Take longer than it may, and be missed."""

    mourner_fails: bool = False
    mourner_is_late: bool = False


class Blocking(JobSpec, kind="test.blocking", queue=Queue.BULK):
    """Block the event loop, as no handler should."""

    seconds: float


@handles(Note)
async def leave_note(work: Work, job: Note) -> dict[str, str]:
    """Exactly once: the note is written with the job's end."""
    await _last_effect(work, job.note)
    return {"note": job.note}


@handles(Slow)
async def slow(work: Work, job: Slow) -> None:
    """Begins as often as it is started, and ends once."""
    await _effect(work, "began")
    await asyncio.sleep(job.seconds)
    await _last_effect(work, "ended")


@handles(Waiting)
async def waiting(work: Work, job: Waiting) -> None:
    """As a slow one."""
    await slow(work, Slow(seconds=job.seconds))


@handles(Long)
async def long(work: Work, job: Long) -> None:
    """Longer than a lease."""
    for step in range(job.steps):
        await asyncio.sleep(job.step_seconds)
        await work.progress(step + 1, job.steps)
    await _last_effect(work, "ended")


@handles(Failing)
async def failing(work: Work, _job: Failing) -> None:
    """Fails with what should not be seen."""
    await _effect(work, f"attempt {work.attempt}, last: {work.last_attempt}")
    raise RuntimeError("GitHub said no to token=ghp_0123456789abcdef")


@handles(LongEnding)
async def long_ending(work: Work, _job: LongEnding) -> None:
    """Shows progress beside the transaction that ends the job, which is as a renewal of its lease."""
    async with work.last_transaction(result={"note": "ended"}) as transaction:
        transaction.do_last(lambda: work.progress(1, 2))
        await _note_in(transaction, work, "ended")


@handles(Impatient)
async def impatient(_work: Work, _job: Impatient) -> None:
    """Sleeps through its limit."""
    await asyncio.sleep(60)


@handles(PutOff)
async def put_off(work: Work, job: PutOff) -> None:
    """Puts itself off once."""
    async with work.reading() as session:
        before = await session.scalar(
            text("SELECT count(*) FROM effects WHERE job_id = :job"), {"job": work.job_id}
        )
    if not before:
        await _effect(work, "put off")
        raise Retry("rate limited", after=job.after)
    await _last_effect(work, f"done at attempt {work.attempt}")


@handles(Hopeless)
async def hopeless(_work: Work, _job: Hopeless) -> None:
    """Knows better than to try again."""
    raise GiveUp("the repository is gone")


@handles(Unstorable)
async def unstorable(_work: Work, _job: Unstorable) -> dict[str, object]:
    """An object is not JSON."""
    return {"result": object()}


@handles(Poison)
async def poison(work: Work, _job: Poison) -> None:
    """Dies without a word."""
    await _effect(work, "swallowed")
    os.kill(os.getpid(), signal.SIGKILL)


async def mourn(transaction: Transaction, job: Missed, death: Death) -> None:
    """Leave the reason, and promise a note."""
    await transaction.session.execute(
        text("INSERT INTO effects (note) VALUES (:reason)"), {"reason": death.reason}
    )
    transaction.promise(Note(note="in memory"))
    if job.mourner_fails:
        raise RuntimeError("words fail me")
    if job.mourner_is_late:
        raise TimeoutError("PostgreSQL takes too long")


@handles(Missed, on_dead=mourn)
async def missed(work: Work, _job: Missed) -> None:
    """Begins, and sleeps through its limit."""
    await _effect(work, "began")
    await asyncio.sleep(60)


@handles(Blocking)
async def blocking(work: Work, job: Blocking) -> None:
    """Sleeps where it should wait."""
    await _effect(work, "blocking")
    time.sleep(job.seconds)  # noqa: ASYNC251 - this is what the test is about


async def _effect(work: Work, note: str) -> None:
    async with work.transaction() as transaction:
        await _note_in(transaction, work, note)


async def _last_effect(work: Work, note: str) -> None:
    async with work.last_transaction(result={"note": note}) as transaction:
        await _note_in(transaction, work, note)


async def _note_in(transaction: Transaction, work: Work, note: str) -> None:
    await transaction.session.execute(
        text("INSERT INTO effects (job_id, note) VALUES (:job, :note)"),
        {"job": work.job_id, "note": note},
    )
