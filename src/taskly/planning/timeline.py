"""A board's sprints and its backlog beside each other."""

from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import BoardAccess
from taskly.kit.zones import day_in, zone_called
from taskly.planning import repository
from taskly.planning.timeline_schemas import Timeline
from taskly.platform.http.problems import NotFound
from taskly.search.finding import Question

DAYS_BACK = 42
"""How far back a timeline goes if nobody says: about three sprints of two weeks."""


async def timeline_of(
    session: AsyncSession, board: BoardAccess, asked: Question, since: date | None, most: int
) -> Timeline:
    """The timeline of a board, with at most so many cards of its backlog.

    Raises:
        NotFound: the board went in this moment.
    """
    since = since or asked.now.date() - timedelta(days=DAYS_BACK)
    plan = await repository.board_plan(session, board.id, asked.asker, since, asked.query)
    if plan is None:
        raise NotFound
    today = day_in(zone_called(plan.time_zone), asked.now)
    return Timeline.of(board.id, board.key, plan, today, most)
