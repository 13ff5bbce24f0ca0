"""Telling a workspace's admins that something is wrong with what GitHub tells of a repository.

Whoever notices calls `raise_alert`, in whatever transaction that happens: it locks nothing, and the job that
it promises has the hour in its key, so there is one alert for a repository, a reason and an hour. The job
records the alert in the workspace's log; notifications and webhooks take it from there.
"""

from uuid import UUID

import structlog

from taskly.github import repository
from taskly.github.events import RepositoryAlerted
from taskly.github.jobs import AlertAdmins
from taskly.github.models import Alert
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.jobs.work import Work
from taskly.workspaces.repository import has_ended

log = structlog.get_logger()

LONGEST_DETAIL = 500


def raise_alert(
    tx: Transaction, *, workspace_id: UUID, repository_id: UUID, alert: Alert, detail: str
) -> None:
    """Have admins told what is wrong with a connection, unless they were for this reason within the hour.

    `detail` is a sentence or the beginning of an error, for everybody in the workspace to read.
    """
    job = AlertAdmins(repository_id=repository_id, alert=alert, detail=detail[:LONGEST_DETAIL])
    key = f"{repository_id}:{alert.value}:{tx.now:%Y-%m-%dT%H}"
    tx.promise(job, workspace_id=workspace_id, key=key)


async def alert_admins(work: Work, job: AlertAdmins) -> None:
    """Record the alert, and report it to whoever operates this installation.

    Nothing is told of a connection that has ended meanwhile.
    """
    async with work.last_transaction() as tx:
        row = await repository.repository_row(tx.session, job.repository_id)
        if row is None or not row.active or await has_ended(tx.session, row.workspace_id):
            return
        await tx.lock(Stream(StreamKind.WORKSPACE, row.workspace_id, row.workspace_id))
        after = {
            "repository": row.full_name,
            "alert": job.alert.value,
            "detail": job.detail,
        }
        tx.record(row.workspace_id, RepositoryAlerted(id=row.id, before=None, after=after))
    log.error("repository.alerted", repository_id=str(row.id), **after)
