"""An application in this process, whose clock is set to what is past."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx2

from taskly.api.app import create_app, serve
from taskly.demo.client import Taskly
from taskly.kit.clock import FrozenClock, SystemClock
from taskly.platform.realtime.process import open_hub
from taskly.platform.runtime import open_runtime
from taskly.platform.settings import Settings

# Limits count by the clock, and others' are counted by another one.
NO_LIMITS = {
    "rate_limit_person": 0,
    "rate_limit_address": 0,
    "rate_limit_sign_in": 0,
    "rate_limit_costly": 0,
}


@dataclass(frozen=True, slots=True)
class Travellers:
    """The people, each with a client that asks the application of the past, and the clock it goes by."""

    clock: FrozenClock
    clients: Mapping[str, Taskly]


@asynccontextmanager
async def travelling(
    settings: Settings, address: str, people: Mapping[str, Taskly]
) -> AsyncIterator[Travellers]:
    """Let people who are signed in into the past of the same installation.

    What they do there is stored where its own processes store what is done now. Sessions do not reach into the past,
    so each person has a personal token for the journey.
    """
    settings = settings.model_copy(update=NO_LIMITS)
    clock = FrozenClock(SystemClock().now())
    async with AsyncExitStack() as stack:
        runtime = await stack.enter_async_context(
            open_runtime(settings, application="taskly demo", clock=clock)
        )
        hub = await stack.enter_async_context(open_hub(runtime))
        app = create_app(settings)
        serve(app, runtime, hub)
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        clients = {}
        for login, taskly in people.items():
            token = await stack.enter_async_context(taskly.token_for_a_while())
            client = Taskly(address, token, transport=transport)
            clients[login] = await stack.enter_async_context(client)
        yield Travellers(clock, clients)
