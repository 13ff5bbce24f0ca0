"""What stands before GitHub's own addresses: the log of requests, and the faults."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import httpx2
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from taskly.fake_github.rest.pipeline import LIMITS_PAGE, token_value
from taskly.fake_github.site import Site
from taskly.fake_github.world.addresses import API_PREFIX
from taskly.fake_github.world.faults import Fault, FaultKind
from taskly.fake_github.world.refusals import Refusal
from taskly.fake_github.world.requests import RequestRecord

TRANSPORT = "fake_github.transport"
"""The key of the scope's state under which the server puts the connection, so that it can be cut."""

_WATCHED = (API_PREFIX + "/", "/login/oauth/")
_HIDDEN_HEADERS = frozenset({"authorization", "cookie"})


@dataclass
class _Exchange:
    """One request on its way."""

    number: int
    method: str
    path: str
    headers: Headers
    query: Mapping[str, str]
    login: str | None
    of_api: bool
    arrived: float
    status: int | None = None


class Gate:
    """ASGI middleware; lets the control API and people's pages through untouched.

    Paths are seen and logged as at api.github.com, without the prefix of the API.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not scope["path"].startswith(_WATCHED):
            await self._app(scope, receive, send)
            return
        _follow_repository_number(self._site, scope)
        exchange = self._opened(scope)
        body = await _read(receive)
        try:
            await self._serve(scope, exchange, body, send)
        finally:
            self._note(exchange, body)

    def _opened(self, scope: Scope) -> _Exchange:
        headers = Headers(scope=scope)
        github = self._site.github
        token = github.find_token(token_value(headers.get("authorization")) or "")
        return _Exchange(
            number=github.requests.next_number(),
            method=scope["method"],
            path=scope["path"].removeprefix(API_PREFIX),
            headers=headers,
            query=dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True)),
            login=None if token is None else token.account.login,
            of_api=scope["path"].startswith(API_PREFIX),
            arrived=time.time(),
        )

    async def _serve(self, scope: Scope, exchange: _Exchange, body: bytes, send: Send) -> None:
        latency = self._fault("latency", exchange)
        if latency is not None:
            await asyncio.sleep(latency.milliseconds / 1000)
        if self._fault("down", exchange) is not None:
            _cut(scope)
            return
        faulty = self._faulty_answer(exchange)
        messages: list[Message] = []

        async def receive_again() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def keep(message: Message) -> None:
            messages.append(message)

        await (faulty or self._app)(scope, receive_again, keep)
        exchange.status = messages[0]["status"]
        if faulty is None:
            self._record(exchange, body, messages)
        for message in messages:
            await send(message)

    def _record(self, exchange: _Exchange, body: bytes, messages: list[Message]) -> None:
        """Write an exchange down before it is answered: who has the answer finds it there."""
        path = self._site.options.record
        if path is None or not exchange.of_api:
            return
        answer = b"".join(message.get("body", b"") for message in messages)
        told = {
            "method": exchange.method,
            "path": exchange.path,
            "query": exchange.query,
            "agent": exchange.headers.get("user-agent"),
            "body": _understood(body, exchange.headers.get("content-type", "")),
            "status": exchange.status,
            "answer": _understood(answer, "application/json"),
        }
        with path.open("ab", buffering=0) as file:  # one write: others may add to it as well
            file.write(json.dumps(told).encode() + b"\n")

    def _fault(self, kind: FaultKind, exchange: _Exchange) -> Fault | None:
        return self._site.github.faults.for_request(
            kind, method=exchange.method, path=exchange.path, login=exchange.login
        )

    def _faulty_answer(self, exchange: _Exchange) -> Response | None:
        limited = self._fault("limited", exchange)
        if limited is not None:
            return _limited_answer(limited)
        failing = self._fault("errors", exchange)
        if failing is not None:
            return _error_page(failing)
        if self._fault("garbage", exchange) is not None:
            return Response('{"id": 1, "name": "cut off', media_type="application/json")
        return None

    def _note(self, exchange: _Exchange, body: bytes) -> None:
        github = self._site.github
        github.requests.add(
            RequestRecord(
                number=exchange.number,
                method=exchange.method,
                path=exchange.path,
                query=exchange.query,
                headers={
                    name: value
                    for name, value in exchange.headers.items()
                    if name not in _HIDDEN_HEADERS
                },
                body=_understood(body, exchange.headers.get("content-type", "")),
                login=exchange.login,
                status=exchange.status,
                at=github.now(),
                arrived=exchange.arrived,
                answered=time.time(),
            )
        )


def _limited_answer(fault: Fault) -> Response:
    """A secondary limit, with or without the word how long to wait."""
    refusal = Refusal(
        fault.status if fault.status in {403, 429} else 403,
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
        documentation=f"{LIMITS_PAGE}#about-secondary-rate-limits",
    )
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return JSONResponse(refusal.body(), status_code=refusal.status, headers=headers)


def _error_page(fault: Fault) -> Response:
    """What GitHub's front door says when what is behind it fails: no JSON from a gateway."""
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.status in {502, 504}:
        page = "<html><body><h1>Unicorn!</h1><p>No server is available.</p></body></html>"
        return Response(page, fault.status, headers, media_type="text/html; charset=utf-8")
    message = "Service unavailable" if fault.status == 503 else "Server Error"
    return JSONResponse({"message": message}, status_code=fault.status, headers=headers)


def _cut(scope: Scope) -> None:
    """Close the connection without a word, as a server does that is not there.

    Raises:
        ConnectError: to a caller in this very process, which has no connection to cut.
    """
    transport = scope.get("state", {}).get(TRANSPORT)
    if not isinstance(transport, asyncio.Transport):
        raise httpx2.ConnectError("All connection attempts failed")
    transport.abort()


def _follow_repository_number(site: Site, scope: Scope) -> None:
    """`/repositories/{id}/…` means the repository by the name that it has now."""
    start = f"{API_PREFIX}/repositories/"
    if not scope["path"].startswith(start):
        return
    number, slash, rest = scope["path"].removeprefix(start).partition("/")
    repository = site.github.repositories.get(int(number)) if number.isdecimal() else None
    if repository is not None:
        scope["path"] = f"{API_PREFIX}/repos/{repository.full_name}{slash}{rest}"
        scope["raw_path"] = scope["path"].encode()


async def _read(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


def _understood(body: bytes, content_type: str) -> Any:
    """The body as JSON or form fields where it is that, else as text, and None for nothing."""
    if not body:
        return None
    text = body.decode(errors="replace")
    if content_type.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(text, keep_blank_values=True))
    try:
        return json.loads(text)
    except ValueError:
        return text
