"""HTTP to GitHub: the only place that sends anything there, but for signing in.

It bounds time and size, repeats what may be repeated, never leaves GitHub's host, heeds limits and a
host that is down (`gate`), and asks conditionally, because an unchanged answer costs no limit.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2
import stamina
import structlog

from taskly import __version__
from taskly.github.errors import GitHubUnavailable
from taskly.github.remote.answers import AnswerCache, CachedAnswer
from taskly.github.remote.budget import Budget, Budgets
from taskly.github.remote.gate import Gate
from taskly.kit.clock import Clock
from taskly.kit.json import dumps, loads
from taskly.platform.settings import Settings

log = structlog.get_logger()

CONNECT_SECONDS = 5
CALL_SECONDS = 30
"""The whole of a call: redirects, repetitions and pauses included."""
MAXIMUM_BYTES = 10 * 1024 * 1024
MOST_REDIRECTS = 3
ATTEMPTS = 3
LONGEST_PAUSE_SECONDS = 3
"""Between two attempts. Who asks for a longer one is told that GitHub is unavailable for so long."""
CONNECTIONS = 20

_REDIRECTS = frozenset({301, 302, 307, 308})
_PASSING = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Call:
    """One thing to ask or tell GitHub."""

    method: str
    path: str
    """Below the API's address, or a whole address that GitHub itself gave."""
    query: Mapping[str, str | int] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    repeatable: bool = False
    """Whether doing it twice is as good as once."""
    named: str | None = None
    """What the log calls it where its path holds a secret."""

    @property
    def conditional(self) -> bool:
        """Whether an earlier answer may be confirmed instead of sent again."""
        return self.method == "GET"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whoever asks: the token, and a name for what is remembered of them, which gives nothing away.

    The tokens of an installation end after an hour, and what is left of its limit does not, so there the name
    is the installation's.
    """

    token: str | None = field(repr=False)
    """None asks as nobody."""
    name: str

    @classmethod
    def of(cls, token: str) -> Self:
        """Somebody who has always the same token."""
        return cls(token, fingerprint(token))


@dataclass(frozen=True, slots=True)
class Answer:
    """What GitHub answered: any status below 500 that is not about limits."""

    status: int
    body: bytes
    next_page: str | None = None
    accepted_permissions: str = ""
    """What GitHub says an app needs for this, in its own notation."""

    @property
    def message(self) -> str:
        """GitHub's own words about a refusal."""
        try:
            found = loads(self.body)
        except ValueError:
            return ""
        if not isinstance(found, dict):
            return ""
        errors = found.get("errors") or ()
        details = [_detail(error) for error in errors if isinstance(error, dict)]
        return ": ".join(filter(None, [str(found.get("message", "")), *details]))[:300]


def _detail(error: dict[str, Any]) -> str:
    """What is wrong, in GitHub's words, or else with which field: `head is invalid`."""
    field, code = error.get("field"), error.get("code")
    named = f"{field} is {code}" if field and code else ""
    return str(error.get("message") or named)


class _Passing(Exception):
    """GitHub failed in a way that may pass; never leaves this module."""

    def __init__(self, reason: str, *, pause: int | None = None) -> None:
        super().__init__(reason)
        self.pause = pause
        """After how many seconds to try again, if GitHub said so."""


