"""The handlers of this domain's jobs."""

import structlog

from taskly.insights.jobs import FoldLogs
from taskly.insights.rollup_repository import boards_behind
from taskly.insights.rollups import Rollups
from taskly.platform.events.jobs import handles
from taskly.platform.jobs.periodic import every
from taskly.platform.jobs.work import Work

_log = structlog.get_logger()

BOARDS_AT_ONCE = 1_000
MOST_IN_A_RUN = 300_000
"""So many versions take some thirty seconds; the next run goes on."""
MOST_OF_ONE = 50_000
"""So that a long log does not keep the others waiting."""


@handles(FoldLogs)
async def fold_logs(work: Work, _job: FoldLogs) -> dict[str, int]:
    """Fold the logs of boards that lag behind, those that lack least first; how many boards, and of how many it failed.

    What fails on one board keeps no other one waiting: its charts say so when they are asked for, and it is tried again.
    """
    rollups = Rollups(work.runtime.database)
    async with work.reading() as session:
        behind = await boards_behind(session, BOARDS_AT_ONCE)
    boards, failed, left = 0, 0, MOST_IN_A_RUN
    for lag in behind:
        if left <= 0:
            break
        try:
            reached = await rollups.fold(lag.board_id, lag.version, most=min(left, MOST_OF_ONE))
        except Exception:
            _log.exception("insights.fold_failed", board_id=str(lag.board_id))
            failed += 1
        else:
            left -= reached.work if reached else 0
        boards += 1
    return {"boards": boards, "failed": failed}


every(60, FoldLogs())
