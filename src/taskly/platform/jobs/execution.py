"""One attempt at a job: claim it, run the handler under a renewed lease, write down how it went."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sentry_sdk
import stamina
import structlog
from prometheus_client import Counter, Histogram
from pydantic import ValidationError

from taskly.platform.context import SYSTEM, request_id
from taskly.platform.db.session import Transaction
from taskly.platform.events.change import JsonObject
from taskly.platform.events.jobs import Death, JobSpec, Registered, registered
from taskly.platform.jobs import ledger
from taskly.platform.jobs.failures import (
    UNREADABLE_DELAYS,
    TimeLimit,
    Unreadable,
    check_storable,
    delay_before_next,
    describe,
    is_passing,
    put_off_seconds,
)
from taskly.platform.jobs.work import GiveUp, Retry, TakenOver, Work
from taskly.platform.runtime import Runtime

log = structlog.get_logger()

LONGEST_PUTTING_OFF = timedelta(days=1)
CANCELLING_SECONDS = 10

ENDED = Counter("taskly_jobs_ended", "Attempts at jobs, by how they ended.", ["kind", "ending"])
BURIALS = 5
"""How often a death that can't be told, because PostgreSQL is busy or away, is tried once more."""

DURATION = Histogram(
    "taskly_job_seconds",
    "How long attempts at jobs took.",
    ["kind"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 3, 10, 30, 60, 300),
)


async def execute(
    runtime: Runtime, job_id: UUID, *, leave_place: Callable[[], None] | None = None
) -> None:
    """Make one attempt at a job, if it is there to be claimed.

    `leave_place` is called as soon as it turns out to be one that only waits. Whatever happens is written down or
    left to the sweep; nothing is raised but the cancellation with which a stopping worker interrupts its jobs.
    """
    try:
        async with runtime.database.transaction(SYSTEM) as transaction:
            claim = await ledger.claim(
                transaction.session, job_id, lease_seconds=runtime.settings.job_lease_seconds
            )
    except Exception as error:  # without a claim nothing has begun; the sweep comes again
        log.warning("job.not_reached", job_id=job_id, error=describe(error))
        return
    if claim is None:
        log.debug("job.not_claimed", job_id=job_id)
        return
    attempt = _Attempt(runtime, claim)
    if leave_place is not None and attempt.only_waits:
        leave_place()
    token = request_id.set(claim.request_id)
    try:
        with structlog.contextvars.bound_contextvars(
            job_id=str(job_id), kind=claim.kind, attempt=claim.attempt
        ):
            await attempt.make()
    finally:
        request_id.reset(token)


@dataclass(frozen=True, slots=True)
class _Ending:
    """How an attempt ended: its name in logs, and what to write."""

    event: str
    write: Callable[[Transaction], Awaitable[bool]] | None = None
    level: str = "info"
    error: BaseException | None = None
    wait: float | None = None
    at_least: Callable[[Transaction], Awaitable[bool]] | None = None
    """What to write when `write` can't be."""


