"""What PostgreSQL knows of the rows in a table, by which it chooses how to find them."""

from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.platform.tables import Base


def tables_of_workspaces() -> list[Table]:
    """The tables that grow with what workspaces hold."""
    return [table for table in Base.metadata.sorted_tables if "workspace_id" in table.c]


async def renew_statistics(session: AsyncSession, table: Table) -> None:
    """Have PostgreSQL look at a sample of a table's rows. Waits for nobody but another who does the same."""
    await session.execute(text(f'ANALYZE "{table.name}"'))
