"""What is done about people by itself: forgetting what is over."""

from taskly.platform.db.session import Transaction
from taskly.platform.events.jobs import JobSpec, Queue, handles
from taskly.platform.jobs.periodic import every
from taskly.platform.jobs.work import Work
from taskly.users.idempotency import forget_answers
from taskly.users.sessions import forget_stale


class ForgetEnded(JobSpec, kind="users.forget_ended", queue=Queue.BULK):
    """Forget sign-ins, tokens and sessions that ended long ago, and answers that are kept no longer."""


@handles(ForgetEnded)
async def forget_ended(work: Work, _job: ForgetEnded) -> dict[str, int]:
    """Delete in small transactions; how many rows went."""
    return {"forgotten": await work.in_batches(_forget_some, size=1)}


async def _forget_some(tx: Transaction) -> int:
    return await forget_stale(tx) + await forget_answers(tx)


every(3600, ForgetEnded())
