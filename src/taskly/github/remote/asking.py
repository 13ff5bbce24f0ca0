"""How anything is asked of GitHub in the name of one account: once, page by page, with the next token if one has ended."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

from taskly.github.errors import GitHubNotFound
from taskly.github.remote.lacking import Lacking
from taskly.github.remote.transport import Answer, Bearer, Call, Transport
from taskly.github.remote.understanding import Query, Shape, accepted, pages_of, read_answer

Renew = Callable[[Bearer], Awaitable[Bearer]]
"""Gets the next token in place of one that is refused."""


class Asking:
    """Somebody who asks."""

    def __init__(
        self,
        transport: Transport,
        bearer: Bearer,
        *,
        sparing: bool = False,
        renew: Renew | None = None,
    ) -> None:
        self._transport = transport
        self._bearer = bearer
        self._sparing = sparing
        self._renew = renew
        self.lacking = Lacking()
        """Permissions of an app for want of which nothing is said of checks. Nothing is forgotten for that."""

    async def _get(self, path: str, shape: type[Shape]) -> Shape:
        return read_answer(await self._send(Call("GET", path, repeatable=True)), shape)

    async def _delete(self, path: str) -> None:
        with suppress(GitHubNotFound):
            await self._send(Call("DELETE", path, repeatable=True))

    async def _page(self, path: str, query: Query, page: str | None) -> Answer:
        """The first page of a list, or the one at an address that GitHub gave with an earlier one."""
        first = Call("GET", path, query=query, repeatable=True)
        return await self._send(first if page is None else Call("GET", page, repeatable=True))

    def _pages(self, path: str, query: Query, *, pages: int) -> AsyncIterator[Answer]:
        return pages_of(self._send, path, query, most=pages)

    async def _send(self, call: Call) -> Answer:
        answer = await self._transport.send(call, self._bearer, sparing=self._sparing)
        if answer.status == 401 and self._renew is not None:
            # A token that ends after an hour anyway, and nothing was done: once more with the next one.
            self._bearer = await self._renew(self._bearer)
            answer = await self._transport.send(call, self._bearer, sparing=self._sparing)
        return accepted(answer)
