"""HTTP of plans."""

from hashlib import sha256
from typing import Annotated

from fastapi import Query, Response

from taskly.boards.access import BoardToRead
from taskly.boards.endpoints import IfNoneMatch
from taskly.insights.asking import AboutBoard
from taskly.kit.slugs import slugify
from taskly.planning import advice, export, timeline
from taskly.planning.advice_schemas import Advice
from taskly.planning.export import MEDIA_TYPES, PlanFormat
from taskly.planning.timeline_schemas import TIMELINE_RESPONSES
from taskly.platform.http.entity_tags import is_current, version_tag
from taskly.platform.http.problems import NotFound, problems
from taskly.platform.http.routing import Router
from taskly.platform.http.schema import Day
from taskly.platform.runtime import RuntimeOf
from taskly.search.access import Asked
from taskly.sprints.access import SprintToRead
from taskly.users.access import ReadSession, SignedIn

router = Router(tags=["planning"])

MOST_OF_BACKLOG = 2000

_FILES = {
    "text/csv": {"schema": {"type": "string"}, "example": f"{','.join(export.COLUMNS)}\r\n…"},
    "text/calendar": {"schema": {"type": "string"}, "example": "BEGIN:VCALENDAR\r\n…"},
}

Since = Annotated[
    Day | None,
    Query(
        description="Sprints that end on this day or later, and those that are under way; "
        "from six weeks ago on, if left out.",
        examples=["2026-10-19"],
    ),
]
OfBacklog = Annotated[
    int, Query(ge=0, le=MOST_OF_BACKLOG, description="List so many cards of the backlog at most.")
]
OfSprints = Annotated[
    int, Query(ge=1, le=20, description="By how many of the last sprints velocity is measured.")
]


@router.get("/boards/{board_id}/timeline", responses=TIMELINE_RESPONSES, response_class=Response)
async def read_sprint_timeline(
    board: BoardToRead,
    asked: Asked,
    session: ReadSession,
    since: Since = None,
    backlog: OfBacklog = 500,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Read sprints with totals and load, the backlog by priority and place, dependencies, and days when cards are due.

    At most 100 sprints are shown. `q` chooses cards as everywhere; totals and load of sprints are of all their cards.
    """
    found = await timeline.timeline_of(session, board, asked, since, backlog)
    body = found.model_dump_json().encode()
    # Days, people and filters change it while the board's version stays: so the tag names the bytes as well.
    digest = sha256(body).hexdigest()[:16]
    headers = {"ETag": version_tag(found.version, digest), "Cache-Control": "private, no-cache"}
    if is_current(if_none_match, found.version, digest):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


@router.get("/boards/{board_id}/planning", responses=problems(NotFound))
async def read_planning_help(
    board: BoardToRead, asked: AboutBoard, principal: SignedIn, last: OfSprints = 5
) -> Advice:
    """Read what the last sprints achieved, what that suggests for the next one, and what the plan has not thought of."""
    return await advice.advice_for(board, asked, principal.user_id, last)


@router.get(
    "/sprints/{sprint_id}/export",
    response_class=Response,
    responses={
        **problems(NotFound),
        200: {"description": "The file.", "content": _FILES},
    },
)
async def export_sprint_plan(
    access: SprintToRead,
    session: ReadSession,
    runtime: RuntimeOf,
    form: Annotated[
        PlanFormat, Query(alias="format", description="How the file is written.")
    ] = PlanFormat.CSV,
) -> Response:
    """The plan of a sprint as a table of its cards, or as a calendar of the sprint and the days when cards are due."""
    body = await export.plan_as_file(session, access, form, runtime.settings.public_url)
    name = f"{slugify(access.sprint.name, default='sprint')}.{form.value}"
    return Response(
        body,
        media_type=MEDIA_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
