"""HTTP of reports."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import AfterValidator

from taskly.boards.access import BoardToRead
from taskly.insights.errors import BadRange
from taskly.platform.http.problems import NotFound, problems
from taskly.platform.http.routing import Router
from taskly.platform.runtime import RuntimeOf
from taskly.reports import digest_document, digests, sprint_document, sprints
from taskly.reports.digest_schemas import WeeklyDigest
from taskly.reports.formats import FILES, Format, ReportFormat, written
from taskly.reports.rules.weeks import Week
from taskly.reports.sprint_schemas import SprintReport
from taskly.sprints.access import BoardOfSprintToRead

router = Router(tags=["reports"])


def _is_a_week(name: str) -> str:
    Week.called(name)
    return name


WeekName = Annotated[
    str | None,
    Query(
        pattern=r"^(19|2[0-9])[0-9]{2}-W(0[1-9]|[1-4][0-9]|5[0-3])$",
        description="A week of ISO 8601, in the workspace's time zone; the last one that is over, if left out.",
        examples=["2026-W48"],
    ),
    AfterValidator(_is_a_week),
]


@router.get(
    "/sprints/{sprint_id}/report",
    response_model=SprintReport,
    responses={**problems(NotFound), **FILES},
)
async def read_sprint_report(
    sprint_id: UUID,
    board: BoardOfSprintToRead,
    runtime: RuntimeOf,
    form: Format = ReportFormat.JSON,
) -> SprintReport | Response:
    """Read what a sprint is about, what was delivered and what was left, and whom to thank."""
    report = await sprints.sprint_report(runtime, board, sprint_id)
    if form is ReportFormat.JSON:
        return report
    return written(sprint_document.document_of(report, runtime.settings.public_url), form)


@router.get(
    "/boards/{board_id}/digest",
    response_model=WeeklyDigest,
    responses={**problems(NotFound, BadRange), **FILES},
)
async def read_weekly_digest(
    board: BoardToRead,
    runtime: RuntimeOf,
    week: WeekName = None,
    form: Format = ReportFormat.JSON,
) -> WeeklyDigest | Response:
    """Read what happened on a board in a week, how its sprints stand, and whom to thank."""
    wanted = None if week is None else Week.called(week)
    digest = await digests.weekly_digest(runtime, board, wanted)
    if form is ReportFormat.JSON:
        return digest
    return written(digest_document.document_of(digest, runtime.settings.public_url), form)
