"""The worker process: Celery takes messages from Redis, its threads wait for jobs in the job loop.

Threads and not prefork: jobs wait for PostgreSQL and GitHub and not for the processor, so one process
with one loop does many at once; nothing is shared over a fork, and an idle worker takes half the memory
(see docs/adr/0007-worker-threads.md). A handler that blocks the loop costs the process, which exits and
is restarted, and the job, which had counted the attempt, ends dead.
"""

import os
import signal
import warnings
from collections.abc import Sequence
from uuid import UUID

import structlog
from celery import Celery, signals
from celery.apps.worker import Worker
from celery.concurrency.thread import TaskPool
from celery.exceptions import CPendingDeprecationWarning, SecurityWarning
from celery.worker import WorkController, state

from taskly.platform.broker import RUN_JOB, make_broker
from taskly.platform.events.jobs import Queue, registered_kinds
from taskly.platform.settings import Settings
from taskly.worker.job_loop import Companion, JobLoop
from taskly.worker.transport import use_forgiving_transport

log = structlog.get_logger()

JOB_STATEMENT_TIMEOUT_SECONDS = 60.0


def run_worker(
    settings: Settings, *, queues: Sequence[Queue], beside: Sequence[Companion] = ()
) -> int:
    """Work until SIGTERM or SIGINT, or until the broker connection is beyond repair; the exit code.

    When it stops, no further messages are taken and running jobs get `drain_seconds` to end. What does
    not end is given back, and its attempt does not count. `beside` run in the job loop all the time.
    """
    settings = _for_jobs(settings)
    use_forgiving_transport()
    with JobLoop(settings, beside=beside) as jobs:
        # Celery warns whoever runs it as root, as containers do, because of pickle, which we refuse.
        warnings.simplefilter("ignore", SecurityWarning)
        worker = _StoppableWorker(
            app=_make_app(settings, jobs),
            queues=[queue.value for queue in queues],
            pool=_draining_pool(jobs, settings.drain_seconds),
            concurrency=settings.worker_concurrency,
            hostname=f"worker-{os.getpid()}@taskly",
            loglevel="WARNING",
            quiet=True,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        # It also warns of jobs that run while the broker is lost; their claims are in PostgreSQL.
        warnings.simplefilter("ignore", CPendingDeprecationWarning)
        log.info(
            "worker.started",
            queues=[queue.value for queue in queues],
            concurrency=settings.worker_concurrency,
            kinds=len(registered_kinds()),
        )
        worker.start()
        exit_code = worker.exitcode or os.EX_OK
    log.info("worker.stopped", exit_code=exit_code)
    return exit_code


class _StoppableWorker(Worker):
    """Celery's worker with our signals: SIGTERM and SIGINT stop it warmly, without words of its own."""

    def install_platform_tweaks(self, worker: WorkController) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _stop)


def _stop(*_received: object) -> None:
    """Have Celery's loop end at its next turn, which then stops the pool."""
    vars(state)["should_stop"] = os.EX_OK


def _make_app(settings: Settings, jobs: JobLoop) -> Celery:
    app = make_broker(settings)

    @app.task(name=RUN_JOB)
    def run_job(job_id: str) -> None:
        jobs.run_job(UUID(job_id))

    signals.setup_logging.connect(_keep_our_logging)
    return app


def _draining_pool(jobs: JobLoop, drain_seconds: float) -> type[TaskPool]:
    """Celery's thread pool, which at every kind of stop waits for running jobs, but not for ever."""

    class DrainingPool(TaskPool):
        def on_stop(self) -> None:
            jobs.interrupt_after(drain_seconds)
            super().on_stop()
            jobs.wait_for_all()

    return DrainingPool


def _for_jobs(settings: Settings) -> Settings:
    """Jobs may take longer over a statement than requests, and each needs a connection for its lease."""
    return settings.model_copy(
        update={
            "statement_timeout_seconds": max(
                settings.statement_timeout_seconds, JOB_STATEMENT_TIMEOUT_SECONDS
            ),
            "database_pool_size": max(
                settings.database_pool_size, 2 * settings.worker_concurrency + 1
            ),
        }
    )


def _keep_our_logging(**_details: object) -> None:
    """A receiver of `setup_logging` keeps Celery from setting up logs."""
