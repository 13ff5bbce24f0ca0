"""The hub of an api process: one, opened with the process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Protocol

from fastapi import Depends
from redis.asyncio import Redis
from starlette.requests import HTTPConnection

from taskly.kit.clock import Clock
from taskly.platform.db.session import Database
from taskly.platform.realtime.hub import Hub, Pace
from taskly.platform.redis import make_subscriber_redis
from taskly.platform.settings import Settings


class Resources(Protocol):
    """What an api process has open: its runtime."""

    @property
    def settings(self) -> Settings: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def database(self) -> Database: ...
    @property
    def redis(self) -> Redis: ...


@asynccontextmanager
async def open_hub(resources: Resources) -> AsyncIterator[Hub]:
    """The hub of an api process, at work inside the block."""
    settings = resources.settings
    subscriber = make_subscriber_redis(settings.required_redis_url())
    hub = Hub(
        database=resources.database,
        redis=resources.redis,
        subscriber=subscriber,
        clock=resources.clock,
        pace=Pace(
            gap_check_seconds=settings.gap_check_seconds, ping_seconds=settings.socket_ping_seconds
        ),
        keep_messages=settings.socket_queue_messages,
    )
    try:
        async with hub.running():
            yield hub
    finally:
        await subscriber.aclose()


def hub_of(connection: HTTPConnection) -> Hub:
    """The hub of the application that serves this request or socket."""
    hub: Hub = connection.app.state.hub
    return hub


async def _hub_of(connection: HTTPConnection) -> Hub:
    return hub_of(connection)


LiveHub = Annotated[Hub, Depends(_hub_of)]
