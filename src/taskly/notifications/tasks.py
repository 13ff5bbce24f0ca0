"""The handlers of this domain's jobs."""

from collections.abc import Sequence

from taskly.notifications import due_repository, repository, window_repository, windows
from taskly.notifications.digest import MOST_IN_MAIL, compose
from taskly.notifications.due_repository import DueCard
from taskly.notifications.jobs import ForgetNotifications, SendDigest, TellDueSoon
from taskly.notifications.rules import (
    KEEP_READ,
    KEEP_UNREAD,
    NotificationKind,
    Telling,
    days_due,
    due_occasion,
)
from taskly.notifications.telling import deliver
from taskly.platform.db.session import Transaction
from taskly.platform.events.change import JsonObject
from taskly.platform.events.jobs import handles
from taskly.platform.jobs.periodic import every
from taskly.platform.jobs.work import Retry, Work
from taskly.platform.mail.sending import send_mail

CARDS_AT_ONCE = 200
FORGOTTEN_AT_ONCE = 1000


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
            session,
            job.user_id,
            work.job_id,
            now=work.runtime.clock.now(),
            limit=MOST_IN_MAIL,
        )
    if digest is None or not settings.has_mail:
        return {"notifications": 0}
    await send_mail(work, compose(settings, job.user_id, digest))
    return {"notifications": digest.total}


@handles(TellDueSoon)
async def tell_due_soon(work: Work, _job: TellDueSoon) -> JsonObject:
    """In short transactions, each of which tells of some cards; whoever was told before is not told again."""
    looked_at, last = 0, None
    while True:
        async with work.transaction() as tx:
            cards = await due_repository.cards_due(
                tx.session, days_due(tx.now.date()), after=last, limit=CARDS_AT_ONCE
            )
            await _tell_of_due(tx, cards)
        looked_at += len(cards)
        if len(cards) < CARDS_AT_ONCE:
            return {"cards": looked_at}
        last = cards[-1].id


@handles(ForgetNotifications)
async def forget_notifications(work: Work, _job: ForgetNotifications) -> JsonObject:
    """Delete in small transactions; how many went."""
    return {"notifications": await work.in_batches(_forget_some, size=FORGOTTEN_AT_ONCE)}


async def _forget_some(tx: Transaction) -> int:
    return await repository.forget(
        tx.session,
        read_before=tx.now - KEEP_READ,
        made_before=tx.now - KEEP_UNREAD,
        limit=FORGOTTEN_AT_ONCE,
    )


async def _tell_of_due(tx: Transaction, cards: Sequence[DueCard]) -> None:
    if not cards:
        return
    due = {card.id: card for card in cards}
    await deliver(
        tx,
        [
            Telling(
                user_id=user_id,
                kind=NotificationKind.DUE_SOON,
                occasion=due_occasion(card_id, due[card_id].due_date),
                workspace_id=due[card_id].workspace_id,
                card_id=card_id,
                about={"due_date": due[card_id].due_date},
            )
            for card_id, user_id in await repository.watchers_of(tx.session, due)
        ],
    )


every(3600, TellDueSoon())
every(24 * 3600, ForgetNotifications())
