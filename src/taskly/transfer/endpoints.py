"""HTTP of workspaces as files."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from fastapi.responses import StreamingResponse

from taskly.imports.errors import ImportChangedSince, ImportedAlready, ImportNotReady
from taskly.platform.http.problems import Forbidden, NotFound, UnsupportedMediaType, problems
from taskly.platform.http.routing import API_PREFIX, Router
from taskly.platform.runtime import RuntimeOf
from taskly.transfer import exporting, starting, uploading
from taskly.transfer.access import FileAccess, FileToChange, FileToRead
from taskly.transfer.errors import NoWorkspaceFile
from taskly.transfer.schemas import WorkspaceImportResponse
from taskly.transfer.tables import FORMAT, VERSION
from taskly.users.access import CostlyLimited, SignedIn, Tx
from taskly.users.errors import InsufficientScope

router = Router(prefix="/workspaces", tags=["workspaces"])

IMPORT_PATH = f"{API_PREFIX}/workspaces/imports"
"""Where files come in, which are larger than other bodies."""

LINES = "application/x-ndjson"
_FILE = {
    LINES: {
        "schema": {"type": "string"},
        "example": f'{{"format":"{FORMAT}","version":{VERSION}}}\n'
        '{"table":"boards","row":{"name":"Payments"}}\n{"end":true,"rows":1}\n',
    }
}


Again = Annotated[
    bool, Query(description="Make a second workspace of a file that is a workspace already.")
]
WorkspaceNameTyped = Annotated[
    str | None,
    Query(max_length=100, description="The workspace's name, if things were done in it since."),
]


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
    "/imports",
    status_code=201,
    responses=problems(NoWorkspaceFile, UnsupportedMediaType),
    dependencies=[CostlyLimited],
    openapi_extra={"requestBody": {"required": True, "content": _FILE}},
)
async def preview_workspace_import(
    request: Request, principal: SignedIn, runtime: RuntimeOf
) -> WorkspaceImportResponse:
    """Send a file that `GET /workspaces/{id}/export` has written: the body is the file. Nothing is made yet.

    A job looks at it: `state` is then `previewed`, with what it comes to, or `refused`, with what is wrong in
    which line.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != LINES:
        raise UnsupportedMediaType(f"Send the file as {LINES}.")
    row = await uploading.take_in(runtime, principal.user_id, request.stream())
    return WorkspaceImportResponse.of(FileAccess(row, None, None))


@router.get("/imports/{workspace_import_id}", responses=problems(NotFound))
async def read_workspace_import(access: FileToRead) -> WorkspaceImportResponse:
    """Read what a file comes to, or what became of it. For whoever sent it."""
    return WorkspaceImportResponse.of(access)


@router.post(
    "/imports/{workspace_import_id}/start",
    status_code=202,
    responses=problems(NotFound, ImportNotReady, ImportedAlready),
)
async def start_workspace_import(
    access: FileToChange, tx: Tx, again: Again = False
) -> WorkspaceImportResponse:
    """Have a job make the workspace, all of it or nothing; `receipt` then says whether all came.

    Twice is as once. The caller is its admin. People of the file who have no account here, or who would have
    to be asked first, are placeholders: work is theirs, and nobody signs in as them.
    """
    await starting.start(tx, access, again=again)
    return WorkspaceImportResponse.of(access)


@router.delete(
    "/imports/{workspace_import_id}",
    status_code=204,
    responses=problems(Forbidden, InsufficientScope, NotFound, ImportNotReady, ImportChangedSince),
)
async def remove_workspace_import(
    access: FileToChange, principal: SignedIn, tx: Tx, workspace_name: WorkspaceNameTyped = None
) -> None:
    """Take away what came: the workspace with everything in it; for its admins. Of a preview, the file."""
    await starting.remove(tx, principal, access, workspace_name)
