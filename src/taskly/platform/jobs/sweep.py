"""The sweep: hands over what is due and what nobody finished.

It looks for jobs by their state, so it finds what a crash, an emptied Redis or a dead worker left
behind. Any number of sweeps may run at once.
"""

from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from taskly.platform.broker import queue_key
from taskly.platform.context import SYSTEM
from taskly.platform.db.session import Database
from taskly.platform.events.handover import CeleryHandover, WakeUp
from taskly.platform.events.jobs import Queue
from taskly.platform.jobs import ledger
from taskly.platform.jobs.failures import describe

log = structlog.get_logger()

BATCH = 500
MOST_WAITING = 1000
"""The sweep never fills a broker queue beyond this: while workers are behind or gone, handing the same
jobs over again and again would fill Redis and wake nobody."""


async def sweep(database: Database, redis: Redis, handover: CeleryHandover) -> int:
    """Hand over the jobs that are due, in bounded batches; how many reached the broker."""
    reached = 0
    for queue in Queue:
        try:
            waiting = await redis.llen(queue_key(queue.value))
        except (RedisError, OSError) as error:
            log.warning("sweep.broker_unreachable", error=describe(error))
            return reached
        room = min(BATCH, MOST_WAITING - waiting)
        if room > 0:
            reached += await _sweep_queue(database, handover, queue, room)
    return reached


async def _sweep_queue(
    database: Database, handover: CeleryHandover, queue: Queue, room: int
) -> int:
    async with database.transaction(SYSTEM) as transaction:
        due = await ledger.take_due(transaction.session, queue=queue.value, limit=room)
    if not due:
        return 0
    reached = await handover.wake([WakeUp(job.id, job.queue) for job in due])
    await _return(database, [job.id for job in due if job.id not in reached])
    log.info("sweep.handed_over", queue=queue.value, due=len(due), reached=len(reached))
    return len(reached)


async def _return(database: Database, missed: list[UUID]) -> None:
    if missed:
        async with database.transaction(SYSTEM) as transaction:
            await ledger.return_due(transaction.session, missed)
