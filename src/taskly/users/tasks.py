"""What is done about people by itself: forgetting what is over."""

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
    forgotten = 0
    while True:
        async with work.transaction() as tx:
            batch = await forget_stale(tx) + await forget_answers(tx)
        forgotten += batch
        if batch == 0:
            return {"forgotten": forgotten}


every(3600, ForgetEnded())
