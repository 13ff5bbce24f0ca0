"""What one process has open: the same for the api, the worker and the command line."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends
from redis.asyncio import Redis
from starlette.requests import HTTPConnection

from taskly.kit.clock import Clock, SystemClock
from taskly.kit.crypto import KeyRing
from taskly.kit.tasks import end
from taskly.platform.belongings import Belongings
from taskly.platform.db.engine import make_patient, make_reader, make_writer
from taskly.platform.db.hot import HotPool
from taskly.platform.db.session import Database
from taskly.platform.events.announce import BackgroundAnnouncer
from taskly.platform.events.handover import CeleryHandover
from taskly.platform.realtime.bus import RedisBus
from taskly.platform.redis import make_request_redis
from taskly.platform.settings import Settings


@dataclass(frozen=True, slots=True)
class Runtime:
    """The open connections and keys of a process."""

    settings: Settings
    clock: Clock
    database: Database
    redis: Redis
    encryption: KeyRing
    """Encrypts what is stored: GitHub tokens and webhook secrets."""
    belongings: Belongings = field(default_factory=Belongings)
    """What domains open once in the process."""


@asynccontextmanager
async def open_runtime(
    settings: Settings, *, application: str, clock: Clock | None = None
) -> AsyncIterator[Runtime]:
    """Open everything for one process and close it again, the announcer last."""
    clock = clock or SystemClock()
    redis = make_request_redis(settings.required_redis_url())
    handover = CeleryHandover(settings)
    announcer = BackgroundAnnouncer(publish=RedisBus(redis).publish, hand_over=handover.hand_over)
    writer = make_writer(settings, application=application)
    reader = make_reader(settings, application=application)
    patient = make_patient(settings, application=application)
    hot = HotPool(settings, application=application)
    await hot.open()
    belongings = Belongings()
    announcing = asyncio.create_task(announcer.run())
    try:
        yield Runtime(
            settings=settings,
            clock=clock,
            database=Database(
                writer,
                reader,
                clock=clock,
                announcer=announcer,
                hot=hot,
                mails=settings.has_mail,
                patient=patient,
                wait_seconds=settings.database_wait_seconds,
            ),
            redis=redis,
            encryption=settings.encryption_key_ring(),
            belongings=belongings,
        )
    finally:
        await belongings.aclose()
        await end([announcing])
        for engine in (writer, reader, patient):
            await engine.dispose()
        await hot.close()
        await redis.aclose()
        handover.close()


def runtime_of(connection: HTTPConnection) -> Runtime:
    """The runtime of the application that serves this request or socket."""
    runtime: Runtime = connection.app.state.runtime
    return runtime


async def _runtime(connection: HTTPConnection) -> Runtime:
    # A coroutine, because the framework runs plain functions in a thread.
    return runtime_of(connection)


RuntimeOf = Annotated[Runtime, Depends(_runtime)]
