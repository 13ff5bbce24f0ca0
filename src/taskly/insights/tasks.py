"""The handlers of this domain's jobs."""

from taskly.insights.jobs import FoldLogs
from taskly.insights.rollup_repository import boards_behind
from taskly.insights.rollups import Rollups
from taskly.platform.events.jobs import handles
from taskly.platform.jobs.periodic import every
from taskly.platform.jobs.work import Work

BOARDS_AT_ONCE = 1_000
MOST_IN_A_RUN = 100_000
"""So many versions take some ten seconds; the next run goes on."""


@handles(FoldLogs)
async def fold_logs(work: Work, _job: FoldLogs) -> dict[str, int]:
    """Fold the logs of boards that lag behind, those that lack least first; how many boards and versions."""
    rollups = Rollups(work.runtime.database)
    async with work.reading() as session:
        behind = await boards_behind(session, BOARDS_AT_ONCE)
    boards, left = 0, MOST_IN_A_RUN
    for lag in behind:
        if left <= 0:
            break
        reached = await rollups.fold(lag.board_id, lag.version, most=left)
        left -= reached - lag.folded
        boards += 1
    return {"boards": boards, "versions": MOST_IN_A_RUN - left}


every(60, FoldLogs())
