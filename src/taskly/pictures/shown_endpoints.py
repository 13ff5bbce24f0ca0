"""HTTP of pictures that a link shows. Public: READMEs are read by people who can't sign in, through GitHub's image proxy.

What can be asked for is little, so that few pictures are drawn again and again, and nobody finds out more than an
admin has opened.
"""

from fastapi import Response

from taskly.boards.endpoints import IfNoneMatch
from taskly.insights.endpoints import LastSprints
from taskly.pictures import answers
from taskly.pictures.access import Shown
from taskly.pictures.endpoints import By, InTheme
from taskly.pictures.rules.palettes import Theme
from taskly.pictures.showing import PICTURE_RESPONSES, PUBLIC, FlowBy, picture_response
from taskly.platform.http.problems import NotFound, problems
from taskly.platform.http.rate_limits import TooManyRequests
from taskly.platform.http.routing import Router
from taskly.users.limits import AddressLimited

router = Router(
    prefix="/pictures/{token}",
    tags=["pictures"],
    dependencies=[AddressLimited],
    default_response_class=Response,
    responses=PICTURE_RESPONSES | problems(NotFound, TooManyRequests),
)


@router.get("/badge.svg")
async def show_badge(shown: Shown, if_none_match: IfNoneMatch = None) -> Response:
    """Show how much is done of the sprint that runs, or ran last, as a badge. Public."""
    return picture_response(await shown.picture(answers.badge), if_none_match, PUBLIC)


@router.get("/burndown.svg")
async def show_burndown(
    shown: Shown, theme: InTheme = Theme.LIGHT, if_none_match: IfNoneMatch = None
) -> Response:
    """Show the burndown of the sprint that runs, or ran last. Public."""
    return picture_response(
        await shown.picture(answers.burndown, theme=theme), if_none_match, PUBLIC
    )


@router.get("/velocity.svg")
async def show_velocity(
    shown: Shown,
    last: LastSprints = 6,
    theme: InTheme = Theme.LIGHT,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Show what the sprints that are over committed and completed. Public."""
    return picture_response(
        await shown.picture(answers.velocity, last=last, theme=theme), if_none_match, PUBLIC
    )


@router.get("/flow.svg")
async def show_flow(
    shown: Shown,
    by: By = FlowBy.CATEGORY,
    theme: InTheme = Theme.LIGHT,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Show how many cards stood in each category or column in the last four weeks. Public."""
    svg = await shown.picture(answers.flow, by_column=by is FlowBy.COLUMN, theme=theme)
    return picture_response(svg, if_none_match, PUBLIC)


@router.get("/cycle-time.svg")
async def show_cycle_time(
    shown: Shown, theme: InTheme = Theme.LIGHT, if_none_match: IfNoneMatch = None
) -> Response:
    """Show how long the cards took that were done in the last four weeks. Public."""
    return picture_response(
        await shown.picture(answers.cycle_time, theme=theme), if_none_match, PUBLIC
    )


@router.get("/throughput.svg")
async def show_throughput(
    shown: Shown, theme: InTheme = Theme.LIGHT, if_none_match: IfNoneMatch = None
) -> Response:
    """Show how many cards were done on each day of the last four weeks. Public."""
    return picture_response(
        await shown.picture(answers.throughput, theme=theme), if_none_match, PUBLIC
    )
