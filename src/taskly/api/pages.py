"""What a browser is shown: where to begin, the API's reference, and what went wrong.

No page loads anything from another site, so an installation without a way out shows them too.
"""

import base64
import re
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Annotated

import fastapi_offline
from fastapi import Depends, FastAPI
from fastapi import Path as PathParameter
from fastapi.openapi.docs import get_swagger_ui_html
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from taskly.api.explanations import explanations
from taskly.platform.http.html import ASSETS_PATH, page
from taskly.platform.http.problems import TYPE_PREFIX, NotSignedIn
from taskly.platform.http.routing import Router
from taskly.platform.runtime import runtime_of
from taskly.users import profile
from taskly.users.access import Principal, read_session, signed_in
from taskly.users.github_application import sign_in_application
from taskly.workspaces.invitation_links import LINK_PATH

OPENAPI_PATH = "/api/openapi.json"
REFERENCE_PATH = "/api/docs"
CARD_PATH = "/c/{key}"
EXPLANATIONS_PATH = TYPE_PREFIX.removesuffix("#")
SWAGGER_PATH = f"{ASSETS_PATH}/swagger"
SWAGGER_FOLDER = Path(fastapi_offline.__file__).parent / "static"

router = Router(base="", include_in_schema=False)

assets = [
    Mount(SWAGGER_PATH, StaticFiles(directory=SWAGGER_FOLDER)),
    Mount(ASSETS_PATH, StaticFiles(directory=Path(__file__).parent / "assets")),
]

_REFERENCE_LINK = f"""<p><a href="{REFERENCE_PATH}">The API, operation by operation</a></p>"""
_BY_LINK = """<p>Where Taskly runs, make a link that signs you in once:</p>
<pre>taskly sign-in-link</pre>"""
_NO_WAY = """<p>No way to sign in is set up here. Whoever runs Taskly sets up a GitHub app
(<code>GITHUB_CLIENT_ID</code>, <code>GITHUB_CLIENT_SECRET</code>), or switches one-time links on
(<code>TASKLY_LOCAL_SIGN_IN=true</code>), and starts it again.</p>"""
_BY_GITHUB = (
    """<p><a class="button" href="/api/v1/auth/github/login?next=/">Sign in with GitHub</a></p>"""
)


async def _visitor(request: Request) -> Principal | None:
    try:
        return await signed_in(request)
    except NotSignedIn:
        return None


@router.get("/")
async def begin(
    request: Request,
    visitor: Annotated[Principal | None, Depends(_visitor)],
    session: Annotated[AsyncSession, Depends(read_session, scope="function")],
) -> HTMLResponse:
    """Who you are here, or how to sign in."""
    if visitor is None:
        runtime = runtime_of(request)
        ways = [_BY_GITHUB] if await sign_in_application(runtime) is not None else []
        ways += [_BY_LINK] if runtime.settings.local_sign_in_allowed else []
        return page(
            "Taskly", f"<h1>Sign in to Taskly</h1>{''.join(ways) or _NO_WAY}{_REFERENCE_LINK}"
        )
    login = (await profile.read(session, visitor.user_id)).login
    return page(
        "Taskly",
        f"<h1>Taskly runs, and you are signed in as {escape(login)}</h1>"
        "<p>This browser may call the API now. This version has no board to look at yet: "
        "what it does is in the reference and in the README's walk-through.</p>" + _REFERENCE_LINK,
    )


@router.get(CARD_PATH)
async def show_card(
    key: Annotated[str, PathParameter(pattern=r"^[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8}$")],
) -> HTMLResponse:
    """Where links to a card lead, such as those on pull requests. Says nothing about the card: anybody may ask."""
    return page(
        key,
        f"<h1>{escape(key)} is a card in Taskly</h1>"
        "<p>This version has no board to look at yet. Whoever may see the card reads it with:</p>"
        f"<pre>taskly cards show {escape(key)}</pre>" + _REFERENCE_LINK,
    )


@router.get(REFERENCE_PATH)
async def show_reference(request: Request) -> HTMLResponse:
    """The API's reference, from its OpenAPI document."""
    app: FastAPI = request.app
    shown = get_swagger_ui_html(
        openapi_url=OPENAPI_PATH,
        title=f"{app.title} API",
        swagger_js_url=f"{SWAGGER_PATH}/swagger-ui-bundle.js",
        swagger_css_url=f"{SWAGGER_PATH}/swagger-ui.css",
        swagger_favicon_url=f"{SWAGGER_PATH}/favicon.png",
        swagger_ui_parameters={"docExpansion": "none"},
    )
    shown.headers["Content-Security-Policy"] = (
        "default-src 'none'; connect-src 'self'; img-src 'self' data:; "
        f"style-src 'self' 'unsafe-inline'; script-src 'self' {_hashes(bytes(shown.body))}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return shown


@router.get(LINK_PATH)
async def show_invitation() -> HTMLResponse:
    """An invitation to join a workspace. The page's script reads the token from the address."""
    shown = page(
        "Invitation",
        f'<noscript><p>This page needs JavaScript.</p></noscript><script src="{ASSETS_PATH}/invitation.js" '
        "defer></script>",
    )
    shown.headers["Content-Security-Policy"] = (
        "default-src 'none'; connect-src 'self'; script-src 'self'; style-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return shown


@router.get(EXPLANATIONS_PATH)
async def explain_problems() -> HTMLResponse:
    """What each problem means, and what to do."""
    return page("Problems", explanations())


def _hashes(markup: bytes) -> str:
    """The scripts inside a page that may run, as its security policy names them."""
    scripts = re.findall(rb"<script>(.*?)</script>", markup, re.DOTALL)
    digests = [base64.b64encode(sha256(script).digest()).decode() for script in scripts]
    return " ".join(f"'sha256-{digest}'" for digest in digests)
