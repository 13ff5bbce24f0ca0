"""What every answer says about being kept."""

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from taskly.api.frame import RequestFrame

pytestmark = pytest.mark.anyio


async def answer(request: Request) -> Response:
    """What was asked for, with the header that the endpoint chose, if it chose one."""
    chosen = request.query_params.get("chosen")
    return Response(headers={"Cache-Control": chosen} if chosen else None)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/assets/taskly.css", "no-cache"),
        ("/assets/swagger/swagger-ui.css", "no-cache"),
        ("/assets", "no-store"),
        ("/api/v1/assets/x", "no-store"),
        ("/api/v1/me", "no-store"),
        ("/api/v1/me?chosen=private", "private"),
        ("/assets/taskly.css?chosen=private", "private"),
    ],
)
async def test_files_may_be_kept_if_they_are_asked_for_again_and_nothing_else(
    path: str, said: str
) -> None:
    app = RequestFrame(Starlette(routes=[Route("/{path:path}", answer)]), behind_tls=False)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1"
    ) as client:
        shown = await client.get(path)
    assert shown.headers.get_list("cache-control") == [said]
