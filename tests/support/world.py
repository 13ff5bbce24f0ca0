"""The application under test, with the people who use it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from fastapi import FastAPI

from taskly.api.app import serve
from taskly.kit.clock import Clock
from taskly.kit.ids import new_id
from taskly.platform.context import SYSTEM
from taskly.platform.realtime.hub import Hub, Pace
from taskly.platform.redis import make_subscriber_redis
from taskly.platform.runtime import Runtime
from taskly.users.issuing import Issuer
from taskly.users.models import User
from taskly.users.sessions import Device, start_session
from tests.support.actors import Actor

NO_LIMITS: dict[str, Any] = {
    "rate_limit_person": 0,
    "rate_limit_address": 0,
    "rate_limit_sign_in": 0,
    "rate_limit_costly": 0,
}
"""For tests: they ask faster than people do."""
BASE_URL = "http://127.0.0.1:8000"


@dataclass(slots=True)
class World:
    """An application on a database, and the clock that it goes by."""

    app: FastAPI
    runtime: Runtime
    client: httpx2.AsyncClient
    clock: Clock

    async def person(self, login: str) -> Actor:
        """Somebody new, signed in."""
        async with self.runtime.database.transaction(SYSTEM) as tx:
            user = User(id=new_id(), login=login, name=login.title())
            tx.session.add(user)
            await tx.session.flush()
            issued = await start_session(
                tx, Issuer(self.runtime.settings), user.id, Device("tests", "127.0.0.1")
            )
        return Actor(self.client, user.id, login, issued.access_token)


@asynccontextmanager
async def serving(app: FastAPI, runtime: Runtime) -> AsyncIterator[World]:
    """The application, answering in this process, with a hub that hears nothing by itself."""
    subscriber = make_subscriber_redis(runtime.settings.required_redis_url())
    hub = Hub(
        database=runtime.database,
        redis=runtime.redis,
        subscriber=subscriber,
        clock=runtime.clock,
        pace=Pace(),
        keep_messages=256,
    )
    serve(app, runtime, hub)
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        yield World(app, runtime, client, runtime.clock)
    await subscriber.aclose()
