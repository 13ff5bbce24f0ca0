"""Around every request: its id, its headers, its log line and its measure.

Pure ASGI: the framework's own middleware class breaks context variables and streaming.
"""

import asyncio
import re
import time
from collections.abc import Iterable

import structlog
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from taskly.kit.ids import new_id
from taskly.platform.context import Origin, origin, request_id
from taskly.platform.http.html import ASSETS_PATH
from taskly.platform.http.rate_limits import headers_of

log = structlog.get_logger()

REQUESTS = Counter(
    "taskly_http_requests_total", "HTTP requests answered.", ["method", "route", "status"]
)
SECONDS = Histogram(
    "taskly_http_request_seconds", "Time to the end of the answer.", ["method", "route"]
)

CANCELLED = 499
"""What is counted, in nginx's words, for a request that was given up before its answer."""
_REQUEST_ID = re.compile(rb"[\x21-\x7e]{1,128}")

_API_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
_HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


HTTP_PROBLEM = 400
"""The least status of an answer that says what went wrong."""


class RequestFrame:
    """Frames each HTTP request and each socket."""

    def __init__(self, app: ASGIApp, *, behind_tls: bool) -> None:
        self._app = app
        self._headers = (*_API_HEADERS, _HSTS) if behind_tls else _API_HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        if scope.get("method") == "HEAD":
            # RFC 9110: the headers that GET would have; the server itself leaves the body out.
            scope = {**scope, "method": "GET"}
        current = _request_id(scope["headers"])
        token = request_id.set(current)
        client = scope.get("client")
        came = origin.set(Origin(client[0][:45] if client else None, scope["headers"]))
        with structlog.contextvars.bound_contextvars(request_id=current):
            try:
                if scope["type"] == "http":
                    await self._http(scope, receive, send, current)
                else:
                    await self._app(scope, receive, send)
            finally:
                origin.reset(came)
                request_id.reset(token)

    async def _http(self, scope: Scope, receive: Receive, send: Send, current: str) -> None:
        began, status = time.perf_counter(), 500

        async def send_framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message.setdefault("headers", [])
                headers.append((b"x-request-id", current.encode()))
                state = scope.get("state", {})
                headers.extend(headers_of(state.get("limits", ())))
                operation_id = state.get("operation_id")
                if operation_id is not None and status < HTTP_PROBLEM:
                    headers.append((b"operation-id", str(operation_id).encode()))
                present = {name.lower() for name, _ in headers}
                headers.extend(pair for pair in self._headers if pair[0] not in present)
                if b"cache-control" not in present:
                    headers.append((b"cache-control", _caching(scope["path"])))
            await send(message)

        try:
            await self._app(scope, receive, send_framed)
        except asyncio.CancelledError:
            status = CANCELLED
            raise
        finally:
            _account(scope, status, time.perf_counter() - began)


def _caching(path: str) -> bytes:
    """What is told to who keeps answers: files are asked for again by their tag, all else is not kept."""
    return b"no-cache" if path.startswith(f"{ASSETS_PATH}/") else b"no-store"


def _account(scope: Scope, status: int, seconds: float) -> None:
    path = getattr(scope.get("route"), "path_format", "unmatched")
    REQUESTS.labels(scope["method"], path, status).inc()
    SECONDS.labels(scope["method"], path).observe(seconds)
    log.debug(
        "request.answered",
        method=scope["method"],
        path=scope["path"],
        status=status,
        milliseconds=round(seconds * 1000, 1),
    )


def _request_id(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The caller's `X-Request-ID` if it is a sane one, else a new id."""
    for name, value in headers:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return value.decode("ascii")
    return str(new_id())
