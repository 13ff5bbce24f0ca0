"""Is the process alive, can it do its work, and how much of it does it do."""

import hmac
import ipaddress
from typing import Literal

import prometheus_client
from fastapi import Request, Response
from pydantic import Field
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from taskly.platform.db.revisions import pending_migrations
from taskly.platform.http.problems import Forbidden, problems
from taskly.platform.http.routing import Router
from taskly.platform.http.schema import Response as Schema
from taskly.platform.jobs.liveness import worker_heartbeat_age
from taskly.platform.runtime import Runtime, runtime_of
from taskly.platform.telemetry import registry

router = Router(tags=["system"])

SILENT_WORKER_SECONDS = 120
_FIGURES = 'taskly_http_requests_total{method="GET",route="/api/v1/me",status="200"} 7.0'


class Live(Schema):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(Schema):
    """What the process needs, part by part."""

    status: Literal["ready", "not_ready"]
    database: str = Field(examples=["ok"])
    migrations: str = Field(examples=["ok"])
    redis: str = Field(examples=["ok"])
    worker: str = Field(examples=["ok"])


@router.get("/health/live", summary="Is the process alive")
async def live() -> Live:
    """Answer as long as the process runs."""
    return Live()


@router.get(
    "/health/ready",
    summary="Can the process do its work",
    responses={503: {"model": Readiness, "description": "Something is missing."}},
)
async def ready(request: Request, response: Response) -> Readiness:
    """Say whether database, migrations, Redis and workers are there. 503 without database or schema."""
    runtime = runtime_of(request)
    parts = {"database": await _database(runtime), "redis": await _redis(runtime)}
    reachable = parts["database"] == "ok"
    parts["migrations"] = await _migrations(runtime) if reachable else "unknown"
    parts["worker"] = await _worker(runtime) if parts["migrations"] == "ok" else "unknown"
    is_ready = reachable and parts["migrations"] == "ok"
    response.status_code = 200 if is_ready else 503
    return Readiness(status="ready" if is_ready else "not_ready", **parts)


@router.get(
    "/metrics",
    summary="Read figures for Prometheus",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}, "example": _FIGURES}}},
        **problems(Forbidden),
    },
)
async def metrics(request: Request) -> Response:
    """Give figures for Prometheus. From loopback only, or with the operator's token."""
    _require_operator(request)
    return Response(
        prometheus_client.generate_latest(registry()),
        media_type=prometheus_client.CONTENT_TYPE_LATEST,
    )


def _require_operator(request: Request) -> None:
    token = runtime_of(request).settings.metrics_token
    if token is not None:
        sent = request.headers.get("authorization", "").removeprefix("Bearer ")
        if hmac.compare_digest(sent.encode(), token.get_secret_value().encode()):
            return
    elif request.client is not None and _is_loopback(request.client.host):
        return
    raise Forbidden("Metrics are for the operator: send the token of TASKLY_METRICS_TOKEN.")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False  # a proxy may pass on any word


async def _database(runtime: Runtime) -> str:
    try:
        async with runtime.database.reading() as session:
            await session.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError) as error:
        return f"unreachable: {type(error).__name__}"
    return "ok"


async def _redis(runtime: Runtime) -> str:
    """Redis may be down: boards work without it, so it does not make the process unready."""
    try:
        await runtime.redis.ping()
    except (RedisError, OSError) as error:
        return f"unreachable: {type(error).__name__}"
    return "ok"


async def _migrations(runtime: Runtime) -> str:
    missing = await pending_migrations(runtime.database)
    return "ok" if not missing else f"missing: {', '.join(missing)}; run `taskly migrate`"


async def _worker(runtime: Runtime) -> str:
    age = await worker_heartbeat_age(runtime.database)
    if age is None:
        return "no worker has reported yet"
    return "ok" if age < SILENT_WORKER_SECONDS else f"silent for {age:.0f} s"
