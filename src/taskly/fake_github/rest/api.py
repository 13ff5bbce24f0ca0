"""The table of contents of the REST API."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from taskly.fake_github.rest import (
    accounts,
    apps,
    authorizations,
    branches,
    checks,
    commits,
    hooks,
    issues,
    pull_requests,
    repositories,
    reviews,
    searching,
)
from taskly.fake_github.rest.pipeline import Operation
from taskly.fake_github.site import Site
from taskly.fake_github.world.refusals import not_found

# Checks come before commits: their paths end in more words than a commit's, which takes the rest.
OPERATIONS: tuple[Operation, ...] = (
    *accounts.OPERATIONS,
    *repositories.OPERATIONS,
    *branches.OPERATIONS,
    *checks.OPERATIONS,
    *commits.OPERATIONS,
    *pull_requests.OPERATIONS,
    *reviews.OPERATIONS,
    *issues.OPERATIONS,
    *hooks.OPERATIONS,
    *searching.OPERATIONS,
    *authorizations.OPERATIONS,
    *apps.OPERATIONS,
)


def api(site: Site) -> Router:
    """All operations, and GitHub's 404 for everything else."""
    routes = [operation.route(site) for operation in OPERATIONS]
    routes.append(
        Route(
            "/{path:path}",
            _unknown,
            methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        )
    )
    return Router(routes)


async def _unknown(_request: Request) -> Response:
    refusal = not_found()
    return JSONResponse(refusal.body(), status_code=refusal.status)
