"""HTTP of reports."""

from taskly.platform.http.problems import NotFound, problems
from taskly.platform.http.routing import Router
from taskly.platform.runtime import RuntimeOf
from taskly.reports import sprints
from taskly.reports.sprint_schemas import SprintReport
from taskly.sprints.access import SprintToRead
from taskly.users.access import ReadSession

router = Router(tags=["reports"])


@router.get("/sprints/{sprint_id}/report", responses=problems(NotFound))
async def read_sprint_report(
    access: SprintToRead, session: ReadSession, runtime: RuntimeOf
) -> SprintReport:
    """Read what a sprint is about, what was delivered and what was left, and whom to thank."""
    return await sprints.sprint_report(runtime, session, access)
