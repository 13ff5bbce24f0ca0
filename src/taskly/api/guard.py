"""Around the application, within its frame: what is refused unseen, and what nobody has foreseen.

It stands behind the frame and CORS, so that its answers have a request id, our headers, and can be read by
browsers of listed origins. Pure ASGI, as the frame.
"""

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from taskly.api.bodies import BodyLimits
from taskly.api.errors import UNEXPECTED, render
from taskly.platform.http.problems import Problem

log = structlog.get_logger()

MAXIMUM_QUERY_BYTES = 4 * 1024
MAXIMUM_HEADER_BYTES = 16 * 1024


class UriTooLong(Problem):
    """The query string is longer than anything that this API understands."""

    status, code, title = 414, "uri_too_long", "The query string is too long (4 KiB at most)"


class HeadersTooLarge(Problem):
    """The headers are larger than anything that this API understands."""

    status, code, title = 431, "headers_too_large", "The headers are too large (16 KiB at most)"


class RequestGuard:
    """Guards each HTTP request."""

    def __init__(self, app: ASGIApp, *, body_limits: BodyLimits) -> None:
        self._app = app
        self._body_limits = body_limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = _refusal(scope) or self._body_limits.refusal(scope)
        if refusal is not None:
            await render(refusal, scope["path"])(scope, receive, send)
            return
        has_begun = False

        async def send_noticed(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, self._body_limits.counting(scope, receive), send_noticed)
        except Exception:
            # The server logs what goes on from here once more; Sentry hears of it there.
            log.exception("request.failed")
            if not has_begun:
                await render(Problem(UNEXPECTED), scope["path"])(scope, receive, send)
            raise


def _refusal(scope: Scope) -> Problem | None:
    if len(scope["query_string"]) > MAXIMUM_QUERY_BYTES:
        return UriTooLong()
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MAXIMUM_HEADER_BYTES:
        return HeadersTooLarge()
    return None
