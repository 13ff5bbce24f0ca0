"""What Taskly is held against, served in the same way: `python -m benchmarks.peers bare` or `noop`.

`bare` sends bytes, and what Redis says, without asking anybody; of a webhook's request it checks the signature and
stores it as a row. `noop` is Taskly with one more endpoint,
which knows who asks and does nothing.
"""

import asyncio
import hashlib
import hmac
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from redis.asyncio import Redis

from taskly.api.app import create_app
from taskly.api.server import run_api
from taskly.kit.tasks import end
from taskly.platform.settings import load_settings
from taskly.users.access import SignedIn

BODY_VARIABLE = "BENCHMARK_BODY"
CHANNEL = "benchmark:fan-out"
HOOK_SECRET = "of a webhook that is nobody's"  # noqa: S105 - protects nothing
MAKE_HOOK_TABLE = """
    CREATE TABLE IF NOT EXISTS benchmark_deliveries (
        delivery_id uuid PRIMARY KEY, event text NOT NULL, payload bytea NOT NULL,
        received_at timestamptz NOT NULL DEFAULT now()
    )
"""
STORE_HOOK = "INSERT INTO benchmark_deliveries (delivery_id, event, payload) VALUES ($1, $2, $3)"


def bare() -> FastAPI:
    """Bytes, nothing, and a loop that sends what Redis says."""
    body = Path(os.environ[BODY_VARIABLE]).read_bytes()
    sockets: set[WebSocket] = set()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        settings = load_settings()
        passing = asyncio.create_task(_pass_on(sockets))
        async with asyncpg.create_pool(
            settings.required_database_url(), min_size=0, max_size=settings.database_pool_size
        ) as app.state.pool:
            yield
        await end([passing])

    app = FastAPI(lifespan=lifespan)

    @app.get("/body")
    async def read_body() -> Response:
        return Response(body, media_type="application/json")

    @app.get("/unchanged")
    async def read_nothing() -> Response:
        return Response(status_code=304)

    _take_hooks(app)

    @app.websocket("/live")
    async def follow(websocket: WebSocket) -> None:
        await websocket.accept()
        sockets.add(websocket)
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            sockets.discard(websocket)

    return app


def _take_hooks(app: FastAPI) -> None:
    """What a webhook's endpoint can't do without: check the signature, store one row."""

    @app.post("/hook")
    async def store(request: Request) -> Response:
        content, headers = await request.body(), request.headers
        digest = hmac.new(HOOK_SECRET.encode(), content, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(f"sha256={digest}", headers["x-hub-signature-256"]):
            return Response(status_code=401)
        delivery_id, event = UUID(headers["x-github-delivery"]), headers["x-github-event"]
        await app.state.pool.execute(STORE_HOOK, delivery_id, event, content)
        return Response(b'{"state":"received"}', 202, media_type="application/json")


async def _pass_on(sockets: set[WebSocket]) -> None:
    redis = Redis.from_url(load_settings().required_redis_url())
    async with redis, redis.pubsub() as pubsub:
        await pubsub.subscribe(CHANNEL)
        async for message in pubsub.listen():
            if message["type"] == "message":
                text = message["data"].decode()
                for websocket in tuple(sockets):
                    await websocket.send_text(text)


def noop() -> FastAPI:
    """Taskly, with an endpoint that only knows who asks."""
    app = create_app()

    @app.post("/api/v1/noop")
    async def do_nothing(_principal: SignedIn) -> Response:
        return Response(b"{}", media_type="application/json")

    return app


if __name__ == "__main__":
    run_api(load_settings(), application=f"benchmarks.peers:{sys.argv[1]}")
