"""HTTP of the audit log."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from fastapi.responses import StreamingResponse

from taskly.platform.http.pages import Page, Paging
from taskly.platform.http.problems import Forbidden, NotFound, problems
from taskly.platform.http.routing import Router
from taskly.platform.http.schema import Moment, written
from taskly.platform.runtime import RuntimeOf
from taskly.users.access import CostlyLimited, ReadSession, SignedIn, SignedInToAdminister
from taskly.users.errors import InsufficientScope
from taskly.workspaces import audit, audit_repository
from taskly.workspaces.access import WorkspaceToOversee
from taskly.workspaces.audit import MEDIA_TYPES, ExportFormat
from taskly.workspaces.audit_repository import AuditFilter
from taskly.workspaces.audit_schemas import AuditEntryResponse

router = Router(prefix="/workspaces/{workspace_id}/audit", tags=["audit log"])

me_router = Router(prefix="/me/audit", tags=["me"])

_FILES = {
    "text/csv": {"schema": {"type": "string"}, "example": f"{','.join(audit.COLUMNS)}\r\n…"},
    "application/x-ndjson": {"schema": {"type": "string"}, "example": '{"id": "0199…", …}'},
}


async def _filter(
    actor: Annotated[UUID | None, Query(description="Only what this person did.")] = None,
    type_: Annotated[
        str | None,
        Query(
            alias="type",
            max_length=100,
            pattern=written(
                r"^[a-z_]+(\.[a-z_]+)?$",
                "write a type, such as member.added, or a kind, such as member",
            ),
            description="Only this type, `member.added`, or all of a kind, `member`.",
        ),
    ] = None,
    after: Annotated[Moment | None, Query(description="Only from then on.")] = None,
    before: Annotated[Moment | None, Query(description="Only earlier than that.")] = None,
) -> AuditFilter:
    return AuditFilter(actor_id=actor, type=type_, after=after, before=before)


Wanted = Annotated[AuditFilter, Depends(_filter)]


@router.get("", responses=problems(Forbidden, InsufficientScope, NotFound))
async def list_audit_entries(
    access: WorkspaceToOversee, wanted: Wanted, session: ReadSession, paging: Paging
) -> Page[AuditEntryResponse]:
    """Who did what in the workspace, when and from where, newest first. For admins."""
    rows = await audit_repository.entries_of(
        session,
        access.workspace.id,
        wanted,
        older_than=paging.after(UUID),
        limit=paging.rows,
    )
    return paging.page(rows, AuditEntryResponse.of, lambda row: row.entry.id)


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={
        **problems(Forbidden, InsufficientScope, NotFound),
        200: {"description": "The file.", "content": _FILES},
    },
    dependencies=[CostlyLimited],
)
async def export_audit_entries(
    access: WorkspaceToOversee,
    wanted: Wanted,
    principal: SignedIn,
    runtime: RuntimeOf,
    form: Annotated[
        ExportFormat, Query(alias="format", description="How the file is written.")
    ] = ExportFormat.CSV,
) -> StreamingResponse:
    """The same as a file, however long it is. For admins."""
    return StreamingResponse(
        audit.export(runtime.database, principal, access, wanted, form),
        media_type=MEDIA_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="audit.{form.value}"'},
    )


@me_router.get("", responses=problems(InsufficientScope))
async def list_my_audit_entries(
    principal: SignedInToAdminister, session: ReadSession, paging: Paging
) -> Page[AuditEntryResponse]:
    """When and from where the caller signed in, ended sessions, made and revoked tokens, newest first."""
    rows = await audit_repository.entries_about(
        session, principal.user_id, older_than=paging.after(UUID), limit=paging.rows
    )
    return paging.page(rows, AuditEntryResponse.of, lambda row: row.entry.id)
