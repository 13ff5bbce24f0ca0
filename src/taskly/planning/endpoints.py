"""HTTP of plans."""

from hashlib import sha256
from typing import Annotated

from fastapi import Query, Response

from taskly.boards.access import BoardToRead
from taskly.boards.endpoints import IfNoneMatch
from taskly.planning import timeline
from taskly.planning.timeline_schemas import TIMELINE_RESPONSES
from taskly.platform.http.entity_tags import is_current, version_tag
from taskly.platform.http.routing import Router
from taskly.platform.http.schema import Day
from taskly.search.access import Asked
from taskly.users.access import ReadSession

router = Router(tags=["planning"])

MOST_OF_BACKLOG = 2000

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
