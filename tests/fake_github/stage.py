"""A small GitHub for each test: two people, one repository, one webhook, all in this process."""

import asyncio
import hashlib
import hmac
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from starlette.types import Receive, Scope, Send

from taskly.fake_github.application import application
from taskly.fake_github.delivering import Deliverer
from taskly.fake_github.driver import FakeGitHub
from taskly.fake_github.site import Options, Site
from tests.support.faithfulness import record_file

ADDRESS = "http://github.test"
RECEIVER = "http://receiver.test/webhooks"
REPOSITORY = "octo-user/payments"
PATH = f"/repos/{REPOSITORY}"
CLIENT_ID = "the-client"
CLIENT_SECRET = "the-client-secret"
HOOK_SECRET = "the-hook-secret"

Json = dict[str, Any]


@dataclass(frozen=True)
class Received:
    """One webhook request as it arrived."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> str:
        return self.headers["x-github-event"]

    @property
    def guid(self) -> str:
        return self.headers["x-github-delivery"]

    @property
    def payload(self) -> Json:
        payload: Json = json.loads(self.body)
        return payload

    @property
    def name(self) -> str:
        """`event` or `event action`."""
        action = self.payload.get("action")
        return self.event if action is None else f"{self.event} {action}"

    def is_signed_with(self, secret: str) -> bool:
        digest = hmac.new(secret.encode(), self.body, hashlib.sha256).hexdigest()
        return self.headers["x-hub-signature-256"] == f"sha256={digest}"


@dataclass
class Receiver:
    """An ASGI application that takes webhooks; answers 202 unless told otherwise."""

    received: list[Received] = field(default_factory=list)
    statuses: deque[int] = field(default_factory=deque)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.open.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.received.append(Received(headers, body))
        await self.open.wait()
        status = self.statuses.popleft() if self.statuses else 202
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"thanks"})

    def names(self) -> list[str]:
        return [each.name for each in self.received]

    def last(self, name: str) -> Json:
        """The newest payload of this `event action`."""
        return next(each.payload for each in reversed(self.received) if each.name == name)


@dataclass
class Stage:
    """What a test plays on."""

    site: Site
    github: FakeGitHub
    receiver: Receiver
    transport: httpx2.AsyncBaseTransport
    clients: list[httpx2.AsyncClient] = field(default_factory=list)

    def client(self, token: str | None = None, **headers: str) -> httpx2.AsyncClient:
        """A program that calls the REST API."""
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        client = httpx2.AsyncClient(
            base_url=f"{ADDRESS}/api/v3",
            transport=self.transport,
            headers={"User-Agent": "a-test", **headers},
        )
        self.clients.append(client)
        return client

    def browser(self) -> httpx2.AsyncClient:
        """A person's browser; it does not follow redirects by itself."""
        client = httpx2.AsyncClient(base_url=ADDRESS, transport=self.transport)
        self.clients.append(client)
        return client

    async def settled(self) -> list[str]:
        """Wait for all deliveries; their names in the order of arrival."""
        await self.github.settle()
        return self.receiver.names()


@asynccontextmanager
async def staged(delivery_timeout_seconds: float = 10) -> AsyncIterator[Stage]:
    """An empty stage."""
    receiver = Receiver()
    deliverer = Deliverer(delivery_timeout_seconds, httpx2.ASGITransport(receiver))
    site = Site(Options(ADDRESS, CLIENT_ID, CLIENT_SECRET, record=record_file()), deliverer)
    transport = httpx2.ASGITransport(application(site))
    async with FakeGitHub(ADDRESS, transport=transport) as github:
        stage = Stage(site, github, receiver, transport)
        yield stage
        for client in stage.clients:
            await client.aclose()
    await deliverer.close()


async def make_hook(api: httpx2.AsyncClient, path: str = PATH, **changes: object) -> int:
    """A webhook for every event; its greeting is on its way."""
    config = {"url": RECEIVER, "content_type": "json", "secret": HOOK_SECRET}
    body = {"name": "web", "active": True, "events": ["*"], "config": config, **changes}
    answer = await api.post(f"{path}/hooks", json=body)
    assert answer.status_code == 201, answer.text
    hook_id: int = answer.json()["id"]
    return hook_id
