"""Help with planning the next sprint of a board."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from taskly.boards.models import BoardAccess
from taskly.insights.asking import Asked
from taskly.insights.rules.velocity import Velocity
from taskly.insights.sprint_answers import velocity_insight, velocity_of_last
from taskly.insights.sprint_schemas import VelocityInsight
from taskly.planning import repository
from taskly.planning.advice_schemas import (
    Advice,
    CardList,
    DependencyList,
    SuggestionResponse,
)
from taskly.planning.rules.plan import BoardPlan, CardInPlan, Order, Wait
from taskly.planning.rules.suggestion import suggest
from taskly.planning.timeline_schemas import DependencyResponse
from taskly.platform.http.problems import NotFound
from taskly.sprints.rules.days import Status

MOST_LISTED = 200
"""Of each kind of thing to look at."""


async def advice_for(board: BoardAccess, asked: Asked, asker: UUID, last: int) -> Advice:
    """What helps with planning, by the last so many sprints.

    Raises:
        NotFound: the board went in this moment.
    """
    # Whichever day it is in the workspace: sprints that ended are told apart below.
    since = asked.as_of.date() - timedelta(days=1)
    plan = await repository.board_plan(asked.session, board.id, asker, since=since)
    if plan is None:
        raise NotFound
    found = await velocity_of_last(asked, last)
    return _advice(board, plan, found, velocity_insight(asked, found), asked.today)


def _advice(
    board: BoardAccess, plan: BoardPlan, found: Velocity, shown: VelocityInsight, today: date
) -> Advice:
    coming = [card for card in _coming(plan, today) if not card.is_done]
    backlog = plan.cards_in(None)
    wrong = list(_out_of_order(plan, today))
    blocked = {wait.blocked.id for wait in plan.waits if not wait.blocker.is_settled}
    return Advice(
        board_id=board.id,
        version=plan.version,
        today=today,
        velocity=shown,
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
