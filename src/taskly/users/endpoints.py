"""HTTP of signing in, sessions, the caller and personal tokens."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import HTTPConnection

from taskly.platform.http.pages import Page, Paging
from taskly.platform.http.problems import Forbidden, NotFound, NotSignedIn, Problem, problems
from taskly.platform.http.rate_limits import TooManyRequests
from taskly.platform.http.routing import Router
from taskly.platform.runtime import RuntimeOf
from taskly.users import (
    github_sign_in,
    local_sign_in,
    personal_tokens,
    profile,
    refreshing,
    repository,
    sessions,
)
from taskly.users.access import (
    ReadSession,
    SignedIn,
    SignedInByOneself,
    SignedInToAdminister,
    Tx,
    session_to_end,
    signed_in,
)
from taskly.users.authentication import Authenticator, authenticator_of
from taskly.users.browsers import device_of, prefers_html, prefers_json, require_own_form
from taskly.users.errors import (
    BadReturnTo,
    CrossSite,
    GitHubNotConfigured,
    GitHubUnavailable,
    InsufficientScope,
    LinkInvalid,
    OAuthDenied,
    OAuthFailed,
    OAuthStateInvalid,
    RefreshReused,
    TooManyTokens,
)
from taskly.users.github_application import sign_in_application
from taskly.users.limits import SignInLimited
from taskly.users.link_page import link_page
from taskly.users.problem_page import PagedRoute
from taskly.users.schemas import (
    CookieSession,
    CreatedTokenResponse,
    CreateToken,
    MeResponse,
    RefreshSession,
    SessionResponse,
    SignInMethods,
    TokenPair,
    TokenResponse,
    UpdateMe,
    UseLink,
)

# Coroutines, because the framework runs plain functions in a thread.


async def _authenticator(connection: HTTPConnection) -> Authenticator:
    return authenticator_of(connection)


AuthenticatorOf = Annotated[Authenticator, Depends(_authenticator)]

_SIGNED_IN: tuple[type[Problem], ...] = (NotSignedIn,)
_ADMIN: tuple[type[Problem], ...] = (NotSignedIn, InsufficientScope)
_CHANGE: tuple[type[Problem], ...] = (NotSignedIn, CrossSite, InsufficientScope)

_PAGE = {"schema": {"type": "string"}, "example": "<!doctype html>…"}

auth = Router(
    prefix="/auth",
    tags=["auth"],
    route_class=PagedRoute,
    dependencies=[SignInLimited],
    responses=problems(TooManyRequests),
)
me = Router(prefix="/me", tags=["me"])


@auth.get("/methods", summary="How to sign in here")
async def read_sign_in_methods(runtime: RuntimeOf) -> SignInMethods:
    """Which ways to sign in this installation offers. Public."""
    application = await sign_in_application(runtime)
    link = runtime.settings.local_sign_in_allowed
    return SignInMethods(github=application is not None, link=link)


@auth.get(
    "/github/login",
    summary="Sign in with GitHub",
    status_code=302,
    response_class=RedirectResponse,
    responses=problems(BadReturnTo, GitHubNotConfigured),
)
async def begin_github_sign_in(
    runtime: RuntimeOf,
    authenticator: AuthenticatorOf,
    return_to: Annotated[
        str, Query(alias="next", description="Where to go afterwards: a path of this site.")
    ] = "/",
    repositories: Annotated[
        bool, Query(description="Ask for access to repositories too, to connect them.")
    ] = False,
) -> RedirectResponse:
    """Send the browser to GitHub's consent page. It comes back to the callback. Public."""
    departure = await github_sign_in.depart(runtime, return_to, repositories=repositories)
    response = RedirectResponse(departure.location, 302)
    lifetime = int(github_sign_in.STATE_LIFETIME.total_seconds())
    authenticator.cookies.begin_oauth(response, departure.cookie, lifetime)
    return response


