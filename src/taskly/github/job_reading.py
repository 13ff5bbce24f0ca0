"""Looking after work that was promised to a person: `GET /jobs/{id}`."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.github import repository
from taskly.github.schemas import JobResponse
from taskly.platform.http.problems import NotFound
from taskly.users.access import Principal


async def read_job(session: AsyncSession, principal: Principal, job_id: UUID) -> JobResponse:
    """How a job of one of the caller's workspaces stands.

    Raises:
        NotFound: there is no such job, or the caller is not in its workspace.
    """
    job = await repository.job_of_member(session, job_id, principal.user_id)
    if job is None:
        raise NotFound
    return JobResponse(
        id=job.id,
        kind=job.kind,
        state=job.state.value,
        attempts=job.attempts,
        progress=job.progress,
        result=job.result,
        error=job.last_error,
        created_at=job.created_at,
        finished_at=job.finished_at,
    )
