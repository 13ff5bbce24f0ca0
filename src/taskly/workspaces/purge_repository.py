"""Every query that deletes what a workspace held that was ended."""

from uuid import UUID

from sqlalchemy import Table, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.platform.tables import Base
from taskly.workspaces.models import Workspace


def contents() -> list[Table]:
    """The tables whose rows go with a workspace, each before those that it refers to.

    Logs refer to nothing, and stay; so does what only notes the workspace, and then none. What can't be found
    by its workspace goes with the card that it is about.
    """
    return [
        table
        for table in reversed(Base.metadata.sorted_tables)
        if table.foreign_keys and _is_found_by_workspace(table) and not _only_notes_it(table)
    ]


async def delete_some(
    session: AsyncSession, table: Table, workspace_id: UUID, *, limit: int
) -> int:
    """Delete some rows of a workspace; how many."""
    key = table.primary_key.columns
    some = select(*key).where(table.c.workspace_id == workspace_id).limit(limit)
    deleted = await session.execute(delete(table).where(tuple_(*key).in_(some)).returning(*key))
    return len(deleted.all())


async def delete_workspace(session: AsyncSession, workspace_id: UUID) -> None:
    """Delete the row of the workspace itself. The placeholders of people go with it."""
    await session.execute(delete(Workspace).where(Workspace.id == workspace_id))


def _is_found_by_workspace(table: Table) -> bool:
    indexes = [*table.indexes, *table.constraints]
    columns = (list(getattr(index, "columns", ())) for index in indexes)
    return any(each and each[0].name == "workspace_id" for each in columns)


def _only_notes_it(table: Table) -> bool:
    keys = table.c.workspace_id.foreign_keys
    return any(
        each.column.table is Workspace.__table__ and each.ondelete == "SET NULL" for each in keys
    )
