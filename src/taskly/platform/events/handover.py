"""Handing jobs to the workers: beside the request, in a thread of its own, and only as a wake-up.

A frozen Redis makes publishing hang until its socket times out, so nobody waits for it. What could
not be handed over is only late: the sweep does it.
"""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

import structlog
from celery import Celery
from kombu import Producer
from prometheus_client import Counter

from taskly.platform.broker import RUN_JOB, make_broker
from taskly.platform.events.outbox import Promise
from taskly.platform.settings import Settings

log = structlog.get_logger()

BUDGET_SECONDS = 2.0
"""How long a batch may take; what is left then is for the sweep."""

HANDED_OVER = Counter(
    "taskly_jobs_handed_over", "Jobs given to the broker, by outcome.", ["outcome"]
)


@dataclass(frozen=True, slots=True)
class WakeUp:
    """What a worker is told: which job, through which queue."""

    job_id: UUID
    queue: str


class CeleryHandover:
    """Gives jobs to the broker. It connects when it is first used and survives Redis's restarts."""

    def __init__(self, settings: Settings) -> None:
        self._broker: Celery = make_broker(settings)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="handover")

    async def hand_over(self, promised: Sequence[Promise]) -> None:
        """Wake the workers for what was promised; returns within two seconds and never fails."""
        await self.wake([WakeUp(promise.id, promise.spec.queue.value) for promise in promised])

    async def wake(self, wake_ups: Sequence[WakeUp]) -> frozenset[UUID]:
        """Publish; the jobs that surely reached the broker. Returns in time and never fails."""
        deadline = time.monotonic() + BUDGET_SECONDS
        published: set[UUID] = set()
        try:
            publishing = asyncio.get_running_loop().run_in_executor(
                self._thread, self._publish, wake_ups, deadline, published
            )
            async with asyncio.timeout(BUDGET_SECONDS):
                await publishing
        except Exception as error:  # whatever fails here, the sweep makes good
            log.warning("handover.failed", jobs=len(wake_ups), error=repr(error))
        reached = frozenset(published)
        HANDED_OVER.labels("published").inc(len(reached))
        HANDED_OVER.labels("failed").inc(len(wake_ups) - len(reached))
        return reached

    def close(self) -> None:
        """Let go of the connection. A publication that hangs ends with its socket's time-out."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._broker.close()

    def _publish(self, wake_ups: Sequence[WakeUp], deadline: float, published: set[UUID]) -> None:
        with self._broker.producer_or_acquire() as producer:
            for wake_up in wake_ups:
                if time.monotonic() > deadline:
                    return
                self._send(wake_up, producer)
                published.add(wake_up.job_id)

    def _send(self, wake_up: WakeUp, producer: Producer) -> None:
        self._broker.send_task(
            RUN_JOB,
            args=[str(wake_up.job_id)],
            queue=wake_up.queue,
            producer=producer,
            retry=False,
            ignore_result=True,
        )
