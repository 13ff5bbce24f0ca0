"""OAuth's web flow: the page that asks, and the exchange of a code for a token."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from taskly.fake_github.actions.accounts import create_token
from taskly.fake_github.pages.forms import form_of
from taskly.fake_github.pages.markup import Html, document, element
from taskly.fake_github.site import Site
from taskly.fake_github.world.accounts import Account, Token, new_secret
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.sign_in import (
    ACCESS_LIFETIME,
    REFRESH_LIFETIME,
    Code,
    OAuthApplication,
    RefreshToken,
)

_HELP = "https://docs.github.com/apps/managing-oauth-apps/troubleshooting"
_ASKED = (
    "client_id",
    "redirect_uri",
    "state",
    "scope",
    "code_challenge",
    "code_challenge_method",
)


class SignInRefusal(Exception):
    """An error of the exchange, with OAuth's name for it."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.body = {
            "error": error,
            "error_description": description,
            "error_uri": f"{_HELP}#{error.replace('_', '-')}",
        }


@dataclass(frozen=True)
class _Grant:
    """What an exchange gives."""

    account: Account
    scopes: tuple[str, ...] | None


def routes(site: Site) -> list[Route]:
    """The addresses of signing in."""

    async def authorize(request: Request) -> Response:
        asked = dict(request.query_params)
        if request.method == "POST":
            asked = await form_of(request)
        return _authorize(site.github, asked, is_decided=request.method == "POST")

    async def access_token(request: Request) -> Response:
        fields = await _fields(request)
        try:
            body: Mapping[str, Any] = exchange(site.github, fields)
        except SignInRefusal as refusal:
            body = refusal.body
        if "json" in request.headers.get("accept", ""):
            return JSONResponse(dict(body), headers={"Cache-Control": "no-store"})
        return Response(urlencode(body), media_type="application/x-www-form-urlencoded")

    return [
        Route("/login/oauth/authorize", authorize, methods=["GET", "POST"]),
        Route("/login/oauth/access_token", access_token, methods=["POST"]),
    ]


def _authorize(github: GitHub, asked: Mapping[str, str], *, is_decided: bool) -> Response:
    """Ask who it is, or send the browser back with a code or an error.

    A program says `login=…&auto=1` to be sent back at once, and `deny=1` to refuse.
    """
    application = github.sign_in.applications.get(asked.get("client_id", ""))
    if application is None:
        return HTMLResponse(document("Not found", element("h1", "Not found")), status_code=404)
    redirect_uri = asked.get("redirect_uri") or next(iter(application.callback_urls), None)
    if redirect_uri is None:
        page = document("No address", element("h1", "There is no address to go back to"))
        return HTMLResponse(page, status_code=400)
    if not application.allows_callback(redirect_uri):
        return _back(
            application.callback_urls[0],
            asked,
            error="redirect_uri_mismatch",
            error_description="The redirect_uri MUST match the registered callback URL for this "
            "application.",
            error_uri=f"{_HELP}#redirect-uri-mismatch",
        )
    if asked.get("deny"):
        return _back(
            redirect_uri,
            asked,
            error="access_denied",
            error_description="The user has denied your application access.",
            error_uri=f"{_HELP}#access-denied",
        )
    account = github.find_account(asked.get("login", ""))
    if account is None or account.kind != "User" or not (is_decided or asked.get("auto")):
        return HTMLResponse(_page(github, application, asked))
    code = _new_code(github, application, account, asked)
    return _back(redirect_uri, asked, code=code.value)


def _new_code(
    github: GitHub, application: OAuthApplication, account: Account, asked: Mapping[str, str]
) -> Code:
    code = Code(
        value=new_secret("", 20),
        account=account,
        client_id=application.client_id,
        redirect_uri=asked.get("redirect_uri") or None,
        scopes=_scopes(asked.get("scope", "")),
        challenge=asked.get("code_challenge") or None,
        issued_at=github.now(),
    )
    github.sign_in.codes[code.value] = code
    return code


def _scopes(text: str) -> tuple[str, ...]:
    return tuple(sorted(set(text.replace(",", " ").split())))


def _back(address: str, asked: Mapping[str, str], **answer: str) -> Response:
    """To the application, with what is asked for and the state that it sent."""
    if "state" in asked:
        answer["state"] = asked["state"]
    parts = urlsplit(address)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *answer.items()])
    return RedirectResponse(urlunsplit(parts._replace(query=query)), status_code=302)


