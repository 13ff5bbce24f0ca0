"""HTTP of comparing connections with GitHub."""

from taskly.github.access import RepositoryToAdminister, RepositoryToOversee
from taskly.github.schemas import JobPromise
from taskly.github.syncing import schedule
from taskly.github.syncing.health import health_of
from taskly.github.syncing.schemas import HealthResponse
from taskly.platform.http.problems import Forbidden, NotFound, problems
from taskly.platform.http.routing import Router
from taskly.platform.runtime import RuntimeOf
from taskly.users.access import ReadSession, Tx
from taskly.users.errors import InsufficientScope

router = Router(tags=["github"])


@router.get(
    "/repositories/{repository_id}/health",
    summary="Read how a connection is doing",
    responses=problems(Forbidden, InsufficientScope, NotFound),
)
async def read_repository_health(
    access: RepositoryToOversee, runtime: RuntimeOf, session: ReadSession
) -> HealthResponse:
    """Read what a repository's webhook told lately, when it was last compared with GitHub, and what that found. For admins."""
    return HealthResponse.of(await health_of(runtime, session, access.repository))


@router.post(
    "/repositories/{repository_id}/reconcile",
    summary="Compare a repository with GitHub",
    status_code=202,
    responses=problems(Forbidden, InsufficientScope, NotFound),
)
async def reconcile_repository(access: RepositoryToAdminister, tx: Tx) -> JobPromise:
    """Compare what is held of a repository with GitHub now, and take in the difference. For admins.

    A job does it; if one is at it already, that one is named.
    """
    return JobPromise(job_id=await schedule.promise_now(tx, access.repository))
