"""The handlers of this domain's jobs, and when the periodic ones are due."""

from datetime import timedelta

from taskly.platform.db.session import Transaction
from taskly.platform.events.jobs import handles
from taskly.platform.jobs.periodic import every
from taskly.platform.jobs.work import Work
from taskly.webhooks import delivering, message_repository, probing, taking
from taskly.webhooks.jobs import DeliverMessage, ProbeFailing, PurgeMessages, TakeNews

TAKE_EVERY_SECONDS = 2
PROBE_EVERY_SECONDS = 30
KEEP_MESSAGES = timedelta(days=30)
PURGE_BATCH = 1000


@handles(TakeNews)
async def take_news(work: Work, _job: TakeNews) -> dict[str, int]:
    """Put what is new in the log in the lines of webhooks."""
    return await taking.take_news(work)


@handles(DeliverMessage, on_dead=delivering.give_up)
async def deliver_message(work: Work, job: DeliverMessage) -> None:
    """Send a message."""
    await delivering.deliver(work, job)


@handles(ProbeFailing)
async def probe_failing(work: Work, _job: ProbeFailing) -> dict[str, int]:
    """Probe failing webhooks."""
    return await probing.probe_failing(work)


@handles(PurgeMessages)
async def purge_messages(work: Work, _job: PurgeMessages) -> dict[str, int]:
    """Forget old messages, in small transactions; how many."""
    return {"messages": await work.in_batches(_purge_some, size=PURGE_BATCH)}


async def _purge_some(tx: Transaction) -> int:
    before = tx.now - KEEP_MESSAGES
    return await message_repository.purge(tx.session, finished_before=before, limit=PURGE_BATCH)


every(TAKE_EVERY_SECONDS, TakeNews())
every(PROBE_EVERY_SECONDS, ProbeFailing())
every(3600, PurgeMessages())
