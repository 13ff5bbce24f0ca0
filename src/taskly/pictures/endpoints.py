"""HTTP of pictures, for those who may see the board."""

from typing import Annotated

from fastapi import Query, Response

from taskly.boards.endpoints import IfNoneMatch
from taskly.insights.asking import AboutCards, AboutSprint
from taskly.insights.endpoints import LastSprints
from taskly.insights.errors import BadRange, NoSprintToShow
from taskly.pictures import answers
from taskly.pictures.rules.palettes import Theme
from taskly.pictures.showing import PICTURE_RESPONSES, PRIVATE, FlowBy, picture_response
from taskly.platform.http.problems import NotFound, problems
from taskly.platform.http.routing import Router

router = Router(
    prefix="/boards/{board_id}/insights",
    tags=["pictures"],
    default_response_class=Response,
    responses=PICTURE_RESPONSES | problems(NotFound, BadRange),
)

InTheme = Annotated[Theme, Query(description="For light or for dark ground.")]
By = Annotated[FlowBy, Query(description="A band for each category, or for each column.")]


@router.get("/burndown.svg", responses=problems(BadRange, NoSprintToShow))
async def draw_burndown(
    asked: AboutSprint, theme: InTheme = Theme.LIGHT, if_none_match: IfNoneMatch = None
) -> Response:
    """Draw a sprint's burndown: what remains, the ideal line, and the steps of the scope."""
    svg = await answers.burndown(asked, theme)
    return picture_response(svg, if_none_match, PRIVATE)


@router.get("/velocity.svg")
async def draw_velocity(
    asked: AboutCards,
    last: LastSprints = 6,
    theme: InTheme = Theme.LIGHT,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Draw what the sprints that are over committed and completed, and the mean."""
    svg = await answers.velocity(asked, last, theme)
    return picture_response(svg, if_none_match, PRIVATE)


@router.get("/flow.svg")
async def draw_flow(
    asked: AboutCards,
    by: By = FlowBy.CATEGORY,
    theme: InTheme = Theme.LIGHT,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Draw how many cards stood in each category or column, day by day."""
    svg = await answers.flow(asked, by_column=by is FlowBy.COLUMN, theme=theme)
    return picture_response(svg, if_none_match, PRIVATE)


@router.get("/cycle-time.svg")
async def draw_cycle_time(
    asked: AboutCards, theme: InTheme = Theme.LIGHT, if_none_match: IfNoneMatch = None
) -> Response:
    """Draw how long each card took that was done, and within what time 50, 85 and 95 % were."""
    svg = await answers.cycle_time(asked, theme)
    return picture_response(svg, if_none_match, PRIVATE)


@router.get("/throughput.svg")
async def draw_throughput(
    asked: AboutCards, theme: InTheme = Theme.LIGHT, if_none_match: IfNoneMatch = None
) -> Response:
    """Draw how many cards were done each day, or each week where there are more than six."""
    svg = await answers.throughput(asked, theme)
    return picture_response(svg, if_none_match, PRIVATE)
