"""The event loop in which a worker's jobs run, in a thread beside Celery's own.

Celery has no native asyncio. Its threads wait here for coroutines that all run in one loop, with one
engine and one set of clients, opened in that loop and closed in it.
"""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from types import TracebackType
from typing import Self
from uuid import UUID

import structlog

from taskly.kit.tasks import end
from taskly.platform.jobs.execution import execute
from taskly.platform.runtime import Runtime, open_runtime
from taskly.platform.settings import Settings

log = structlog.get_logger()

TICK_SECONDS = 1.0
CLOSING_SECONDS = 30.0

Companion = Callable[[Runtime], Awaitable[None]]


class JobLoop:
    """An event loop with an open runtime, in a thread of its own, while the `with` block lasts.

    `beside` are coroutine functions that run in the loop all the time.
    """

    def __init__(self, settings: Settings, *, beside: Sequence[Companion] = ()) -> None:
        self._settings = settings
        self._beside = beside
        self._thread = threading.Thread(target=self._live_in_thread, name="jobs", daemon=True)
        self._opened: Future[None] = Future()
        self._running: set[asyncio.Task[None]] = set()
        # A loop that stands still for a lease has lost its jobs: only a new process helps.
        self._stuck_seconds = settings.job_lease_seconds
        self._ticks = 0
        self._interrupted = False

    def __enter__(self) -> Self:
        self._thread.start()
        self._opened.result()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(CLOSING_SECONDS)

    def run_job(self, job_id: UUID) -> None:
        """Make one attempt at a job and wait until it is over or only waits. For Celery's threads."""
        running = asyncio.run_coroutine_threadsafe(self._run(job_id), self._loop)
        with suppress(CancelledError):
            self._wait(running)

    def interrupt_after(self, seconds: float) -> None:
        """Give running jobs so long to end; then cancel them, so that another worker gets them at once."""
        self._loop.call_soon_threadsafe(self._loop.call_later, seconds, self._interrupt)

    def wait_for_all(self) -> None:
        """Wait until no attempt is being made."""
        self._wait(asyncio.run_coroutine_threadsafe(self._all_over(), self._loop))

    def _wait(self, running: Future[None]) -> None:
        ticks = self._ticks
        while True:
            try:
                return running.result(timeout=self._stuck_seconds)
            except TimeoutError:
                if self._ticks == ticks:
                    log.critical("worker.stuck", seconds=self._stuck_seconds)
                    os._exit(os.EX_SOFTWARE)
                ticks = self._ticks

    def _live_in_thread(self) -> None:
        try:
            asyncio.run(self._live())
        except BaseException as error:
            if self._opened.done():
                log.critical("worker.loop_died", exc_info=error)
                os._exit(os.EX_SOFTWARE)
            self._opened.set_exception(error)

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        async with open_runtime(self._settings, application="taskly-worker") as runtime:
            self._runtime = runtime
            companions = [asyncio.ensure_future(beside(runtime)) for beside in self._beside]
            companions.append(asyncio.create_task(self._tick()))
            self._opened.set_result(None)
            await self._stopping.wait()
            await end([*companions, *self._running])

    async def _tick(self) -> None:
        while True:
            self._ticks += 1
            await asyncio.sleep(TICK_SECONDS)

    async def _run(self, job_id: UUID) -> None:
        if self._interrupted:
            return
        left = asyncio.Event()
        task = asyncio.create_task(execute(self._runtime, job_id, leave_place=left.set))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(lambda _: left.set())
        await left.wait()
        if task.done():
            task.result()

    async def _all_over(self) -> None:
        if self._running:
            await asyncio.wait(self._running)

    def _interrupt(self) -> None:
        self._interrupted = True
        if self._running:
            log.warning("worker.interrupting", jobs=len(self._running))
        for task in self._running:
            task.cancel()
