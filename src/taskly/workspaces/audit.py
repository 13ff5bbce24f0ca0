"""The audit log of a workspace as a file: read page by page, so that a slow reader holds no connection."""

import enum
from collections.abc import AsyncIterator, Callable, Iterator, Sequence

from taskly.kit.cells import rows_as_csv
from taskly.kit.json import dumps
from taskly.platform.db.session import Database
from taskly.users.access import Principal
from taskly.workspaces.access import open_workspace
from taskly.workspaces.audit_repository import AuditFilter, AuditRow, entries_of
from taskly.workspaces.audit_schemas import AuditEntryResponse
from taskly.workspaces.models import Role, WorkspaceAccess

ROWS_AT_A_TIME = 500
COLUMNS = ("at", "type", "actor", "actor_id", "address", "user_agent", "request_id", "change")


class ExportFormat(enum.StrEnum):
    """How a file is written."""

    CSV = "csv"
    NDJSON = "ndjson"


MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.NDJSON: "application/x-ndjson",
}


async def export(
    database: Database,
    principal: Principal,
    access: WorkspaceAccess,
    wanted: AuditFilter,
    form: ExportFormat,
) -> AsyncIterator[bytes]:
    """The entries, newest first. Each page is read only for somebody who still may.

    Raises:
        NotFound, Forbidden: the person has lost the right meanwhile. The file ends before its end.
    """
    write = _WRITERS[form]
    yield write(None)
    workspace_id, last = access.workspace.id, None
    while True:
        async with database.reading() as session:
            await open_workspace(session, principal, workspace_id, Role.ADMIN)
            rows = await entries_of(
                session, workspace_id, wanted, older_than=last, limit=ROWS_AT_A_TIME
            )
        yield write(rows)
        if len(rows) < ROWS_AT_A_TIME:
            return
        last = rows[-1].entry.id


def _as_csv(rows: Sequence[AuditRow] | None) -> bytes:
    """The rows; for None the line with the names of the columns."""
    return rows_as_csv([COLUMNS] if rows is None else map(_cells, rows))


def _cells(row: AuditRow) -> Iterator[object]:
    shown = AuditEntryResponse.of(row)
    change = shown.model_dump(include={"entity", "subject_id", "before", "after"})
    yield shown.at.isoformat()
    yield shown.type
    yield shown.actor.login or shown.actor.kind.value
    yield shown.actor.user_id
    yield shown.address
    yield shown.user_agent
    yield shown.request_id
    yield dumps(change).decode()


def _as_ndjson(rows: Sequence[AuditRow] | None) -> bytes:
    lines = (AuditEntryResponse.of(row).model_dump_json() for row in rows or ())
    return "".join(f"{line}\n" for line in lines).encode()


_WRITERS: dict[ExportFormat, Callable[[Sequence[AuditRow] | None], bytes]] = {
    ExportFormat.CSV: _as_csv,
    ExportFormat.NDJSON: _as_ndjson,
}
