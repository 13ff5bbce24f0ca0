"""GitHub Apps on the web: made from a manifest, installed on an account."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from taskly.fake_github.actions.installing import install_app
from taskly.fake_github.pages.forms import form_of
from taskly.fake_github.pages.markup import document, element
from taskly.fake_github.site import Site
from taskly.fake_github.world.accounts import Account, new_secret
from taskly.fake_github.world.apps import Manifest
from taskly.fake_github.world.github import GitHub


def routes(site: Site) -> list[Route]:
    """The addresses of making and installing apps."""

    async def new_app(request: Request) -> Response:
        form = await form_of(request)
        return _new_app(site.github, {**dict(request.query_params), **form})

    async def new_app_of_organization(request: Request) -> Response:
        form = await form_of(request)
        owner = {"login": request.path_params["login"]}
        return _new_app(site.github, {**dict(request.query_params), **form, **owner})

    async def new_installation(request: Request) -> Response:
        form = {**dict(request.query_params), **await form_of(request)}
        response = _new_installation(site.github, request.path_params["slug"], form)
        site.deliverer.dispatch(site.github)
        return response

    return [
        Route("/settings/apps/new", new_app, methods=["POST"]),
        Route(
            "/organizations/{login}/settings/apps/new", new_app_of_organization, methods=["POST"]
        ),
        Route("/apps/{slug}/installations/new", new_installation, methods=["GET", "POST"]),
    ]


def _new_app(github: GitHub, form: Mapping[str, str]) -> Response:
    """Ask whose the app shall be; then back to the sender with a code for the app's secrets."""
    wanted = _manifest(form.get("manifest", ""))
    if wanted is None:
        return _wrong("The manifest is not a JSON object with name, url and redirect_url")
    owner = github.find_account(form.get("login", ""))
    if owner is None:
        kept = {name: form[name] for name in ("manifest", "state") if name in form}
        return _choose(github, "/settings/apps/new", f"Whose app is {wanted['name']}?", kept)
    code = new_secret("", 20)
    github.manifests[code] = _understood(owner, wanted)
    return _back(wanted["redirect_url"], {"code": code}, form)


def _new_installation(github: GitHub, slug: str, form: Mapping[str, str]) -> Response:
    """Ask for the account; then to the app's page for people who have installed it, if it has one."""
    app = next((each for each in github.apps.values() if each.slug == slug), None)
    if app is None:
        return _wrong("There is no such app")
    account = github.find_account(form.get("login", ""))
    if account is None:
        kept = {"state": form["state"]} if "state" in form else {}
        path = f"/apps/{slug}/installations/new"
        return _choose(github, path, f"Install {app.name} on which account?", kept)
    installation = install_app(github, app, account)
    answer = {"installation_id": str(installation.id), "setup_action": "install"}
    if app.setup_url is None:
        return RedirectResponse(f"/settings/installations/{installation.id}", status_code=302)
    return _back(app.setup_url, answer, form)


def _manifest(text: str) -> dict[str, Any] | None:
    try:
        wanted = json.loads(text)
    except ValueError:
        return None
    if not isinstance(wanted, dict) or not {"name", "url", "redirect_url"} <= set(wanted):
        return None
    return wanted


def _understood(owner: Account, wanted: Mapping[str, Any]) -> Manifest:
    hook = wanted.get("hook_attributes") or {}
    url = hook.get("url") if hook.get("active", True) else None
    return Manifest(
        owner=owner,
        name=wanted["name"],
        external_url=wanted["url"],
        permissions=dict(wanted.get("default_permissions") or {}),
        events=list(wanted.get("default_events") or []),
        webhook_url=url,
        webhook_secret=None if url is None else new_secret("", 40),
        callback_urls=list(wanted.get("callback_urls") or []),
        setup_url=wanted.get("setup_url"),
        description=wanted.get("description"),
    )


def _choose(github: GitHub, action: str, question: str, kept: Mapping[str, str]) -> Response:
    buttons = [
        element("button", account.login, name="login", value=account.login, class_="person")
        for account in github.accounts.values()
    ]
    hidden = [
        element("input", type="hidden", name=name, value=value) for name, value in kept.items()
    ]
    form = element("form", hidden, buttons, method="post", action=action)
    page = element("main", element("h1", question), form, class_="narrow card")
    return HTMLResponse(document(question, page))


def _back(address: str, answer: Mapping[str, str], form: Mapping[str, str]) -> Response:
    state = {"state": form["state"]} if "state" in form else {}
    joint = "&" if "?" in address else "?"
    return RedirectResponse(f"{address}{joint}{urlencode({**answer, **state})}", status_code=302)


def _wrong(words: str) -> Response:
    return HTMLResponse(document(words, element("h1", words)), status_code=400)
