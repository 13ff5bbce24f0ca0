"""When connections are compared with GitHub: often where nothing is told, else from time to time."""

from datetime import datetime, timedelta
from uuid import UUID

from taskly.github import repository
from taskly.github.connections.access_lost import REFUSED_FOR
from taskly.github.jobs import ReconcileRepository
from taskly.github.models import GitRepository
from taskly.github.syncing import held_repository
from taskly.platform.db.session import Transaction
from taskly.platform.events.models import JobState
from taskly.platform.jobs import ledger
from taskly.platform.jobs.work import Work
from taskly.platform.settings import Settings

AT_A_TIME = 100
AFTER_FAILURE = timedelta(minutes=15)
KEEP_DONE = timedelta(hours=1)


def is_polled(row: GitRepository) -> bool:
    """Whether GitHub has to be asked, because its webhook never said anything or fell silent."""
    return not row.has_webhook or row.heard_at is None or row.silent_since is not None


def next_time(settings: Settings, row: GitRepository, now: datetime) -> datetime:
    """When to compare a connection next."""
    seconds = settings.github_poll_seconds if is_polled(row) else settings.github_reconcile_seconds
    return now + timedelta(seconds=seconds)


async def promise_now(tx: Transaction, row: GitRepository) -> UUID:
    """Promise a comparison for which somebody waits; the job's id. One that is at it already will do."""
    job = ReconcileRepository(repository_id=row.id)
    running = await held_repository.open_job(tx.session, job.kind, row.id)
    return running or tx.promise(job, workspace_id=row.workspace_id)


async def put_off(tx: Transaction, repository_id: UUID) -> None:
    """A comparison came to nothing: the next one has its time nevertheless."""
    row = await repository.lock_repository(tx.session, repository_id)
    if row is None or not row.active or row.gone_at is not None:
        return
    row.next_sync_at = tx.now + (AFTER_FAILURE if row.refused_at is None else REFUSED_FOR)


async def promise_due(work: Work) -> int:
    """Promise the comparisons that are due, each once; how many. What a slot misses the next one promises.

    Those that ended are forgotten here: one a minute for each connection is too much to keep as long as other jobs.
    """
    async with work.transaction() as tx:
        due = await held_repository.due_repositories(tx.session, tx.now, limit=AT_A_TIME)
        for repository_id, workspace_id, due_at in due:
            job = ReconcileRepository(repository_id=repository_id)
            key = f"{repository_id}:{due_at.isoformat()}"
            tx.promise(job, workspace_id=workspace_id, key=key)
        await ledger.purge(
            tx.session,
            state=JobState.DONE,
            kind=ReconcileRepository.kind,
            finished_before=KEEP_DONE,
            limit=AT_A_TIME,
        )
    return len(due)
