"""The control API as an application of its own, mounted under `/_fake`."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi_offline import FastAPIOffline

from taskly.fake_github.control import (
    apps,
    conditions,
    issues,
    people,
    pull_requests,
    repositories,
)
from taskly.fake_github.site import Site
from taskly.fake_github.world.refusals import Refusal


def control(site: Site) -> FastAPI:
    """All of it, with its documentation under `/docs`."""
    app = FastAPIOffline(
        title="Fake GitHub: control",
        description="What GitHub has no API for: people, pushes, faults, time and logs.",
        redoc_url=None,
    )
    app.state.site = site
    for module in (people, apps, repositories, issues, pull_requests, conditions):
        app.include_router(module.router)
    app.add_exception_handler(Refusal, _refused)
    return app


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    """GitHub's own words, when what was asked for cannot happen there."""
    if not isinstance(error, Refusal):
        raise error
    return JSONResponse(error.body(), status_code=error.status)
