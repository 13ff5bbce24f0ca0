"""HTTP of boards from elsewhere."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Request

from taskly.boards.errors import BoardArchived, NoSuchBoard, NotOnBoard
from taskly.github.errors import (
    ASKING,
    GitHubNotFound,
    IssuesDisabled,
    NoRepository,
)
from taskly.imports import previewing, repository, starting
from taskly.imports.access import Importer, ImportToChange, ImportToRead, ImportToRemove
from taskly.imports.errors import (
    ImportChangedSince,
    ImportedAlready,
    ImportFileInvalid,
    ImportNotReady,
)
from taskly.imports.issues import asking
from taskly.imports.issues.schemas import PreviewIssues
from taskly.imports.models import Source
from taskly.imports.schemas import ImportResponse, UpdateImport
from taskly.platform.http.pages import Page, Paging
from taskly.platform.http.problems import Forbidden, NotFound, problems
from taskly.platform.http.routing import API_PREFIX, Router
from taskly.platform.runtime import RuntimeOf
from taskly.users.access import CostlyLimited, ReadSession, SignedIn, Tx
from taskly.users.errors import InsufficientScope
from taskly.workspaces.access import WorkspaceToRead
from taskly.workspaces.errors import NotAMember

router = Router(prefix="/workspaces/{workspace_id}/imports", tags=["imports"])

FILES_PATH = f"{API_PREFIX}/workspaces/*/imports"
"""Where files come in, which are larger than other bodies."""
_FILE: dict[str, Any] = {
    "application/octet-stream": {
        "schema": {"type": "string", "format": "binary"},
        "example": "Title,Status\nRefund twice,Doing\n",
    }
}
FileName = Annotated[str, Query(max_length=255, examples=["board.csv"])]
FileSource = Literal[Source.CSV, Source.JIRA, Source.TRELLO]
Mapping = Annotated[
    str | None,
    Query(
        max_length=2000,
        description="For `csv` only: headers of fields that can't be guessed, as JSON.",
        examples=['{"title": "What"}'],
    ),
]
Again = Annotated[
    bool,
    Query(
        description="Make a second board of a file that is a board already; of issues, bring cards up to date."
    ),
]
BoardNameTyped = Annotated[
    str | None, Query(max_length=100, description="The board's name, if it was changed since.")
]


@router.post(
    "",
    status_code=201,
    responses=problems(Forbidden, NotFound, ImportFileInvalid),
    dependencies=[CostlyLimited],
    openapi_extra={"requestBody": {"required": True, "content": _FILE}},
)
async def preview_import(
    workspace_id: UUID,
    source: FileSource,
    request: Request,
    importer: Importer,
    tx: Tx,
    file_name: FileName = "",
    mapping: Mapping = None,
) -> ImportResponse:
    """Read a file of another product: the body is the file. Nothing is made yet. For members.

    The answer says what it would become, who its people are here, and what can't come over.
    """
    headers, content = previewing.read_mapping(source, mapping), await request.body()
    read = await previewing.read_file(source, content, headers)
    row = await previewing.keep_plan(tx, importer, workspace_id, file_name, read)
    await tx.session.flush()
    return ImportResponse.of(row, await repository.same_file(tx.session, row))


@router.post(
    "/github",
    status_code=202,
    responses=problems(
        Forbidden,
        NotFound,
        NoRepository,
        NoSuchBoard,
        NotOnBoard,
        BoardArchived,
        GitHubNotFound,
        IssuesDisabled,
        *ASKING,
    ),
)
async def preview_issues(
    workspace_id: UUID, body: PreviewIssues, importer: Importer, runtime: RuntimeOf, tx: Tx
) -> ImportResponse:
    """Have a job see what the issues of a connected repository come to on a board. Nothing is made yet. For members.

    It asks in the caller's name. `state` is `previewed` when all were seen; then the import can be started.
    """
    row = await asking.ask_for_issues(runtime, tx, importer, workspace_id, body)
    return ImportResponse.of(row, await repository.same_file(tx.session, row))


@router.get("", responses=problems(NotFound))
async def list_imports(
    access: WorkspaceToRead, session: ReadSession, paging: Paging
) -> Page[ImportResponse]:
    """List the imports of a workspace, oldest first."""
    rows = await repository.imports_of(
        session, access.workspace.id, after=paging.after(UUID), limit=paging.rows
    )
    same = await repository.same_files(session, rows)
    return paging.page(
        rows, lambda row: ImportResponse.of(row, same.get(row.id)), lambda row: row.id
    )


@router.get("/{import_id}", responses=problems(NotFound))
async def read_import(access: ImportToRead) -> ImportResponse:
    """Read what a file comes to, or what became of it."""
    return ImportResponse.of(access.row, access.same_as)


@router.patch("/{import_id}", responses=problems(Forbidden, NotFound, ImportNotReady, NotAMember))
async def update_import(access: ImportToChange, body: UpdateImport, tx: Tx) -> ImportResponse:
    """Say what the board is to be called, and who the people of the file are. For members."""
    await previewing.change_preview(tx, access.row, body)
    return ImportResponse.of(access.row, access.same_as)


@router.post(
    "/{import_id}/start",
    status_code=202,
    responses=problems(Forbidden, NotFound, ImportNotReady, ImportedAlready),
)
async def start_import(
    access: ImportToChange, principal: SignedIn, tx: Tx, again: Again = False
) -> ImportResponse:
    """Have a job make the board; `receipt` then says whether all came. Twice is as once. For members."""
    await starting.start(tx, access, principal.user_id, again=again)
    return ImportResponse.of(access.row, access.same_as)


@router.delete(
    "/{import_id}",
    status_code=204,
    responses=problems(Forbidden, InsufficientScope, NotFound, ImportNotReady, ImportChangedSince),
)
async def remove_import(
    row: ImportToRemove, principal: SignedIn, tx: Tx, board_name: BoardNameTyped = None
) -> None:
    """Take away what came: the board with all that is on it; for admins. Of a preview, the preview."""
    await starting.remove(tx, principal, row, board_name)
