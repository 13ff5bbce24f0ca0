"""Every query with which a file becomes a workspace."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.platform.db.arrays import is_among
from taskly.platform.events.models import Event
from taskly.transfer.models import AT_WORK, WorkspaceImport
from taskly.transfer.tables import IMPLIED, TABLES, Exported
from taskly.users.models import User
from taskly.workspaces.models import WorkspaceMember


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who has an account here."""

    id: UUID
    github_id: int | None


async def import_row(
    session: AsyncSession, import_id: UUID, *, lock: bool = False
) -> WorkspaceImport | None:
    """An import; locked until the end of the transaction if asked."""
    query = select(WorkspaceImport).where(WorkspaceImport.id == import_id)
    query = query.execution_options(populate_existing=True)
    return await session.scalar(query.with_for_update() if lock else query)


async def imports_of_file(
    session: AsyncSession, user_id: UUID, import_id: UUID, *, lock: bool = False
) -> list[WorkspaceImport]:
    """An import of somebody's and their others of the same file; none if it is not theirs. Locked if asked."""
    theirs = WorkspaceImport.created_by == user_id
    file_hash = select(WorkspaceImport.file_hash).where(WorkspaceImport.id == import_id, theirs)
    query = (
        select(WorkspaceImport)
        .where(theirs, WorkspaceImport.file_hash == file_hash.scalar_subquery())
        .order_by(WorkspaceImport.id)
        .execution_options(populate_existing=True)
    )
    return list(await session.scalars(query.with_for_update() if lock else query))


async def people_here(
    session: AsyncSession, ids: Collection[UUID], github_ids: Collection[int]
) -> list[Known]:
    """Those who have one of these ids, here or at GitHub, and have not gone."""
    query = (
        select(User.id, User.github_id)
        .where(
            or_(is_among(User.id, ids), is_among(User.github_id, github_ids)),
            User.deleted_at.is_(None),
        )
        .order_by(User.id)
    )
    return [Known(*row) for row in await session.execute(query)]


async def staying(session: AsyncSession, ids: Collection[UUID], *, lock: bool) -> set[UUID]:
    """Those of some people who have not gone. Locked, they stay until the transaction ends."""
    query = (
        select(User.id).where(is_among(User.id, ids), User.deleted_at.is_(None)).order_by(User.id)
    )
    if lock:
        query = query.with_for_update(read=True, key_share=True)
    return set(await session.scalars(query))


async def ended_among(session: AsyncSession, workspace_ids: Collection[UUID]) -> set[UUID]:
    """Those of some workspaces in which nobody is any more: they were deleted, and are purged soon."""
    alive = select(WorkspaceMember.workspace_id).where(
        WorkspaceMember.workspace_id.in_(workspace_ids)
    )
    return set(workspace_ids) - set(await session.scalars(alive.distinct()))


async def forget_people(session: AsyncSession, before: datetime, *, limit: int) -> int:
    """Forget whom the files of imports name that came before a time and are over; how many."""
    old = (
        select(WorkspaceImport)
        .where(
            WorkspaceImport.created_at < before,
            WorkspaceImport.state.not_in(AT_WORK),
            or_(WorkspaceImport.people != {}, WorkspaceImport.notes != []),
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = (await session.scalars(old)).all()
    for row in rows:
        row.forget_people()
    return len(rows)


async def add_rows(
    session: AsyncSession, table: Exported, columns: Sequence[str], rows: str
) -> None:
    """Store rows as they stand in JSON; PostgreSQL reads the values."""
    names = ", ".join(f'"{column}"' for column in columns)
    statement = text(
        f'INSERT INTO "{table.name}" ({names}) SELECT {names} '  # noqa: S608 - names of our own
        f'FROM json_populate_recordset(NULL::"{table.name}", CAST(:rows AS json))'
    )
    await session.execute(statement, {"rows": rows})


async def count_events(session: AsyncSession, workspace_id: UUID) -> int:
    """How many changes a workspace's log has."""
    query = select(func.count()).where(Event.workspace_id == workspace_id)
    return int(await session.scalar(query) or 0)


async def counts_of(session: AsyncSession, workspace_id: UUID) -> dict[str, int]:
    """How many rows there are of a workspace that was read in, table by table; of people, the placeholders."""
    counts = {}
    for exported in TABLES:
        columns = exported.table.c
        if exported.name == "workspaces":
            mine = columns.id == workspace_id
        elif exported.name == "users":
            mine = columns.placeholder_of == workspace_id
        else:
            mine = columns[IMPLIED] == workspace_id
        query = select(func.count()).select_from(exported.table).where(mine)
        counts[exported.name] = int(await session.scalar(query) or 0)
    return counts
