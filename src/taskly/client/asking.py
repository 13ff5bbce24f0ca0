"""Asking a server over its API, and saying in one sentence what it refused."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from math import isnan
from time import monotonic
from typing import Any, Self
from uuid import uuid4

import httpx2
import stamina
import typer

from taskly.client.credentials import Credentials, is_loopback
from taskly.client.refusal import Refused

Json = dict[str, Any]

API = "/api/v1"
LARGEST_PAGE = 200
LONGEST_PAUSE = 60
LONGEST_WAIT = 90
TRIES = 4
BUSY = frozenset({429, 503})
FILES = frozenset({"text/csv", "text/calendar", "text/markdown"})
IN_PROGRESS = "request_in_progress"


class _Busy(Exception):
    """The server asks to try again after some seconds, maybe as it is still at it."""

    def __init__(self, seconds: float, *, is_at_it: bool) -> None:
        super().__init__(seconds)
        self.seconds = seconds
        self.is_at_it = is_at_it


class _Patience:
    """Whether one request is sent again, and when: some times after it was refused or cut off, and for as long as
    it is being carried out; never after `LONGEST_WAIT`. Connections that can't be made are not tried again.
    """

    def __init__(self, tries: int, tell: Callable[[float], None]) -> None:
        self._until = monotonic() + LONGEST_WAIT
        self._left = tries
        self._tell = tell

    def __call__(self, error: Exception) -> bool | timedelta:
        """What the library that tries again asks."""
        rest = self._until - monotonic()
        is_at_it = isinstance(error, _Busy) and error.is_at_it
        self._left -= not is_at_it
        if rest <= 0 or self._left < 1:
            return False
        if isinstance(error, _Busy):
            seconds = min(error.seconds, rest)
            self._tell(seconds)
            return timedelta(seconds=seconds)
        return isinstance(error, httpx2.TransportError) and not isinstance(
            error, httpx2.ConnectError
        )


class Server:
    """A Taskly in the name of one person. Methods raise `Refused`."""

    def __init__(self, known: Credentials, *, timeout: float = 30, tries: int = TRIES) -> None:
        if not (known.token.isascii() and known.token.isprintable()):
            raise Refused("The token has characters that no token has.")
        self.address = known.server
        self._tries = tries
        self._has_told = False
        self._client = httpx2.Client(
            base_url=f"{known.server}{API}",
            headers={"Authorization": f"Bearer {known.token}"},
            timeout=timeout,
            trust_env=not is_loopback(known.server),
        )

    def __enter__(self) -> Self:
        """The server itself; leaving closes the connection."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the connection."""
        self._client.close()

    def get(self, path: str, **query: object) -> Any:
        """What the API shows."""
        return self._ask("GET", path, params=_asked(query))

    def post(self, path: str, body: Json | None = None) -> Any:
        """What comes of a change. It is sent again if the connection breaks, and still carried out once."""
        return self._ask("POST", path, json=body, headers={"Idempotency-Key": str(uuid4())})

    def put(self, path: str, body: Json) -> Any:
        """What comes of saying how something is to be; sent twice, it says the same."""
        return self._ask("PUT", path, json=body)

    def file(self, path: str, **query: object) -> str:
        """A file that the API hands out, as it is."""
        text: str = self._ask("GET", path, params=_asked(query))
        return text

    def every(self, path: str, **query: object) -> list[Json]:
        """All items of a list, page after page."""
        return self.first(path, None, **query)[0]

    def first(self, path: str, limit: int | None, **query: object) -> tuple[list[Json], bool]:
        """The first items of a list, all of them if there is no limit, and whether there are more."""
        found: list[Json] = []
        cursor, has_more = None, True
        while has_more and (limit is None or len(found) < limit):
            size = LARGEST_PAGE if limit is None else min(limit - len(found), LARGEST_PAGE)
            page = self.get(path, limit=size, cursor=cursor, **query)
            found += page["items"]
            cursor = page["next_cursor"]
            has_more = cursor is not None
        return found, has_more

    def _ask(self, method: str, path: str, **request: Any) -> Any:
        patience = _Patience(self._tries, self._tell)
        try:
            for attempt in stamina.retry_context(on=patience, attempts=None, timeout=None):
                with attempt:
                    return self._send(method, path, **request)
        except httpx2.RequestError as error:
            raise Refused(
                f"{self.address} does not answer: {error}. Does Taskly run there?"
            ) from error
        except _Busy as busy:
            raise Refused(self._still(busy)) from busy
        raise AssertionError("unreachable")

    def _send(self, method: str, path: str, **request: Any) -> Any:
        response = self._client.request(method, path, **request)
        if response.is_success:
            return self._answer(response)
        problem = _problem(response)
        is_at_it = problem.get("code") == IN_PROGRESS
        if is_at_it or response.status_code in BUSY:
            raise _Busy(seconds_to_wait(response.headers), is_at_it=is_at_it)
        raise Refused(self._reason(response, problem), status=response.status_code)

    def _answer(self, response: httpx2.Response) -> Any:
        if response.headers.get("Content-Type", "").partition(";")[0] in FILES:
            return response.text
        try:
            return response.json() if response.content else None
        except ValueError as error:
            raise Refused(f"{self.address} answers, but not in JSON: is it a Taskly?") from error

    def _reason(self, response: httpx2.Response, problem: Json) -> str:
        if response.status_code == httpx2.codes.UNAUTHORIZED:
            return f"{self.address} does not take your token any more. Sign in again: `taskly login {self.address}`."
        if "detail" not in problem:
            return f"{self.address} answered {response.status_code}: is it a Taskly?"
        return re.sub(r"^(body|query)\.", "", str(problem["detail"]))

    def _still(self, busy: _Busy) -> str:
        if busy.is_at_it:
            return f"{self.address} is still carrying it out. See what came of it before you ask again."
        return f"{self.address} is busy. Try again in {busy.seconds:.0f} s."

    def _tell(self, seconds: float) -> None:
        """Say once that it takes longer, so that nobody thinks that nothing happens."""
        if seconds >= 1 and not self._has_told:
            self._has_told = True
            typer.echo(f"{self.address} asks to wait; trying again by itself.", err=True)


def _asked(query: Json) -> Json:
    return {name: value for name, value in query.items() if value is not None}


def seconds_to_wait(headers: Mapping[str, str]) -> float:
    """What `Retry-After` says, within reason; a second where it says nothing that can be read."""
    try:
        seconds = float(headers.get("Retry-After", "1"))
    except ValueError:
        return 1
    return 1 if isnan(seconds) else min(max(seconds, 0), LONGEST_PAUSE)


def _problem(response: httpx2.Response) -> Json:
    try:
        problem = response.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}
