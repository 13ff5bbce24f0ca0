"""Help with planning the next sprint of a board."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import BoardAccess
from taskly.insights.rules.days import WorkCalendar
from taskly.insights.rules.folding import board_past
from taskly.insights.rules.velocity import Velocity, velocity
from taskly.kit.zones import day_in, zone_called
from taskly.planning import past_repository, repository
from taskly.planning.advice_schemas import (
    Advice,
    CardList,
    DependencyList,
    PastVelocity,
    SuggestionResponse,
)
from taskly.planning.rules.plan import BoardPlan, CardInPlan, Order, Wait
from taskly.planning.rules.suggestion import suggest
from taskly.planning.timeline_schemas import DependencyResponse
from taskly.platform.http.problems import NotFound
from taskly.sprints.rules.days import Status

MOST_LISTED = 200
"""Of each kind of thing to look at."""


async def advice_for(
    session: AsyncSession, board: BoardAccess, asker: UUID, now: datetime, last: int
) -> Advice:
    """What helps with planning, by the last so many sprints.

    Raises:
        NotFound: the board went in this moment.
    """
    # Whichever day it is in the workspace: sprints that ended are told apart below.
    plan = await repository.board_plan(
        session, board.id, asker, since=now.date() - timedelta(days=1)
    )
    if plan is None:
        raise NotFound
    calendar = WorkCalendar(zone_called(plan.time_zone))
    today = day_in(calendar.zone, now)
    sprint_ids = await past_repository.last_sprints(session, board.id, today, last)
    past = board_past(await past_repository.entries_about(session, board.id, sprint_ids))
    sprints = [each for each in past.sprints if each.sprint_id in sprint_ids]
    found = velocity(sprints, past.cards, calendar, now)
    return _advice(board, plan, found, today)


def _advice(board: BoardAccess, plan: BoardPlan, found: Velocity, today: date) -> Advice:
    coming = [card for card in _coming(plan, today) if not card.is_done]
    backlog = plan.cards_in(None)
    wrong = list(_out_of_order(plan, today))
    blocked = {wait.blocked.id for wait in plan.waits if not wait.blocker.is_settled}
    return Advice(
        board_id=board.id,
        version=plan.version,
        today=today,
        velocity=PastVelocity.of(found),
        suggestion=SuggestionResponse.of(suggest(plan, found, today), board.key),
        without_estimate=CardList.of(
            [card for card in (*coming, *backlog) if card.story_points is None],
            board.key,
            MOST_LISTED,
        ),
        blocked=CardList.of([c for c in coming if c.id in blocked], board.key, MOST_LISTED),
        out_of_order=DependencyList(
            count=len(wrong),
            dependencies=[
                DependencyResponse.of(wait, board.key, today) for wait in wrong[:MOST_LISTED]
            ],
        ),
    )


def _coming(plan: BoardPlan, today: date) -> Iterator[CardInPlan]:
    """The cards of sprints that are under way or planned, sprint by sprint."""
    for sprint in plan.sprints:
        if sprint.status(today) is not Status.COMPLETED:
            yield from plan.cards_in(sprint.id)


def _out_of_order(plan: BoardPlan, today: date) -> Iterator[Wait]:
    coming = {card.id for card in _coming(plan, today)}
    for wait in plan.waits:
        if wait.blocked.id in coming and wait.order(today) in {Order.LATER, Order.UNPLANNED}:
            yield wait
