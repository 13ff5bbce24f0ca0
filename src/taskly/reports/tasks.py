"""The handlers of this domain's jobs: a report is worked out by one, which keeps it and promises a mail for each person.

See docs/adr/0020-mails-carry-bars-and-attach-pictures.md.
"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from functools import partial
from uuid import UUID

from pydantic import ValidationError

from taskly.boards.models import BoardAccess
from taskly.boards.repository import boards_to_read
from taskly.kit.zones import zone_called
from taskly.notifications import subscription_repository as subscriptions
from taskly.notifications.rules import week_to_tell
from taskly.platform.db.session import Transaction
from taskly.platform.events.change import JsonObject
from taskly.platform.events.jobs import handles
from taskly.platform.http.problems import Unavailable
from taskly.platform.jobs.periodic import every
from taskly.platform.jobs.work import GiveUp, Retry, Work
from taskly.platform.mail.sending import send_mail
from taskly.reports import mailing_repository as mailings
from taskly.reports.jobs import ForgetMailings, SendReport, TellSprint, TellWeek, TellWeeks
from taskly.reports.letters import LETTER, Letter, letter_of_sprint, letter_of_week
from taskly.reports.mailing import compose
from taskly.reports.models import Mailing
from taskly.reports.rules.weeks import Week

LOOK_EVERY_SECONDS = 900
"""There are time zones that begin at a quarter of an hour."""
AGAIN_AFTER = timedelta(seconds=30)
"""Meanwhile more of the log is folded."""
PROMISED_AT_ONCE = 200
FORGOTTEN_AT_ONCE = 100
KEEP_MAILINGS = timedelta(days=7)
"""So long a mail that could not be sent may be tried once more, and it is known which completions were told."""


@handles(TellWeeks)
async def tell_weeks(work: Work, _job: TellWeeks) -> JsonObject:
    """Promise that boards of which somebody is to be told by now are told of; how many.

    When workers were gone on Monday morning, the mails come when they are back. A job that died, or was done before
    somebody who asked in time was seen, is made up for the next day.
    """
    if not work.runtime.settings.has_mail:
        return {"boards": 0}
    async with work.reading() as session:
        zones = await subscriptions.time_zones(session)
    told, now = 0, work.runtime.clock.now()
    for name in zones:
        told += await _tell_zone(work, name, Week(week_to_tell(zone_called(name), now)))
    return {"boards": told}


async def _tell_zone(work: Work, time_zone: str, week: Week) -> int:
    told, last = 0, None
    while True:
        async with work.transaction() as tx:
            due = await subscriptions.boards_to_tell(
                tx.session, time_zone, week.monday, after=last, limit=PROMISED_AT_ONCE
            )
            for board_id, workspace_id in due:
                job = TellWeek(board_id=board_id, week=week.name)
                # Who was too late for it, or lost it as it died, is told the next day.
                key = f"{board_id}:{week.name}:{tx.now.date()}"
                tx.promise(job, workspace_id=workspace_id, key=key)
        told += len(due)
        if len(due) < PROMISED_AT_ONCE:
            return told
        last, _ = due[-1]


@handles(TellWeek)
async def tell_week(work: Work, job: TellWeek) -> JsonObject:
    """Promise the mails about a week, unless nothing happened or the board is in the archive; how many.

    With each promise it is noted that the person was told of the week.
    """
    week = Week.called(job.week)
    write = partial(letter_of_week, work.runtime, week=week)
    mailing_id = await _mailing(work, job.board_id, job.week, write)

    async def tell_some(tx: Transaction) -> int:
        due = await subscriptions.take_up(
            tx.session, job.board_id, week.monday, limit=PROMISED_AT_ONCE
        )
        if mailing_id is not None:
            _promise(tx, work, mailing_id, due)
        return len(due)

    told = await work.in_batches(tell_some, size=PROMISED_AT_ONCE)
    return {"mails": 0 if mailing_id is None else told}


@handles(TellSprint)
async def tell_sprint(work: Work, job: TellSprint) -> JsonObject:
    """Promise the mails about a sprint that still is completed, unless its board is in the archive; how many.

    A completion that was undone and came back is the same one: who was told of it is not told again. Of one that is
    so old that this may be forgotten, nobody is told.
    """
    async with work.reading() as session:
        at = await mailings.completed_at(
            session, job.board_id, job.sprint_id, job.completed_version
        )
        anybody = await subscriptions.subscribers(session, job.board_id, after=None, limit=1)
    if at is None or work.runtime.clock.now() - at > KEEP_MAILINGS or not anybody:
        return {"mails": 0}
    write = partial(
        letter_of_sprint,
        work.runtime,
        sprint_id=job.sprint_id,
        completed_version=job.completed_version,
    )
    mailing_id = await _mailing(work, job.board_id, f"{job.sprint_id}:{at.isoformat()}", write)
    return {"mails": 0 if mailing_id is None else await _tell_all(work, job.board_id, mailing_id)}


async def _tell_all(work: Work, board_id: UUID, mailing_id: UUID) -> int:
    told, last = 0, None
    while True:
        async with work.transaction() as tx:
            some = await subscriptions.subscribers(
                tx.session, board_id, after=last, limit=PROMISED_AT_ONCE
            )
            _promise(tx, work, mailing_id, some)
        told += len(some)
        if len(some) < PROMISED_AT_ONCE:
            return told
        last = some[-1]


async def _mailing(
    work: Work,
    board_id: UUID,
    occasion: str,
    write: Callable[[BoardAccess], Awaitable[Letter | None]],
) -> UUID | None:
    """What is mailed about something, written unless it was before; None if there is nothing to tell.

    Raises:
        Retry: much has to be folded first, or many are asking.
    """
    async with work.reading() as session:
        known = await mailings.mailing_about(session, board_id, occasion)
        board = await mailings.board_to_tell_of(session, board_id)
    if known is not None or board is None:
        return known
    try:
        letter = await write(board)
    except Unavailable as error:
        raise Retry(str(error), after=AGAIN_AFTER) from error
    if letter is None:
        return None
    stored = LETTER.dump_python(letter, mode="json")
    async with work.transaction() as tx:
        return await mailings.store_mailing(tx.session, board, occasion, stored, tx.now)


def _promise(tx: Transaction, work: Work, mailing_id: UUID, user_ids: Iterable[UUID]) -> None:
    """Promise some people the same mail; who was promised it before is not promised another."""
    for user_id in user_ids:
        job = SendReport(user_id=user_id, mailing_id=mailing_id)
        tx.promise(job, workspace_id=work.workspace_id, key=f"{mailing_id}:{user_id}")


@handles(SendReport)
async def send_report(work: Work, job: SendReport) -> JsonObject:
    """Mail the report, unless the person does not want it any more or may not see the board.

    A worker that dies after sending and before saying so makes one mail go out twice, with the same `Message-ID`.

    Raises:
        GiveUp: the report is kept as another version of Taskly wrote it, or the mail is refused for good.
        MailNotSent: it was not taken.
    """
    settings = work.runtime.settings
    async with work.reading() as session:
        mailing = await mailings.mailing(session, job.mailing_id)
        if mailing is None or not settings.has_mail:
            return {"sent": False}
        address = await subscriptions.address_of(session, job.user_id, mailing.board_id)
    if address is None or not await _may_see(work, job.user_id, mailing.board_id):
        return {"sent": False}
    letter = _kept(mailing)
    await send_mail(work, compose(settings, job.user_id, address, mailing.board_id, letter))
    return {"sent": True}


def _kept(mailing: Mailing) -> Letter:
    try:
        return LETTER.validate_python(mailing.letter)
    except ValidationError:
        # Its own words hold what could not be read: titles and names.
        raise GiveUp(
            "this version of Taskly can't read the report, as another one wrote it"
        ) from None


async def _may_see(work: Work, user_id: UUID, board_id: UUID) -> bool:
    """Whether somebody may see the board, and it is not archived."""
    key = (board_id, user_id)
    board = (await boards_to_read(work.runtime.database.hot, [key])).get(key)
    return board is not None and board.archived_at is None


@handles(ForgetMailings)
async def forget_mailings(work: Work, _job: ForgetMailings) -> JsonObject:
    """Delete what was mailed, in small transactions; how much."""
    forgotten = await work.forget(mailings.forget_mailings, KEEP_MAILINGS, size=FORGOTTEN_AT_ONCE)
    return {"mailings": forgotten}


every(LOOK_EVERY_SECONDS, TellWeeks())
every(24 * 3600, ForgetMailings())
