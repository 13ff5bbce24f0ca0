"""The audit log of a workspace as a file: read page by page, so that a slow reader holds no connection."""

import csv
import enum
import io
from collections.abc import AsyncIterator, Callable, Sequence

from taskly.kit.json import dumps
from taskly.platform.db.session import Database
from taskly.users.access import Principal
from taskly.workspaces.access import open_workspace
from taskly.workspaces.audit_repository import AuditFilter, AuditRow, entries_of
from taskly.workspaces.audit_schemas import AuditEntryResponse
from taskly.workspaces.models import Role, WorkspaceAccess

ROWS_AT_A_TIME = 500
COLUMNS = ("at", "type", "actor", "actor_id", "address", "user_agent", "request_id", "change")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    if rows is None:
        writer.writerow(COLUMNS)
    for row in rows or ():
        shown = AuditEntryResponse.of(row)
        change = shown.model_dump(include={"entity", "subject_id", "before", "after"})
        writer.writerow(
            _cell(value)
            for value in (
                shown.at.isoformat(),
                shown.type,
                shown.actor.login or shown.actor.kind.value,
                shown.actor.user_id,
                shown.address,
                shown.user_agent,
                shown.request_id,
                dumps(change).decode(),
            )
        )
    return written.getvalue().encode()


def _cell(value: object) -> str:
    """The text of a cell, which no program that opens the file takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _as_ndjson(rows: Sequence[AuditRow] | None) -> bytes:
    lines = (AuditEntryResponse.of(row).model_dump_json() for row in rows or ())
    return "".join(f"{line}\n" for line in lines).encode()


_WRITERS: dict[ExportFormat, Callable[[Sequence[AuditRow] | None], bytes]] = {
    ExportFormat.CSV: _as_csv,
    ExportFormat.NDJSON: _as_ndjson,
}
