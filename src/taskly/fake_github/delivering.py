"""Sends what happened to webhooks, in order for each of them, beside the requests."""

import asyncio
import hashlib
import hmac
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlencode

import httpx2

from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.hooks import Delivery, Envelope, Hook

TIMEOUT_SECONDS = 10.0
ReleaseOrder = Literal["first_in_first_out", "reversed", "shuffled"]


@dataclass(frozen=True)
class _Outcome:
    """What came of an attempt."""

    status: str
    status_code: int
    headers: Mapping[str, str]
    body: str


_NOT_CONNECTED = _Outcome("failed to connect to host", 502, {}, "")
_TIMED_OUT = _Outcome("timed out", 504, {}, "")


class Deliverer:
    """One line of envelopes for each webhook, one request at a time in each.

    A failed delivery is noted and not tried again, as at GitHub. Tasks run only while there is
    something to send.
    """

    def __init__(
        self,
        timeout_seconds: float = TIMEOUT_SECONDS,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._timeout_seconds = timeout_seconds
        self._transport = transport
        self._client: httpx2.AsyncClient | None = None
        self._lines: defaultdict[int, deque[Envelope]] = defaultdict(deque)
        self._senders: dict[int, asyncio.Task[None]] = {}
        self._held: list[Envelope] = []

    @property
    def held(self) -> int:
        """How many envelopes wait to be released."""
        return len(self._held)

    def dispatch(self, github: GitHub) -> None:
        """Take everything out of the outbox, in order."""
        envelopes, github.outbox = github.outbox, []
        for envelope in envelopes:
            is_doubled = github.faults.for_event("duplicate_deliveries", envelope.event)
            copies = [envelope, replace(envelope)] if is_doubled else [envelope]
            for copy in copies:
                if github.faults.for_event("hold_deliveries", copy.event):
                    self._held.append(copy)
                else:
                    self._line_up(github, copy)

    def release(
        self,
        github: GitHub,
        order: ReleaseOrder = "first_in_first_out",
        count: int | None = None,
    ) -> int:
        """Let held envelopes go, all or the first so many of the order; says how many."""
        held = list(self._held)
        if order == "reversed":
            held.reverse()
        elif order == "shuffled":
            held = github.numbers.shuffled(held)
        released = held if count is None else held[:count]
        for envelope in released:
            self._held.remove(envelope)
            self._line_up(github, envelope)
        return len(released)

    async def settle(self, timeout_seconds: float) -> bool:
        """Wait until nothing is on its way (held envelopes do not count); False: still not."""
        deadline = time.monotonic() + timeout_seconds
        while self._senders:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            await asyncio.wait(list(self._senders.values()), timeout=left)
            await asyncio.sleep(0)
        return True

    async def forget(self) -> None:
        """Drop everything that is held or on its way."""
        self._held.clear()
        self._lines.clear()
        senders = list(self._senders.values())
        for sender in senders:
            sender.cancel()
        await asyncio.gather(*senders, return_exceptions=True)
        self._senders.clear()

    async def close(self) -> None:
        """Forget everything and close connections."""
        await self.forget()
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _line_up(self, github: GitHub, envelope: Envelope) -> None:
        hook_id = envelope.hook.id
        self._lines[hook_id].append(envelope)
        if hook_id not in self._senders:
            sender = asyncio.create_task(self._send_line(github, hook_id))
            self._senders[hook_id] = sender

    async def _send_line(self, github: GitHub, hook_id: int) -> None:
        line = self._lines[hook_id]
        try:
            while line:
                await self._send(github, line.popleft())
        finally:
            if self._senders.get(hook_id) is asyncio.current_task():
                del self._senders[hook_id]

    async def _send(self, github: GitHub, envelope: Envelope) -> None:
        hook = envelope.hook
        body = _body(envelope)
        headers = _headers(envelope, body)
        delay = github.faults.for_event("delay_deliveries", envelope.event)
        if delay is not None:
            await asyncio.sleep(delay.milliseconds / 1000)
        started = time.monotonic()
        if github.faults.for_event("drop_deliveries", envelope.event):
            outcome = _NOT_CONNECTED
        else:
            outcome = await self._post(hook.url, headers, body)
        github.deliveries.add(
            Delivery(
                id=github.numbers.next("delivery"),
                envelope=envelope,
                delivered_at=github.now(),
                duration=time.monotonic() - started,
                status=outcome.status,
                status_code=outcome.status_code,
                request_url=hook.url,
                request_headers=headers,
                response_headers=outcome.headers,
                response_body=outcome.body,
            )
        )

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> _Outcome:
        if self._client is None:
            self._client = httpx2.AsyncClient(
                timeout=self._timeout_seconds, transport=self._transport, trust_env=False
            )
        try:
            async with asyncio.timeout(self._timeout_seconds):
                response = await self._client.post(url, headers=dict(headers), content=body)
        except (TimeoutError, httpx2.TimeoutException):
            return _TIMED_OUT
        except (httpx2.TransportError, httpx2.InvalidURL):
            return _NOT_CONNECTED
        is_good = response.is_success or response.is_redirect
        code = response.status_code
        return _Outcome(
            status="OK" if is_good else f"Invalid HTTP Response: {code}",
            status_code=code,
            headers=dict(response.headers),
            body=response.text[:65_536],
        )


def _body(envelope: Envelope) -> bytes:
    if envelope.hook.content_type == "json":
        return envelope.payload
    return urlencode({"payload": envelope.payload.decode()}).encode()


def _headers(envelope: Envelope, body: bytes) -> dict[str, str]:
    hook = envelope.hook
    is_json = hook.content_type == "json"
    headers = {
        "Accept": "*/*",
        "Content-Type": "application/json" if is_json else "application/x-www-form-urlencoded",
        "User-Agent": f"GitHub-Hookshot/{envelope.guid[:7]}",
        "X-GitHub-Delivery": envelope.guid,
        "X-GitHub-Event": envelope.event,
        "X-GitHub-Hook-ID": str(hook.id),
        "X-GitHub-Hook-Installation-Target-ID": str(hook.target_id),
        "X-GitHub-Hook-Installation-Target-Type": hook.target_kind,
    }
    if hook.secret is not None:
        headers |= signatures(hook, body)
    return headers


def signatures(hook: Hook, body: bytes) -> dict[str, str]:
    """Both signatures that GitHub makes over the body, with the webhook's secret of now."""
    secret = (hook.secret or "").encode()
    return {
        "X-Hub-Signature": "sha1=" + hmac.new(secret, body, hashlib.sha1).hexdigest(),
        "X-Hub-Signature-256": "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest(),
    }
