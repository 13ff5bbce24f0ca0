"""HTTP of the links that switch mail off. Public: whoever holds a mail may end it."""

from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import HTMLResponse

from taskly.notifications import unsubscribing
from taskly.platform.http.problems import problems
from taskly.platform.http.rate_limits import TooManyRequests
from taskly.platform.http.routing import Router
from taskly.platform.runtime import RuntimeOf
from taskly.users.limits import AddressLimited

_PAGE = {"text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"}}
_PAGES: dict[int | str, dict[str, Any]] = {
    200: {"description": "A page that says so.", "content": _PAGE},
    400: {
        "description": "The link is not one of ours, or ends what there is no more.",
        "content": _PAGE,
    },
}
"""What both operations answer."""


router = Router(
    tags=["notifications"],
    dependencies=[AddressLimited],
    responses=problems(TooManyRequests),
)


Token = Annotated[str, Query(max_length=200, description="From a mail.")]


@router.get("/unsubscribe", response_class=HTMLResponse, responses=_PAGES)
async def open_unsubscribe(runtime: RuntimeOf, token: Token) -> HTMLResponse:
    """Show the button that ends what the link is about. Opening it changes nothing. Public.

    That is mail about a kind of notification, about all of them, or about the reports of a board.
    """
    return unsubscribing.offer(runtime.settings, token)


@router.post("/unsubscribe", response_class=HTMLResponse, responses=_PAGES)
async def unsubscribe(runtime: RuntimeOf, token: Token) -> HTMLResponse:
    """End mail about a kind of notification, about all of them, or about the reports of a board. Public.

    Mail programs send this too (RFC 8058).
    """
    return await unsubscribing.unsubscribe(runtime, token)
