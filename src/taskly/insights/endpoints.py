"""HTTP of insights."""

from functools import partial
from typing import Annotated

from fastapi import Depends, Query

from taskly.insights import card_answers, card_schemas, code_answers, sprint_answers
from taskly.insights.asking import AboutCards, AboutSprint, answer
from taskly.insights.card_answers import Outlook
from taskly.insights.code_asking import AboutReviews, AboutUnseen
from taskly.insights.code_schemas import ReviewsInsight, UnseenInsight
from taskly.insights.errors import BadRange, NoSprintToShow
from taskly.insights.sprint_schemas import BurndownInsight, VelocityInsight
from taskly.platform.http.problems import NotFound, problems
from taskly.platform.http.routing import Router
from taskly.platform.http.schema import Day

MOST_SPRINTS = 50
MOST_TO_DO = 10_000
MOST_SEEDS = 2**31 - 1

router = Router(prefix="/boards/{board_id}/insights", tags=["insights"])

LastSprints = Annotated[
    int, Query(ge=1, le=MOST_SPRINTS, description="At most so many sprints, the newest ones.")
]


async def _outlook(
    cards: Annotated[
        int | None,
        Query(
            ge=1,
            le=MOST_TO_DO,
            description="How many there are to do; if left out, those that are asked for and not done.",
        ),
    ] = None,
    by: Annotated[Day | None, Query(description="How many are done by the end of a day?")] = None,
    seed: Annotated[
        int, Query(ge=0, le=MOST_SEEDS, description="The same seed draws the same futures.")
    ] = 1,
) -> Outlook:
    return Outlook(cards, by, seed)


@router.get("/burndown", responses=problems(NotFound, BadRange, NoSprintToShow))
async def read_burndown(asked: AboutSprint) -> BurndownInsight:
    """Read a sprint's burndown and burnup, with the ideal line and every change of its scope."""
    return await sprint_answers.burndown(asked)


@router.get("/velocity", responses=problems(NotFound, BadRange))
async def read_velocity(asked: AboutCards, last: LastSprints = 6) -> VelocityInsight:
    """Read what the sprints completed that are over: committed, completed and carried over, and how much that varies.

    `from` and `to` take the sprints that closed on these days.
    """
    return await sprint_answers.velocity(asked, last)


@router.get("/flow", responses=problems(NotFound, BadRange))
async def read_cumulative_flow(asked: AboutCards) -> card_schemas.FlowInsight:
    """Read how many cards stood in each column and category at the end of each day; of four weeks, if none are named."""
    return await card_answers.flow(asked)


@router.get("/durations", responses=problems(NotFound, BadRange))
async def read_durations(asked: AboutCards) -> card_schemas.DurationsInsight:
    """Read the cycle and lead times, and times in each column, of the cards that were done; in four weeks, if no days
    are named.
    """
    return await card_answers.durations(asked)


@router.get("/ageing", responses=problems(NotFound, BadRange))
async def read_ageing(asked: AboutCards) -> card_schemas.AgeingInsight:
    """Read how old the cards in progress are, beside the cycle times of those that were done; in twelve weeks, if no
    days are named.
    """
    return await card_answers.ageing(asked)


@router.get("/throughput", responses=problems(NotFound, BadRange))
async def read_throughput(asked: AboutCards) -> card_schemas.ThroughputInsight:
    """Read how many cards were done each day and each week; of four weeks, if no days are named."""
    return await card_answers.throughput(asked)


@router.get("/forecast", responses=problems(NotFound, BadRange))
async def read_forecast(
    asked: AboutCards, outlook: Annotated[Outlook, Depends(_outlook)]
) -> card_schemas.ForecastInsight:
    """Read by when cards may be done, and how many by a day, drawn from what was done on past days: the last twelve
    weeks, if none are named.

    Sprints and labels say what there is to do; people also say whose past is drawn from.
    """
    return await card_answers.forecast(asked, outlook)


@router.get("/reviews", responses=problems(NotFound, BadRange))
async def read_review_times(of: AboutReviews) -> ReviewsInsight:
    """Read how long the pull requests on the board's cards waited for a review and took to be merged; in four weeks, if
    no days are named.
    """
    return await answer(partial(code_answers.reviews, of))


@router.get("/unseen", responses=problems(NotFound, BadRange))
async def read_unseen_work(of: AboutUnseen) -> UnseenInsight:
    """Read how much was merged that was on no card before; in four weeks, if no days are named.

    It is about the repositories that have pull requests on the board's cards, and about cards of all boards.
    """
    return await answer(partial(code_answers.unseen, of))
