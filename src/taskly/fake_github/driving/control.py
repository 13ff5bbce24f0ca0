"""How the control API is asked."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2
from pydantic import BaseModel

Answer = TypeVar("Answer", bound=BaseModel)


class FakeGitHubError(Exception):
    """The fake refused what it was asked for; `status` and the message are its own."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status
        self.message = message


class Control:
    """A connection to the control API, and how to ask it."""

    def __init__(self, address: str, *, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self.address = address.rstrip("/")
        self._client = httpx2.AsyncClient(
            base_url=f"{self.address}/_fake", transport=transport, timeout=70, trust_env=False
        )

    async def __aenter__(self) -> Self:
        """The driver itself; leaving closes its connections."""
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    @property
    def api_url(self) -> str:
        """The root of the REST API, for the setting `GITHUB_API_URL`."""
        return f"{self.address}/api/v3"

    @property
    def web_url(self) -> str:
        """The root of the pages, for the setting `GITHUB_WEB_URL`."""
        return self.address

    async def _do(
        self,
        method: str,
        path: str,
        body: BaseModel | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Any:
        """One request; the JSON of its answer, or None for an empty one."""
        response = await self._client.request(
            method,
            path,
            json=None if body is None else body.model_dump(mode="json", exclude_unset=True),
            params={name: value for name, value in (query or {}).items() if value is not None},
        )
        if response.is_success:
            return response.json() if response.content else None
        raise FakeGitHubError(response.status_code, _message(response))

    async def _ask(
        self,
        kind: type[Answer],
        method: str,
        path: str,
        body: BaseModel | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Answer:
        return kind.model_validate(await self._do(method, path, body, query))

    async def _list(
        self, kind: type[Answer], path: str, query: Mapping[str, Any] | None = None
    ) -> list[Answer]:
        found = await self._do("GET", path, None, query)
        return [kind.model_validate(each) for each in found]


def _message(response: httpx2.Response) -> str:
    try:
        body = response.json()
    except ValueError:
        return response.text
    errors = body.get("errors") or body.get("detail")
    return f"{body.get('message', '')} {errors or ''}".strip()