@auth.get(
    "/github/callback",
    summary="Come back from GitHub",
    response_model=TokenPair,
    responses={
        302: {"description": "Signed in by cookies, on to the page asked for."},
        **problems(
            OAuthStateInvalid, OAuthDenied, OAuthFailed, GitHubNotConfigured, GitHubUnavailable
        ),
    },
)
async def finish_github_sign_in(
    request: Request,
    runtime: RuntimeOf,
    authenticator: AuthenticatorOf,
    code: str | None = None,
    state: str | None = None,
    error: str | None = None,
) -> TokenPair | RedirectResponse:
    """Finish signing in. Browsers get cookies and are sent on; with `Accept: application/json` the
    answer is a pair of tokens. Public."""
    cookies = authenticator.cookies
    returned = github_sign_in.Return(state, code, error, request.cookies.get(cookies.oauth))
    tokens, return_to = await github_sign_in.arrive(
        runtime, authenticator.issuer, returned, device_of(request)
    )
    if prefers_json(request):
        return TokenPair.of(tokens)
    response = RedirectResponse(return_to, 302)
    cookies.clear(response, cookies.oauth)
    cookies.sign_in(response, tokens, runtime.clock.now())
    return response


@auth.get(
    "/local",
    summary="Open a one-time link",
    response_class=HTMLResponse,
    responses={
        200: {"description": "A page with the button.", "content": {"text/html": _PAGE}},
        400: {"description": "The link was used or is too old.", "content": {"text/html": _PAGE}},
        **problems(NotFound),
    },
)
async def open_link(
    runtime: RuntimeOf, token: Annotated[str, Query(max_length=200)]
) -> HTMLResponse:
    """Show the button that uses the link. Opening it does not use it up. Public."""
    return link_page(token, usable=await local_sign_in.is_usable(runtime, token))


@auth.post(
    "/local",
    summary="Sign in with a one-time link",
    response_model=TokenPair,
    responses={
        303: {"description": "Signed in by cookies, on to the board."},
        **problems(LinkInvalid, CrossSite, NotFound),
    },
)
async def use_link(
    request: Request,
    runtime: RuntimeOf,
    authenticator: AuthenticatorOf,
    token: Annotated[str, Query(max_length=200, description="Or in the body.")] = "",
    body: UseLink | None = None,
) -> TokenPair | RedirectResponse:
    """Use the link up. A program gets a pair of tokens, the link's own page cookies. Public."""
    by_page = prefers_html(request)
    if by_page:
        require_own_form(request, runtime.settings)
    tokens = await local_sign_in.sign_in_with_link(
        runtime, authenticator.issuer, body.token if body else token, device_of(request)
    )
    if not by_page:
        return TokenPair.of(tokens)
    response = RedirectResponse("/", 303)
    authenticator.cookies.sign_in(response, tokens, runtime.clock.now())
    return response


@auth.post(
    "/refresh",
    summary="Refresh the tokens",
    response_model=TokenPair | CookieSession,
    responses=problems(NotSignedIn, RefreshReused, CrossSite),
)
async def refresh_session(
    request: Request,
    response: Response,
    runtime: RuntimeOf,
    authenticator: AuthenticatorOf,
    body: RefreshSession | None = None,
) -> TokenPair | CookieSession:
    """Exchange the refresh token for the next pair: from the body, answered in the body; from the
    cookie, answered in cookies. Each token is good once. Asking again within ten seconds gives the same
    answer; later it ends the session."""
    if body is not None:
        return TokenPair.of(
            await refreshing.refresh(runtime, authenticator.issuer, body.refresh_token)
        )
    authenticator.require_same_site(request)
    secret = authenticator.cookies.refresh_token(request.cookies)
    try:
        tokens = await refreshing.refresh(runtime, authenticator.issuer, secret or "")
    except NotSignedIn as refusal:
        authenticator.take_cookies_away(request, refusal)
        raise
    authenticator.cookies.sign_in(response, tokens, runtime.clock.now())
    return CookieSession.of(tokens)


