"""The handlers of this domain's jobs."""

from taskly.notifications import window_repository, windows
from taskly.notifications.digest import MOST_IN_MAIL, compose
from taskly.notifications.jobs import SendDigest
from taskly.platform.events.change import JsonObject
from taskly.platform.events.jobs import handles
from taskly.platform.jobs.work import Retry, Work
from taskly.platform.mail.sending import send_mail


@handles(SendDigest, on_dead=windows.give_up)
async def send_digest(work: Work, job: SendDigest) -> JsonObject:
    """Close the window, and mail what is still unread; how much that was.

    What the mail tells is fixed when the window closes, so a job that is run again sends the same, without
    what was read since. A worker that dies after sending and before saying so makes one mail go out twice.

    Raises:
        Retry: this machine's clock says that the window is still open.
    """
    async with work.transaction() as tx:
        early = await windows.close(tx, job, work.job_id)
    if early is not None:
        raise Retry("the window is still open", after=early)
    settings = work.runtime.settings
    async with work.reading() as session:
        digest = await window_repository.digest(
            session, job.user_id, work.job_id, limit=MOST_IN_MAIL
        )
    if digest is None or not settings.has_mail:
        return {"notifications": 0}
    await send_mail(work, compose(settings, job.user_id, digest))
    return {"notifications": digest.total}
