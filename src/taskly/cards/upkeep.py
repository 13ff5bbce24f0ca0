"""What was deleted long ago goes for good."""

from datetime import timedelta

from taskly.cards import repository
from taskly.platform.events.jobs import JobSpec, Queue, handles
from taskly.platform.jobs.periodic import every
from taskly.platform.jobs.work import Work

KEEP_DELETED = timedelta(days=30)
"""So long deleting can be undone."""
PURGE_BATCH = 200


class PurgeDeleted(JobSpec, kind="cards.purge_deleted", queue=Queue.BULK, routine=True):
    """Forget deleted cards and columns."""


@handles(PurgeDeleted)
async def purge_deleted(work: Work, _job: PurgeDeleted) -> dict[str, int]:
    """Delete in small transactions. The log says all about them still."""
    before = work.runtime.clock.now() - KEEP_DELETED
    purged, found = 0, PURGE_BATCH
    while found == PURGE_BATCH:
        async with work.transaction() as tx:
            found = await repository.purge_cards(
                tx.session, deleted_before=before, limit=PURGE_BATCH
            )
            await repository.purge_columns(tx.session, deleted_before=before)
        purged += found
    return {"cards": purged}


every(3600, PurgeDeleted())
