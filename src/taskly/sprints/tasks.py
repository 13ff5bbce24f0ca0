"""The handlers of this domain's jobs."""

from collections.abc import AsyncIterator
from uuid import UUID

import structlog

from taskly.kit.zones import day_in, zone_called
from taskly.platform.events.change import JsonObject
from taskly.platform.events.jobs import handles
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.jobs.periodic import every
from taskly.platform.jobs.work import TakenOver, Work
from taskly.sprints import series_repository
from taskly.sprints.jobs import KeepAhead
from taskly.sprints.series import keep_ahead

_log = structlog.get_logger()

LOOK_EVERY_SECONDS = 900
"""There are time zones in which a day begins at a quarter of an hour."""
BOARDS_AT_ONCE = 200


@handles(KeepAhead)
async def keep_all_ahead(work: Work, _job: KeepAhead) -> JsonObject:
    """Make the sprints that series lack, board by board; how many on how many boards, and of how many it failed.

    What fails on one board keeps no other one waiting, and is tried again the next time.
    """
    boards, sprints, failed = 0, 0, 0
    async for board in _boards_that_lack(work):
        try:
            made = await _keep_ahead(work, board)
        except TakenOver:
            raise
        except Exception:
            _log.exception("sprints.keep_ahead_failed", board_id=str(board.id))
            failed += 1
        else:
            boards += made > 0
            sprints += made
    return {"boards": boards, "sprints": sprints, "failed": failed}


async def _boards_that_lack(work: Work) -> AsyncIterator[Stream]:
    async with work.reading() as session:
        zones = await series_repository.time_zones(session)
    for name in zones:
        today = day_in(zone_called(name), work.runtime.clock.now())
        after: UUID | None = None
        while True:
            async with work.reading() as session:
                some = await series_repository.boards_that_lack(
                    session, name, today, after=after, limit=BOARDS_AT_ONCE
                )
            for after, workspace_id in some:
                yield Stream(StreamKind.BOARD, after, workspace_id)
            if len(some) < BOARDS_AT_ONCE:
                break


async def _keep_ahead(work: Work, board: Stream) -> int:
    """Make what one board lacks, counted anew under its lock; how many sprints: none if it is gone or archived by now."""
    async with work.transaction() as tx:
        try:
            await tx.lock(board)
        except LookupError:
            return 0
        kept = await series_repository.series_to_keep(tx.session, board.id)
        return 0 if kept is None else await keep_ahead(tx, *kept)


every(LOOK_EVERY_SECONDS, KeepAhead())
