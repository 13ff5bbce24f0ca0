"""HTTP of what is known of a person."""

from typing import Annotated

from fastapi import Depends
from fastapi.responses import StreamingResponse
from starlette.requests import HTTPConnection

from taskly.platform.http.problems import problems
from taskly.platform.http.routing import Router
from taskly.platform.runtime import Runtime, runtime_of
from taskly.privacy import exporting
from taskly.users.access import CostlyLimited, SignedInToAdminister
from taskly.users.errors import InsufficientScope

router = Router(prefix="/me", tags=["me"])

_FILE = {
    "application/json": {
        "schema": {"type": "object", "description": "Lists of rows, by what they are."},
        "example": {
            "format": exporting.FORMAT,
            "version": exporting.VERSION,
            "exported_at": "2026-11-23T09:00:00Z",
            "profile": [{"login": "octocat", "name": "Mona Lisa"}],
            "comments": [],
        },
    }
}


async def _runtime(connection: HTTPConnection) -> Runtime:
    return runtime_of(connection)


RuntimeOf = Annotated[Runtime, Depends(_runtime)]


@router.get(
    "/export",
    summary="Export everything about me",
    response_class=StreamingResponse,
    responses={
        **problems(InsufficientScope),
        200: {"description": "The file.", "content": _FILE},
    },
    dependencies=[CostlyLimited],
)
async def export_me(principal: SignedInToAdminister, runtime: RuntimeOf) -> StreamingResponse:
    """Everything that is stored about the caller, as one JSON document, without what opens doors.

    Of workspaces that the caller has left it holds what they did and wrote, not what others did.
    """
    return StreamingResponse(
        exporting.export(runtime, principal),
        media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="taskly-me.json"'},
    )