class Transport:
    """The connections to one GitHub, shared by everything in the process. Close it in the end."""

    def __init__(
        self,
        settings: Settings,
        *,
        gate: Gate,
        answers: AnswerCache,
        budgets: Budgets,
        clock: Clock,
    ) -> None:
        self._base = settings.github_api_url
        self._host = urlsplit(self._base).netloc
        self._gate = gate
        self._answers = answers
        self.budgets = budgets
        self._clock = clock
        self._client = httpx2.AsyncClient(
            follow_redirects=False,
            timeout=httpx2.Timeout(settings.github_timeout_seconds, connect=CONNECT_SECONDS),
            limits=httpx2.Limits(max_connections=CONNECTIONS, keepalive_expiry=30),
            headers={
                "Accept": "application/vnd.github+json, application/json",
                "User-Agent": f"Taskly/{__version__}",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def send(self, call: Call, bearer: Bearer, *, sparing: bool = False) -> Answer:
        """Do a call in somebody's name; a `sparing` one leaves them a part of their limit.

        Raises:
            GitHubRateLimited: their limit is reached, before or because of this call.
            GitHubUnavailable: there is no answer that makes sense. Whether a call that changes
                something was done is unknown then.
        """
        try:
            async with asyncio.timeout(CALL_SECONDS):
                if sparing:
                    await self.budgets.require(bearer.name)
                return await self._repeat(call, bearer)
        except TimeoutError:
            await self._gate.failed(self._host)
            raise GitHubUnavailable("GitHub takes too long to answer. Try again later.") from None

    async def _repeat(self, call: Call, bearer: Bearer) -> Answer:
        def pause_after(error: Exception) -> bool | float:
            if not isinstance(error, _Passing):
                return False
            path = call.named or call.path
            log.info("github.failed", method=call.method, path=path, reason=str(error))
            return True if error.pause is None else float(error.pause)

        try:
            async for attempt in stamina.retry_context(
                on=pause_after,
                attempts=ATTEMPTS if call.repeatable else 1,
                wait_initial=0.2,
                wait_max=LONGEST_PAUSE_SECONDS,
                wait_jitter=0.5,
            ):
                with attempt:
                    return await self._attempt(call, bearer)
        except _Passing as error:
            raise GitHubUnavailable(str(error), retry_after=error.pause) from None
        raise AssertionError("an attempt returns or raises")

    async def _attempt(self, call: Call, bearer: Bearer) -> Answer:
        verdict = await self._gate.admit(self._host, bearer.name)
        cached = await self._answers.get(_cache_key(call, bearer)) if call.conditional else None
        response, body = await self._exchange(call, bearer.token, cached)
        if response.status_code >= 500:
            await self._gate.failed(self._host)
            raise _failure(response)
        await self._gate.answered(self._host, verdict)
        await self._heed_limits(response, body, bearer.name)
        if response.status_code == 304 and cached is not None:
            return Answer(200, cached.body, cached.next_page)
        accepted = response.headers.get("x-accepted-github-permissions", "")
        answer = Answer(response.status_code, body, self._next_page(response), accepted)
        await self._remember(call, bearer, response, answer)
        return answer

    async def _exchange(
        self, call: Call, token: str | None, cached: CachedAnswer | None
    ) -> tuple[httpx2.Response, bytes]:
        """Send and receive, following GitHub where a repository was renamed."""
        url: str = call.path if "://" in call.path else self._base + call.path
        query = dict(call.query) or None
        for _ in range(MOST_REDIRECTS):
            try:
                async with self._streaming(call, url, query, token, cached) as response:
                    body = await _read_bounded(response)
            except httpx2.HTTPError:
                # The library's error holds the request, and the request holds the token.
                await self._gate.failed(self._host)
                raise _Passing("GitHub does not answer. Try again later.") from None
            if response.status_code not in _REDIRECTS:
                return response, body
            url, query = self._same_host(_location(response)), None
        raise GitHubUnavailable("GitHub sends us round in circles.")

    @asynccontextmanager
    async def _streaming(
        self,
        call: Call,
        url: str,
        query: dict[str, str | int] | None,
        token: str | None,
        cached: CachedAnswer | None,
    ) -> AsyncIterator[httpx2.Response]:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        if cached is not None:
            headers["If-None-Match"] = cached.etag
        content = None
        if call.body is not None:
            content, headers["Content-Type"] = dumps(call.body), "application/json"
        async with self._client.stream(
            call.method, url, params=query, content=content, headers=headers
        ) as response:
            yield response

    def _same_host(self, url: str) -> str:
        """The address, if it is one of the API's own: the token goes nowhere else.

        Raises:
            GitHubUnavailable: it is not.
        """
        ours, theirs = urlsplit(self._base), urlsplit(url)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise GitHubUnavailable("GitHub's answer leads to another host.")
        return url

    def _next_page(self, response: httpx2.Response) -> str | None:
        following = response.links.get("next", {}).get("url")
        return None if following is None else self._same_host(following)

    async def _heed_limits(self, response: httpx2.Response, body: bytes, name: str) -> None:
        headers = response.headers
        reset = _moment(headers.get("x-ratelimit-reset"))
        exhausted = headers.get("x-ratelimit-remaining") == "0"
        limit, remaining = (
            _count(headers.get(f"x-ratelimit-{which}")) for which in ("limit", "remaining")
        )
        if limit and remaining is not None and reset is not None:
            await self.budgets.note(name, Budget(limit, remaining, reset))
        if response.status_code in {403, 429}:
            after = _count(headers.get("retry-after"))
            if after is not None:
                until = self._clock.now() + timedelta(seconds=after)
                raise await self._gate.limited(name, until)
            if exhausted or response.status_code == 429 or b"rate limit" in body.lower():
                raise await self._gate.limited(name, reset if exhausted else None)
        elif exhausted and reset is not None:
            # The last request that was free. It was answered; the next one would not be.
            await self._gate.limited(name, reset)

    async def _remember(
        self, call: Call, bearer: Bearer, response: httpx2.Response, answer: Answer
    ) -> None:
        etag = response.headers.get("etag")
        if call.conditional and answer.status == 200 and etag is not None:
            cached = CachedAnswer(etag, answer.body, answer.next_page)
            await self._answers.put(_cache_key(call, bearer), cached)


def fingerprint(token: str) -> str:
    """A name for the token that gives nothing away, for what is remembered of it."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def _cache_key(call: Call, bearer: Bearer) -> str:
    query = sorted((name, str(value)) for name, value in call.query.items())
    asked = dumps([bearer.name, call.path, query])
    return hashlib.sha256(asked).hexdigest()


def _failure(response: httpx2.Response) -> Exception:
    message = f"GitHub has a problem of its own ({response.status_code}). Try again later."
    pause = _count(response.headers.get("retry-after"))
    if response.status_code not in _PASSING or (pause or 0) > LONGEST_PAUSE_SECONDS:
        return GitHubUnavailable(message, retry_after=pause)
    return _Passing(message, pause=pause)


def _location(response: httpx2.Response) -> str:
    """Where a redirect leads to.

    Raises:
        GitHubUnavailable: it does not say, or not in a way that makes sense.
    """
    try:
        return str(response.url.join(response.headers["location"]))
    except (KeyError, httpx2.InvalidURL):
        raise GitHubUnavailable("GitHub sends us to nowhere.") from None


async def _read_bounded(response: httpx2.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAXIMUM_BYTES:
            raise GitHubUnavailable("GitHub's answer is too large.")
    return bytes(body)


def _count(header: str | None) -> int | None:
    return int(header) if header is not None and header.isdigit() else None


def _moment(header: str | None) -> datetime | None:
    seconds = _count(header)
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