@auth.post(
    "/logout",
    summary="Sign out",
    status_code=204,
    responses=problems(*_CHANGE, Forbidden),
    openapi_extra={"security": [{signed_in.scheme_name: []}]},
)
async def log_out(
    response: Response,
    runtime: RuntimeOf,
    authenticator: AuthenticatorOf,
    session_id: Annotated[UUID, Depends(session_to_end)],
) -> None:
    """End the session of the request. Its tokens stop counting within seconds everywhere."""
    await sessions.sign_out(runtime, session_id)
    authenticator.cookies.sign_out(response)


@auth.get("/sessions", summary="List sessions", responses=problems(*_ADMIN))
async def list_sessions(
    principal: SignedInToAdminister, session: ReadSession, runtime: RuntimeOf, paging: Paging
) -> Page[SessionResponse]:
    """List where the caller is signed in, oldest first."""
    rows = await repository.sessions_of(
        session,
        principal.user_id,
        now=runtime.clock.now(),
        after=paging.after(UUID),
        limit=paging.rows,
    )
    return paging.page(rows, lambda row: SessionResponse.of(row, principal), lambda row: row.id)


@auth.delete(
    "/sessions", summary="Sign out elsewhere", status_code=204, responses=problems(*_CHANGE)
)
async def revoke_other_sessions(principal: SignedInToAdminister, runtime: RuntimeOf) -> None:
    """End all sessions of the caller but the one of this request."""
    await sessions.revoke_other_sessions(runtime, principal)


@auth.delete(
    "/sessions/{session_id}",
    summary="End a session",
    status_code=204,
    responses=problems(*_CHANGE, NotFound),
)
async def revoke_session(
    session_id: UUID, principal: SignedInToAdminister, runtime: RuntimeOf
) -> None:
    """End one session of the caller."""
    await sessions.revoke_session(runtime, principal.user_id, session_id)


@me.get("", summary="Who am I", responses=problems(*_SIGNED_IN))
async def read_me(principal: SignedIn, session: ReadSession) -> MeResponse:
    """Read the caller's own profile."""
    return MeResponse.of(await profile.read(session, principal.user_id), principal)


@me.patch("", summary="Change my profile", responses=problems(*_CHANGE))
async def update_me(principal: SignedIn, body: UpdateMe, tx: Tx) -> MeResponse:
    """Choose another name. Signing in with GitHub will not overwrite it."""
    return MeResponse.of(await profile.rename(tx, principal.user_id, body.name), principal)


@me.get("/tokens", summary="List personal tokens", responses=problems(*_ADMIN))
async def list_tokens(
    principal: SignedInToAdminister, session: ReadSession, paging: Paging
) -> Page[TokenResponse]:
    """List the caller's personal tokens, oldest first; never the tokens themselves."""
    rows = await repository.api_tokens_of(
        session, principal.user_id, after=paging.after(UUID), limit=paging.rows
    )
    return paging.page(rows, TokenResponse.of, lambda row: row.id)


@me.post(
    "/tokens",
    summary="Make a personal token",
    status_code=201,
    responses=problems(*_CHANGE, Forbidden, TooManyTokens),
)
async def create_token(
    principal: SignedInByOneself, body: CreateToken, tx: Tx
) -> CreatedTokenResponse:
    """Make a token for a program. This answer is the only place where it is ever shown.

    A personal token can't make another one.
    """
    made = await personal_tokens.create_token(
        tx,
        principal.user_id,
        name=body.name,
        scopes=body.scopes,
        lifetime=timedelta(days=body.expires_in_days),
    )
    return CreatedTokenResponse.made(made)


@me.delete(
    "/tokens/{token_id}",
    summary="Revoke a personal token",
    status_code=204,
    responses=problems(*_CHANGE, NotFound),
)
async def revoke_token(token_id: UUID, principal: SignedInToAdminister, runtime: RuntimeOf) -> None:
    """End a personal token. It stops counting within seconds everywhere."""
    await personal_tokens.revoke_token(runtime, principal.user_id, token_id)
