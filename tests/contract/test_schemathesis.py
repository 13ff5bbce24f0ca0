"""What Schemathesis thinks of finds no answer that the OpenAPI document does not promise."""

from functools import partial
from typing import Any

import anyio.from_thread
import anyio.to_thread
import httpx2
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from taskly.kit.clock import FrozenClock
from tests.conftest import make_runtime
from tests.contract.conftest import Prepared
from tests.contract.document import OPERATIONS, Operation
from tests.contract.exploring import explore, schema_of
from tests.support.database import RecordingAnnouncer, rolled_back
from tests.support.policy import ADMIN
from tests.support.world import serving

pytestmark = pytest.mark.anyio

every_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=list(OPERATIONS))


class Explorer:
    """Sends each request to the same, prepared database."""

    def __init__(
        self, schema: Any, prepared: Prepared, app: FastAPI, redis: Redis, clock: FrozenClock
    ) -> None:
        self.schema = schema
        self.prepared = prepared
        self.app = app
        self.redis = redis
        self.clock = clock

    async def explore(self, operation: Operation, examples: int) -> None:
        """Explore an operation."""
        look = partial(explore, self.schema, operation, self.send, examples=examples)
        await anyio.to_thread.run_sync(look)

    def send(self, method: str, url: str, headers: dict[str, str], body: bytes) -> httpx2.Response:
        """Send a request from another thread."""
        return anyio.from_thread.run(self._send, method, url, headers, body)

    async def _send(
        self, method: str, url: str, headers: dict[str, str], body: bytes
    ) -> httpx2.Response:
        await self.redis.flushdb()
        prepared, token = self.prepared, self.prepared.tenant.people[ADMIN].actor.token
        async with rolled_back(
            prepared.writer, clock=self.clock, announcer=RecordingAnnouncer()
        ) as database:
            runtime = make_runtime(prepared.settings, database, self.redis, self.clock)
            async with serving(self.app, runtime) as world:
                headers["Authorization"] = f"Bearer {token}"
                return await world.client.request(method, url, headers=headers, content=body)


@pytest.fixture(scope="module")
async def schema(prepared: Prepared) -> Any:
    """Made once: it takes a while to be understood."""
    return schema_of(prepared.tenant)


@pytest.fixture
async def explorer(
    schema: Any, prepared: Prepared, app: FastAPI, redis: Redis, clock: FrozenClock
) -> Explorer:
    """For an admin."""
    return Explorer(schema, prepared, app, redis, clock)


@every_operation
async def test_a_few_requests_are_answered_as_the_document_says(
    explorer: Explorer, operation: Operation
) -> None:
    await explorer.explore(operation, examples=2)


@pytest.mark.slow
@every_operation
async def test_many_requests_are_answered_as_the_document_says(
    explorer: Explorer, operation: Operation
) -> None:
    await explorer.explore(operation, examples=25)
