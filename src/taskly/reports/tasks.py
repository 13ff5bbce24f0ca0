"""The handlers of this domain's jobs."""

from datetime import date
from functools import partial

from taskly.boards.models import BoardAccess
from taskly.boards.repository import boards_to_read
from taskly.kit.zones import zone_called
from taskly.notifications import subscription_repository
from taskly.notifications.rules import week_to_tell
from taskly.platform.db.session import Transaction
from taskly.platform.events.change import JsonObject
from taskly.platform.events.jobs import handles
from taskly.platform.jobs.periodic import every
from taskly.platform.jobs.work import Work
from taskly.platform.mail.sending import send_mail
from taskly.reports.digests import weekly_digest
from taskly.reports.jobs import PromiseWeeklyDigests, SendWeeklyDigest
from taskly.reports.mailing import compose
from taskly.reports.rules.weeks import Week

LOOK_EVERY_SECONDS = 900
"""There are time zones that begin at a quarter of an hour."""
PROMISED_AT_ONCE = 200


@handles(PromiseWeeklyDigests)
async def promise_weekly_digests(work: Work, _job: PromiseWeeklyDigests) -> JsonObject:
    """Promise the mails that are due, so many in each transaction; how many.

    With the promise it is noted which week it is about, so each person is promised each week of a board once, however
    often this is run. When workers were gone on Monday morning, the mails come when they are back.
    """
    if not work.runtime.settings.has_mail:
        return {"digests": 0}
    async with work.reading() as session:
        zones = await subscription_repository.time_zones(session)
    promised = 0
    for name in zones:
        monday = week_to_tell(zone_called(name), work.runtime.clock.now())
        step = partial(_promise_some, time_zone=name, monday=monday)
        promised += await work.in_batches(step, size=PROMISED_AT_ONCE)
    return {"digests": promised}


async def _promise_some(tx: Transaction, *, time_zone: str, monday: date) -> int:
    due = await subscription_repository.take_up(
        tx.session, time_zone, monday, limit=PROMISED_AT_ONCE
    )
    week = Week(monday).name
    for each in due:
        job = SendWeeklyDigest(user_id=each.user_id, board_id=each.board_id, week=week)
        key = f"{each.user_id}:{each.board_id}:{week}"
        tx.promise(job, workspace_id=each.workspace_id, key=key)
    return len(due)


@handles(SendWeeklyDigest)
async def send_weekly_digest(work: Work, job: SendWeeklyDigest) -> JsonObject:
    """Mail the digest, unless nothing happened, or the person does not want it any more or may not see the board.

    A worker that dies after sending and before saying so makes one mail go out twice, with the same `Message-ID`.
    """
    runtime = work.runtime
    async with work.reading() as session:
        address = await subscription_repository.address_of(session, job.user_id, job.board_id)
    board = await _board_of(work, job)
    if address is None or board is None:
        return {"sent": False}
    digest = await weekly_digest(runtime, board, Week.called(job.week))
    if digest.is_quiet or not runtime.settings.has_mail:
        return {"sent": False}
    await send_mail(work, compose(runtime.settings, job.user_id, address, digest))
    return {"sent": True}


async def _board_of(work: Work, job: SendWeeklyDigest) -> BoardAccess | None:
    """The board, if the person may see it and it is not archived."""
    key = (job.board_id, job.user_id)
    board = (await boards_to_read(work.runtime.database.hot, [key])).get(key)
    return None if board is None or board.archived_at is not None else board


every(LOOK_EVERY_SECONDS, PromiseWeeklyDigests())
