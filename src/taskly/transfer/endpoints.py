"""HTTP of workspaces as files."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends
from fastapi.responses import StreamingResponse
from starlette.requests import HTTPConnection

from taskly.platform.http.problems import Forbidden, NotFound, problems
from taskly.platform.http.routing import Router
from taskly.platform.runtime import Runtime, runtime_of
from taskly.transfer import exporting
from taskly.transfer.tables import FORMAT, VERSION
from taskly.users.access import CostlyLimited, SignedIn
from taskly.users.errors import InsufficientScope

router = Router(prefix="/workspaces", tags=["workspaces"])

LINES = "application/x-ndjson"
_FILE = {
    LINES: {
        "schema": {"type": "string"},
        "example": f'{{"format":"{FORMAT}","version":{VERSION}}}\n'
        '{"table":"boards","row":{"name":"Payments"}}\n{"end":true,"rows":1}\n',
    }
}


async def _runtime(connection: HTTPConnection) -> Runtime:
    return runtime_of(connection)


RuntimeOf = Annotated[Runtime, Depends(_runtime)]


@router.get(
    "/{workspace_id}/export",
    response_class=StreamingResponse,
    responses={
        **problems(Forbidden, InsufficientScope, NotFound),
        200: {"description": "The file.", "content": _FILE},
    },
    dependencies=[CostlyLimited],
)
async def export_workspace(
    workspace_id: UUID, principal: SignedIn, runtime: RuntimeOf
) -> StreamingResponse:
    """The whole workspace as one file, as it is at this moment, with its past. For admins.

    Boards with their cards, archived and deleted ones too, comments, sprints, shared views, what GitHub
    told, and the log; of people their logins and names; no addresses and no secrets.
    """
    file = await exporting.write_file(runtime, principal, workspace_id)
    return StreamingResponse(
        exporting.read_file(file),
        media_type=LINES,
        headers={"Content-Disposition": f'attachment; filename="taskly-{workspace_id}.ndjson"'},
    )