def exchange(github: GitHub, fields: Mapping[str, str]) -> dict[str, Any]:
    """A token for a code, or for a refresh token.

    Raises:
        SignInRefusal: for wrong credentials, a wrong or used code, another address than before.
    """
    application = github.sign_in.applications.get(fields.get("client_id", ""))
    if application is None or not application.has_secret(fields.get("client_secret", "")):
        raise SignInRefusal(
            "incorrect_client_credentials",
            "The client_id and/or client_secret passed are incorrect.",
        )
    if fields.get("grant_type") == "refresh_token":
        grant = _refreshed(github, application, fields)
    else:
        grant = _granted(github, application, fields)
    token = create_token(
        github,
        grant.account,
        None if application.expiring_tokens else grant.scopes,
        client_id=application.client_id,
        expires=application.expiring_tokens,
    )
    return _told(github, application, token)


def _granted(github: GitHub, application: OAuthApplication, fields: Mapping[str, str]) -> _Grant:
    now = github.now()
    code = github.sign_in.codes.pop(fields.get("code", ""), None)
    if code is None or code.client_id != application.client_id or code.is_expired(now):
        raise SignInRefusal("bad_verification_code", "The code passed is incorrect or expired.")
    redirect_uri = fields.get("redirect_uri")
    if redirect_uri is not None and code.redirect_uri not in {None, redirect_uri}:
        raise SignInRefusal(
            "redirect_uri_mismatch",
            "The redirect_uri MUST match the registered callback URL for this application.",
        )
    if not code.is_proven_by(fields.get("code_verifier")):
        raise SignInRefusal("bad_verification_code", "The code passed is incorrect or expired.")
    return _Grant(code.account, code.scopes)


def _refreshed(github: GitHub, application: OAuthApplication, fields: Mapping[str, str]) -> _Grant:
    """A refresh token is good once; the access token before it ends."""
    known = github.sign_in.refresh_tokens.pop(fields.get("refresh_token", ""), None)
    if (
        known is None
        or known.client_id != application.client_id
        or github.now() >= known.expires_at
    ):
        raise SignInRefusal(
            "bad_refresh_token", "The refresh token passed is incorrect or expired."
        )
    github.tokens.pop(known.access_token, None)
    return _Grant(known.account, known.scopes)


def _told(github: GitHub, application: OAuthApplication, token: Token) -> dict[str, Any]:
    told: dict[str, Any] = {
        "access_token": token.value,
        "token_type": "bearer",
        "scope": ",".join(token.scopes or ()),
    }
    if not application.expiring_tokens:
        return told
    refresh = RefreshToken(
        value=new_secret("ghr_", 76),
        access_token=token.value,
        account=token.account,
        client_id=application.client_id,
        scopes=token.scopes,
        expires_at=github.now() + REFRESH_LIFETIME,
    )
    github.sign_in.refresh_tokens[refresh.value] = refresh
    return {
        "access_token": token.value,
        "expires_in": int(ACCESS_LIFETIME.total_seconds()),
        "refresh_token": refresh.value,
        "refresh_token_expires_in": int(REFRESH_LIFETIME.total_seconds()),
        "scope": "",
        "token_type": "bearer",
    }


async def _fields(request: Request) -> dict[str, str]:
    """The fields of the body as a form or as JSON, and those of the query."""
    fields = dict(request.query_params)
    if "json" in request.headers.get("content-type", ""):
        try:
            body = json.loads(await request.body())
        except ValueError:
            return fields
        return {**fields, **{name: str(value) for name, value in dict(body).items()}}
    return {**fields, **await form_of(request)}


def _page(github: GitHub, application: OAuthApplication, asked: Mapping[str, str]) -> str:
    people = [account for account in github.accounts.values() if account.kind == "User"]
    scopes = ", ".join(_scopes(asked.get("scope", ""))) or "public profile only"
    return document(
        f"Sign in to {application.name}",
        element(
            "main",
            element("h1", f"Authorize {application.name}"),
            element(
                "p",
                "The application asks to act for you with these scopes: ",
                element("code", scopes),
                class_="quiet",
            ),
            element("p", "Who are you?") if people else element("p", "Nobody lives here yet."),
            element("div", [_person(github, asked, person) for person in people], class_="stack"),
            _choice(asked, {"deny": "1"}, Html("Cancel"), "quiet"),
            class_="narrow card",
        ),
    )


def _person(github: GitHub, asked: Mapping[str, str], account: Account) -> Html:
    picture = element("img", src=github.addresses.avatar(account.id), alt="", class_="avatar")
    name = [picture, element("b", account.login), f" {account.name or ''}"]
    return _choice(asked, {"login": account.login}, element("span", name), "person")


def _choice(asked: Mapping[str, str], chosen: Mapping[str, str], text: Html, kind: str) -> Html:
    kept = {name: asked[name] for name in _ASKED if name in asked}
    return element(
        "form",
        [
            element("input", type="hidden", name=name, value=value)
            for name, value in {**kept, **chosen}.items()
        ],
        element("button", text, type="submit", class_=kind),
        method="post",
        action="/login/oauth/authorize",
    )
