"""Asking a server over its API, and saying in one sentence what it refused."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Self
from uuid import uuid4

import httpx2
import stamina

from taskly.client.credentials import Credentials, is_loopback
from taskly.client.refusal import Refused

Json = dict[str, Any]

API = "/api/v1"
LARGEST_PAGE = 200
LONGEST_WAIT = 90
TRIES = 4
BUSY = frozenset({429, 503})


class _Busy(Exception):
    """The server asks to try again after some seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def _again(error: Exception) -> bool | timedelta:
    """Whether to try again, and when: connections that broke at once, servers that are busy when they say."""
    if isinstance(error, _Busy):
        return timedelta(seconds=error.seconds)
    return isinstance(error, httpx2.TransportError) and not isinstance(error, httpx2.ConnectError)


class Server:
    """A Taskly in the name of one person. Methods raise `Refused`."""

    def __init__(self, known: Credentials, *, timeout: float = 30) -> None:
        self.address = known.server
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
        return self._ask("GET", path, params={k: v for k, v in query.items() if v is not None})

    def post(self, path: str, body: Json | None = None) -> Any:
        """What comes of a change. It is sent again if the connection breaks, and still carried out once."""
        return self._ask("POST", path, json=body, headers={"Idempotency-Key": str(uuid4())})

    def delete(self, path: str) -> None:
        """Take something away."""
        self._ask("DELETE", path)

    def every(self, path: str, *, limit: int | None = None, **query: object) -> list[Json]:
        """The items of a list, page after page; as many as `limit` if it is given."""
        found: list[Json] = []
        cursor = None
        while limit is None or len(found) < limit:
            size = LARGEST_PAGE if limit is None else min(limit - len(found), LARGEST_PAGE)
            page = self.get(path, limit=size, cursor=cursor, **query)
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        return found

    def _ask(self, method: str, path: str, **request: Any) -> Any:
        try:
            for attempt in stamina.retry_context(on=_again, attempts=TRIES, timeout=LONGEST_WAIT):
                with attempt:
                    return self._send(method, path, **request)
        except httpx2.TransportError as error:
            raise Refused(
                f"{self.address} does not answer: {error}. Does Taskly run there?"
            ) from error
        except _Busy as busy:
            raise Refused(f"{self.address} is busy. Try again in {busy.seconds:.0f} s.") from busy
        raise AssertionError("unreachable")

    def _send(self, method: str, path: str, **request: Any) -> Any:
        response = self._client.request(method, path, **request)
        if response.status_code in BUSY:
            raise _Busy(_seconds(response.headers))
        if response.is_success:
            return response.json() if response.content else None
        raise Refused(self._reason(response), status=response.status_code)

    def _reason(self, response: httpx2.Response) -> str:
        if response.status_code == httpx2.codes.UNAUTHORIZED:
            return f"{self.address} does not take your token any more. Sign in again: `taskly login {self.address}`."
        try:
            problem = response.json()
            return re.sub(r"^(body|query)\.", "", str(problem["detail"]))
        except (ValueError, KeyError, TypeError):
            return f"{self.address} answered {response.status_code}: is it a Taskly?"


def _seconds(headers: Mapping[str, str]) -> float:
    try:
        return float(headers.get("Retry-After", "1"))
    except ValueError:
        return 1
