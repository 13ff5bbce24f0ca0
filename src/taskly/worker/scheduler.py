"""The scheduler: promises periodic jobs and sweeps up what was left behind.

`python -m taskly.worker.scheduler` runs it as a process; a worker can run it beside its jobs instead.
Any number may run at once. Why it is not Celery beat: see docs/adr/0003-scheduler.md.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

import structlog

from taskly.kit.tasks import end
from taskly.platform.events.handover import CeleryHandover
from taskly.platform.jobs.failures import describe
from taskly.platform.jobs.periodic import periodic_jobs, promise_slots
from taskly.platform.jobs.sweep import sweep
from taskly.platform.runtime import Runtime, open_runtime
from taskly.platform.settings import Settings
from taskly.worker.start import option_parser, prepare, settings_or_exit

log = structlog.get_logger()


async def schedule(runtime: Runtime) -> None:
    """Promise and sweep every `sweep_seconds` until cancelled; a failed round is not the last one."""
    handover = CeleryHandover(runtime.settings)
    try:
        while True:
            try:
                await promise_slots(runtime.database, periodic_jobs())
                await sweep(runtime.database, runtime.redis, handover)
            except Exception as error:  # the next round tries again
                log.warning("scheduler.round_failed", error=describe(error))
            await asyncio.sleep(runtime.settings.sweep_seconds)
    finally:
        handover.close()


async def run_scheduler(settings: Settings) -> None:
    """Schedule until SIGTERM or SIGINT."""
    async with open_runtime(settings, application="taskly-scheduler") as runtime:
        scheduling = asyncio.create_task(schedule(runtime))
        asked_to_stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
        log.info("scheduler.started", periodic=len(periodic_jobs()))
        await asked_to_stop.wait()
        await end([scheduling])
        log.info("scheduler.stopped")


def main(arguments: Sequence[str] | None = None) -> int:
    """The scheduler as a program; its exit code."""
    options = option_parser("scheduler").parse_args(arguments)
    settings = settings_or_exit()
    prepare("scheduler", settings, options)
    asyncio.run(run_scheduler(settings))
    return os.EX_OK


if __name__ == "__main__":
    sys.exit(main())
