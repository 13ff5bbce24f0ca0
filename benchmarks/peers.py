"""What Taskly is held against, served in the same way: `python -m benchmarks.peers bare` or `noop`.

`bare` sends bytes, and what Redis says, without asking anybody. `noop` is Taskly with one more endpoint,
which knows who asks and does nothing.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Response, WebSocket, WebSocketDisconnect
from redis.asyncio import Redis

from taskly.api.app import create_app
from taskly.api.server import run_api
from taskly.kit.tasks import end
from taskly.platform.settings import load_settings
from taskly.users.access import SignedIn

BODY_VARIABLE = "BENCHMARK_BODY"
CHANNEL = "benchmark:fan-out"


def bare() -> FastAPI:
    """Bytes, nothing, and a loop that sends what Redis says."""
    body = Path(os.environ[BODY_VARIABLE]).read_bytes()
    sockets: set[WebSocket] = set()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        passing = asyncio.create_task(_pass_on(sockets))
        yield
        await end([passing])

    app = FastAPI(lifespan=lifespan)

    @app.get("/body")
    async def read_body() -> Response:
        return Response(body, media_type="application/json")

    @app.get("/unchanged")
    async def read_nothing() -> Response:
        return Response(status_code=304)

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
