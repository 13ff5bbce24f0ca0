"""HTTP of making the GitHub App: pages for the browser of whoever runs this installation."""

from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from taskly.github.app_setup import making
from taskly.github.app_setup.links import LIFETIME
from taskly.github.app_setup.pages import installed_page, made_page, setup_page
from taskly.github.errors import AppExists, AppSetupOver, GitHubUnavailable
from taskly.platform.http.problems import problems
from taskly.platform.http.rate_limits import TooManyRequests
from taskly.platform.http.routing import Router
from taskly.platform.http.schema import written
from taskly.platform.runtime import RuntimeOf
from taskly.users.authentication import authenticator_of
from taskly.users.limits import SignInLimited
from taskly.users.problem_page import PagedRoute

router = Router(
    prefix="/github-app",
    tags=["github"],
    route_class=PagedRoute,
    dependencies=[SignInLimited],
    responses=problems(TooManyRequests),
)

_PAGE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A page.",
        "content": {"text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"}},
    }
}
Sealed = Annotated[str, Query(max_length=500)]


@router.get(
    "/setup",
    summary="Open the page of a new GitHub App",
    response_class=HTMLResponse,
    responses={**_PAGE, **problems(AppSetupOver, AppExists)},
)
async def open_app_setup(
    request: Request,
    runtime: RuntimeOf,
    token: Annotated[str, Query(max_length=500, description="Of the operator's link.")],
    organization: Annotated[
        str | None,
        Query(
            pattern=written(
                r"^[A-Za-z0-9][A-Za-z0-9-]{0,99}$", "write the organisation's name in its address"
            ),
            description="Whose app it shall be; by default that of whoever presses the button.",
        ),
    ] = None,
) -> HTMLResponse:
    """Show the button that leads to GitHub. For whoever has a link of `taskly github-app-link`."""
    departure = await making.depart(runtime, token, organization)
    shown = setup_page(departure, token, organization)
    seconds = int(LIFETIME.total_seconds())
    authenticator_of(request).cookies.begin_oauth(shown, departure.cookie, seconds)
    return shown


@router.get(
    "/created",
    summary="Come back from GitHub with a new app",
    response_class=HTMLResponse,
    responses={**_PAGE, **problems(AppSetupOver, AppExists, GitHubUnavailable)},
)
async def finish_app_setup(
    request: Request, runtime: RuntimeOf, code: Sealed, state: Sealed
) -> HTMLResponse:
    """Keep the app that was made at GitHub, and show where to install it. For the browser that was sent there."""
    cookies = authenticator_of(request).cookies
    made = await making.arrive(runtime, code, state, request.cookies.get(cookies.oauth))
    shown = made_page(made)
    cookies.clear(shown, cookies.oauth)
    return shown


@router.get(
    "/installed",
    summary="Come back with the app installed",
    response_class=HTMLResponse,
    responses=_PAGE,
)
async def show_app_installed() -> HTMLResponse:
    """Say what to do next. What GitHub adds to the address is not believed. Public."""
    return installed_page()
