"""HTTP of workspaces as files."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.responses import StreamingResponse
from starlette.requests import HTTPConnection

from taskly.platform.http.problems import Forbidden, NotFound, UnsupportedMediaType, problems
from taskly.platform.http.routing import API_PREFIX, Router
from taskly.platform.runtime import Runtime, runtime_of
from taskly.transfer import exporting, uploading
from taskly.transfer.errors import NoWorkspaceFile
from taskly.transfer.schemas import ImportResponse
from taskly.transfer.tables import FORMAT, VERSION
from taskly.users.access import CostlyLimited, SignedIn
from taskly.users.errors import InsufficientScope

router = Router(prefix="/workspaces", tags=["workspaces"])

IMPORT_PATH = f"{API_PREFIX}/workspaces/import"

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
        headers={
            "Content-Disposition": f'attachment; filename="taskly-{workspace_id}.ndjson"',
            "Content-Length": str(exporting.size_of(file)),
        },
    )


@router.post(
    "/import",
    status_code=202,
    responses=problems(NoWorkspaceFile, UnsupportedMediaType),
    dependencies=[CostlyLimited],
    openapi_extra={"requestBody": {"required": True, "content": _FILE}},
)
async def import_workspace(
    request: Request, principal: SignedIn, runtime: RuntimeOf
) -> ImportResponse:
    """Make a new workspace of a file that `GET /workspaces/{id}/export` has written. The caller is its admin.

    A job reads it: all of it or nothing. People of the file who have no account here, or who would have
    to be asked first, are placeholders: work is theirs, and nobody signs in as them.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != LINES:
        raise UnsupportedMediaType(f"Send the file as {LINES}.")
    job_id = await uploading.take_in(runtime, principal.user_id, request.stream())
    return ImportResponse(job_id=job_id)