class _Attempt:
    def __init__(self, runtime: Runtime, claim: ledger.Claim) -> None:
        self._runtime = runtime
        self._claim = claim
        self._lease = runtime.settings.job_lease_seconds
        self._known = registered(claim.kind)
        self._job: JobSpec | None = None

    @property
    def only_waits(self) -> bool:
        """Whether it needs no place in the worker."""
        return self._known is not None and self._known.spec.only_waits

    async def make(self) -> None:
        log.debug("job.started")
        started = self._runtime.clock.monotonic()
        try:
            ending = await self._ending()
        except asyncio.CancelledError:
            await asyncio.shield(self._settle(self._interrupted(), started))
            raise
        await self._settle(ending, started)

    async def _ending(self) -> _Ending:
        claim = self._claim
        known = self._known
        if known is None:
            return self._unreadable(
                Unreadable(f"this version of Taskly has no handler for the kind {claim.kind}")
            )
        try:
            job = self._job = known.spec.model_validate(claim.payload)
        except ValidationError as error:
            return self._unreadable(Unreadable(f"the stored job is malformed: {describe(error)}"))
        if claim.attempt > len(known.spec.retry_delays) + 1:
            return self._dead(GiveUp("its worker was killed in the middle of the last attempt"))
        return await self._run(known, job)

    async def _run(self, known: Registered, job: Any) -> _Ending:
        wait = delay_before_next(known.spec, self._claim.attempt)
        work = Work(self._runtime, self._claim, last_attempt=wait is None)
        try:
            result = await self._under_lease(known.handler(work, job), known.spec.time_limit)
            check_storable(result)
        except Exception as error:  # a handler may fail in any way
            return self._unsuccessful(work, error, wait)
        level = "debug" if known.spec.routine else "info"
        if work.completed:
            return _Ending("job.done", level=level)
        return _Ending(
            "job.done", lambda tx: ledger.complete(tx.session, self._claim, result), level=level
        )

    def _unsuccessful(self, work: Work, error: Exception, wait: float | None) -> _Ending:
        if work.completed:
            return _Ending("job.done", level="warning", error=error)
        match error:
            case TakenOver():
                return _Ending("job.taken_over", level="warning")
            case Retry():
                return self._put_off(error)
            case GiveUp():
                return self._dead(error)
            case _:
                return self._failed(error, wait)

    async def _under_lease(
        self, working: Awaitable[JsonObject | None], limit: float
    ) -> JsonObject | None:
        """Run the handler, renewing the lease beside it, until it ends, loses the job or takes too long."""
        handler = asyncio.ensure_future(working)
        keeper = asyncio.create_task(self._keep_lease())
        try:
            await asyncio.wait(
                {handler, keeper}, timeout=limit, return_when=asyncio.FIRST_COMPLETED
            )
            if handler.cancelled():
                raise RuntimeError("the handler cancelled itself")
            if handler.done():
                return handler.result()
            if keeper.done():
                raise TakenOver
            raise TimeLimit(limit)
        finally:
            for task in (handler, keeper):
                task.cancel()
            ended, _ = await asyncio.wait({handler, keeper}, timeout=CANCELLING_SECONDS)
            for task in ended:
                _ = task.cancelled() or task.exception()

    async def _keep_lease(self) -> None:
        """Renew the lease until somebody else has the job, or may have it, as the lease has run out."""
        now = self._runtime.clock.monotonic
        renewed = now()
        while (left := renewed + self._lease - now()) > 0:
            await asyncio.sleep(min(self._lease / 3, left))
            began = now()
            try:
                async with (
                    asyncio.timeout(renewed + self._lease - began),
                    self._runtime.database.transaction(SYSTEM) as transaction,
                ):
                    if not await ledger.renew(
                        transaction.session, self._claim, lease_seconds=self._lease
                    ):
                        return
                renewed = began
            except Exception as error:  # there may be more tries before the lease runs out
                log.warning("job.lease_not_renewed", error=describe(error))

    def _failed(self, error: BaseException, wait: float | None) -> _Ending:
        if wait is None:
            return self._dead(error)
        return _Ending(
            "job.failed",
            lambda tx: ledger.fail(tx.session, self._claim, describe(error), retry_after=wait),
            level="warning",
            error=error,
            wait=wait,
        )

    def _unreadable(self, error: Unreadable) -> _Ending:
        made = self._claim.attempt - 1
        return self._failed(
            error, UNREADABLE_DELAYS[made] if made < len(UNREADABLE_DELAYS) else None
        )

    def _put_off(self, error: Retry) -> _Ending:
        if self._claim.put_off_for > LONGEST_PUTTING_OFF:
            return self._dead(error)
        wait = put_off_seconds(error)
        return _Ending(
            "job.put_off",
            lambda tx: ledger.put_off(tx.session, self._claim, describe(error), seconds=wait),
            error=error,
            wait=wait,
        )

    def _dead(self, error: BaseException) -> _Ending:
        return _Ending(
            "job.dead",
            lambda tx: self._bury(tx, describe(error)),
            level="error",
            error=error,
            at_least=lambda tx: ledger.bury(tx.session, self._claim, describe(error)),
        )

    async def _bury(self, transaction: Transaction, reason: str) -> bool:
        await self._tell_of_death(transaction, reason)
        return await ledger.bury(transaction.session, self._claim, reason)

    async def _tell_of_death(self, transaction: Transaction, reason: str) -> None:
        """Let the kind's `on_dead` write; before the burial, as handlers lock boards before jobs."""
        if self._known is None or self._known.on_dead is None or self._job is None:
            return
        await self._known.on_dead(transaction, self._job, Death(self._claim.id, reason))

    def _interrupted(self) -> _Ending:
        return _Ending(
            "job.interrupted",
            lambda tx: ledger.give_back(
                tx.session, self._claim, "the worker was stopped in the middle"
            ),
        )

    async def _settle(self, ending: _Ending, started: float) -> None:
        """Write the ending down. If that fails the lease runs out and the job is run again."""
        seconds = self._runtime.clock.monotonic() - started
        try:
            await self._store(ending)
        except TakenOver:
            ending = _Ending("job.taken_over", level="warning")
        except Exception:  # the row still says running
            log.exception("job.not_settled", ending=ending.event)
            return
        ENDED.labels(self._claim.kind, ending.event.removeprefix("job.")).inc()
        DURATION.labels(self._claim.kind).observe(seconds)
        _log(ending, seconds)

    async def _store(self, ending: _Ending) -> None:
        """Store the ending.

        Raises:
            TakenOver: another worker has the job; nothing was written.
        """
        if ending.write is None:
            return
        try:
            await self._write(ending.write)
        except Exception as error:
            if ending.at_least is None or isinstance(error, TakenOver):
                raise
            if is_passing(error) and not self._was_buried_in_vain:
                raise
            # What `on_dead` can't write must not bring the job back at every lease, for ever.
            log.exception("job.on_dead_failed")
            await self._write(ending.at_least)

    @property
    def _was_buried_in_vain(self) -> bool:
        """Whether it is tried to bury the job so often that nothing is to be hoped for."""
        attempts = 1 if self._known is None else len(self._known.spec.retry_delays) + 1
        return self._claim.attempt > attempts + BURIALS

    async def _write(self, write: Callable[[Transaction], Awaitable[bool]]) -> None:
        async for attempt in stamina.retry_context(
            on=_may_settle_later, attempts=6, timeout=self._lease, wait_initial=0.2, wait_max=5
        ):
            with attempt:
                async with self._runtime.database.transaction(SYSTEM) as transaction:
                    if not await write(transaction):
                        raise TakenOver
                    return


def _may_settle_later(error: Exception) -> bool:
    if not is_passing(error):
        return False
    log.warning("job.settling_failed", error=describe(error))
    return True


def _log(ending: _Ending, seconds: float) -> None:
    fields: dict[str, Any] = {"seconds": round(seconds, 3)}
    if ending.wait is not None:
        fields["wait"] = round(ending.wait, 1)
    if ending.error is not None:
        fields["error"] = describe(ending.error)
    if ending.level in {"warning", "error"}:
        fields["exc_info"] = ending.error
    if ending.event == "job.dead" and ending.error is not None:
        sentry_sdk.capture_exception(ending.error)
    getattr(log, ending.level)(ending.event, **fields)
