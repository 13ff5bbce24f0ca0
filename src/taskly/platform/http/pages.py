"""Lists are given in pages: `?limit=` and an opaque `?cursor=`, answered with `next_cursor` and `Link`.

An endpoint takes `paging: Paging`, asks its query for `paging.rows` rows after `paging.after(UUID)`
and returns `paging.page(rows, …)`. Rows are in the order of a unique key, so pages neither lose nor
repeat anything while others write.
"""

from collections.abc import Callable, Sequence
from copy import copy
from hashlib import sha256
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from taskly.kit.cursors import InvalidCursor, Value, decode_cursor, encode_cursor
from taskly.platform.http.problems import Invalid

Item = TypeVar("Item")
Row = TypeVar("Row")
Key = TypeVar("Key", UUID, int)

MAXIMUM_LIMIT = 200


class Page(BaseModel, Generic[Item]):
    """One page of a list."""

    # A generic class does not hand its docstring down.
    model_config = ConfigDict(json_schema_extra={"description": "One page of a list."})

    items: list[Item]
    next_cursor: str | None = Field(
        examples=[None], description="Ask with it for the next page; null on the last."
    )


class PageRequest:
    """Which page is asked for, and how it is answered."""

    def __init__(
        self, request: Request, response: Response, limit: int, cursor: str | None
    ) -> None:
        self._request = request
        self._response = response
        self.purpose = request.scope["route"].name
        self.limit = limit
        self.cursor = cursor

    @property
    def rows(self) -> int:
        """How many rows to fetch: one more than are shown, to know whether there is a next page."""
        return self.limit + 1

    def after(self, kind: type[Key]) -> Key | None:
        """The key, of the list's kind, after which the page begins.

        Raises:
            Invalid: the cursor is not one that this list gave out.
        """
        place = self.place((kind,))
        return None if place is None else place[0]

    def place(self, kinds: Sequence[Any]) -> tuple[Any, ...] | None:
        """The same for lists whose key has several values, of these kinds.

        Raises:
            Invalid: the cursor is not one that this list gave out.
        """
        if self.cursor is None:
            return None
        try:
            return decode_cursor(self.cursor, self.purpose, kinds)
        except InvalidCursor as error:
            reason = f"it is not a cursor of this list: {error}"
            wrong = {"loc": ["query", "cursor"], "msg": reason, "type": "cursor"}
            raise Invalid(f"query.cursor: {reason}.", errors=[wrong]) from None

    def for_query(self, text: str) -> "PageRequest":
        """The same for a list whose order follows from a text: cursors of other texts are refused."""
        asked = copy(self)
        asked.purpose = f"{self.purpose}:{sha256(text.encode()).hexdigest()[:12]}"
        return asked

    def page(
        self,
        rows: Sequence[Row],
        show: Callable[[Row], Item],
        key: Callable[[Row], Value | tuple[Value, ...]],
        goes_on: tuple[Value, ...] | None = None,
    ) -> Page[Item]:
        """The answer made of `rows`, with the `Link` header (RFC 8288) that leads on.

        `goes_on` is where the next page begins if these are all rows that were found, but not all was looked at.
        """
        shown = rows[: self.limit]
        following = None
        place = key(shown[-1]) if len(rows) > self.limit else goes_on
        if place is not None:
            values = place if isinstance(place, tuple) else (place,)
            following = encode_cursor(values, self.purpose)
            url = self._request.url.include_query_params(cursor=following)
            self._response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
        return Page(items=[show(row) for row in shown], next_cursor=following)


async def _page_request(
    request: Request,
    response: Response,
    limit: Annotated[
        int, Query(ge=1, le=MAXIMUM_LIMIT, description="At most this many items.")
    ] = 50,
    cursor: Annotated[
        str | None,
        Query(max_length=512, description="Where to go on: `next_cursor` of the page before."),
    ] = None,
) -> PageRequest:
    return PageRequest(request, response, limit, cursor)


Paging = Annotated[PageRequest, Depends(_page_request)]
