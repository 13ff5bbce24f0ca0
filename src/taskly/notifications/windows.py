"""Windows: a person's notifications gather for a quarter of an hour, from the first one on, for one mail.

A window is a row while it is open. Who adds to it keeps the row from going until their transaction ends; who
closes it waits for them, so what was added under a window is there when its mail is put together. What comes
later opens the next one. See docs/adr/0013-one-mail-a-window.md.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from taskly.notifications import window_repository as repository
from taskly.notifications.jobs import SendDigest
from taskly.notifications.rules import WINDOW
from taskly.platform.db.session import Transaction
from taskly.platform.events.jobs import Death


async def gather(tx: Transaction, user_ids: Collection[UUID]) -> None:
    """See to it that a mail follows for each of these people: open windows for those who have none."""
    if not user_ids:
        return
    for user_id in await repository.open_windows(tx.session, user_ids, tx.now, tx.now + WINDOW):
        job = SendDigest(user_id=user_id, opened_at=tx.now)
        tx.promise(job, key=f"{user_id}:{tx.now.isoformat()}", delay=WINDOW)


async def close(tx: Transaction, job: SendDigest, job_id: UUID) -> timedelta | None:
    """Close a window and give what gathered in it to the job; how long to wait if it is too early.

    Nothing happens to a window that was closed before: what the job was given stays with it.
    """
    closes_at = await repository.closing_time(tx.session, job.user_id, job.opened_at)
    if closes_at is None:
        return None
    if closes_at > tx.now:
        return closes_at - tx.now
    await repository.delete_window(tx.session, job.user_id, job.opened_at)
    await repository.give_to_mail(tx.session, job.user_id, job_id)
    return None


async def give_up(tx: Transaction, job: SendDigest, _death: Death) -> None:
    """Let a window go whose job died, so that the next notification opens another."""
    await repository.delete_window(tx.session, job.user_id, job.opened_at)
