"""HTTP of reports."""

from fastapi import Response

from taskly.platform.http.problems import NotFound, problems
from taskly.platform.http.routing import Router
from taskly.platform.runtime import RuntimeOf
from taskly.reports import sprint_document, sprints
from taskly.reports.formats import FILES, Format, ReportFormat, written
from taskly.reports.sprint_schemas import SprintReport
from taskly.sprints.access import SprintToRead
from taskly.users.access import ReadSession

router = Router(tags=["reports"])


@router.get(
    "/sprints/{sprint_id}/report",
    response_model=SprintReport,
    responses={**problems(NotFound), **FILES},
)
async def read_sprint_report(
    access: SprintToRead,
    session: ReadSession,
    runtime: RuntimeOf,
    form: Format = ReportFormat.JSON,
) -> SprintReport | Response:
    """Read what a sprint is about, what was delivered and what was left, and whom to thank."""
    report = await sprints.sprint_report(runtime, session, access)
    if form is ReportFormat.JSON:
        return report
    return written(sprint_document.document_of(report, runtime.settings.public_url), form)
