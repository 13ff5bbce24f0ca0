"""Telling PostgreSQL at once what many new rows are like, instead of when it next looks by itself.

Until it knows, it takes thousands of new cards for a few and joins them one by one: a search that needs
milliseconds ran into its time-out. It looks after a minute, or much later when the rows are few beside all others.
"""

from taskly.platform.db.statistics import renew_statistics, tables_of_workspaces
from taskly.platform.events.jobs import JobSpec, Queue, handles
from taskly.platform.jobs.work import Work


class RenewStatistics(
    JobSpec, kind="worker.renew_statistics", queue=Queue.INTERACTIVE, time_limit=120
):
    """Look at what the tables hold. For whoever has stored thousands of rows; somebody waits to read them."""


@handles(RenewStatistics)
async def renew(work: Work, _job: RenewStatistics) -> dict[str, int]:
    """Table by table, so that each lock is short; it holds up no reader and no writer."""
    tables = tables_of_workspaces()
    for table in tables:
        async with work.transaction() as tx:
            await renew_statistics(tx.session, table)
    return {"tables": len(tables)}
