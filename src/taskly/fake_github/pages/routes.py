"""The addresses of the pages for people."""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from taskly.fake_github.pages.acting import (
    EVERYWHERE,
    IN_REPOSITORY,
    ON_PULL_REQUEST,
    Place,
    deliver_again,
    find_delivery,
)
from taskly.fake_github.pages.apps import ON_APPS
from taskly.fake_github.pages.forms import form_of
from taskly.fake_github.pages.markup import document, element
from taskly.fake_github.pages.showing import (
    delivery_page,
    home,
    pull_request_page,
    repository_page,
)
from taskly.fake_github.pages.style import STYLE, avatar
from taskly.fake_github.site import Site
from taskly.fake_github.world.pull_requests import PullRequest
from taskly.fake_github.world.refusals import Refusal, not_found
from taskly.fake_github.world.repositories import Repository

Page = Callable[[Site, Request], Response]
Deed = TypeVar("Deed")
Press = Callable[[Site, Request, dict[str, str]], None]


def routes(site: Site) -> list[Route]:
    """Pages and buttons. The catch-all comes last and leads deeper links to their repository."""
    return [
        _shown(site, "/", _home),
        _shown(site, "/style.css", _style),
        _shown(site, "/avatars/u/{number:int}", _avatar),
        _shown(site, "/page/deliveries/{number:int}", _delivery_page),
        _pressed(site, "/page/deliveries/{number:int}/redeliver", _press_redeliver),
        _pressed(site, "/page/repos/{owner}/{name}/pulls/{number:int}/{what}", _press_on_pull),
        _pressed(site, "/page/repos/{owner}/{name}/{what}", _press_in_repository),
        _pressed(site, "/page/{what:path}", _press_anywhere),
        _shown(site, "/{owner}/{name}", _repository_page),
        _shown(site, "/{owner}/{name}/pull/{number:int}", _pull_request_page),
        _shown(site, "/{owner}/{name}/{rest:path}", _to_repository),
    ]


def _shown(site: Site, path: str, page: Page) -> Route:
    async def show(request: Request) -> Response:
        try:
            return page(site, request)
        except Refusal as refusal:
            shown = document(refusal.message, element("h1", refusal.message))
            return HTMLResponse(shown, status_code=refusal.status)

    return Route(path, show, methods=["GET"])


def _pressed(site: Site, path: str, press: Press) -> Route:
    """A button: does it, and goes back to the page on which it stood."""

    async def act(request: Request) -> Response:
        target = urlsplit(request.headers.get("referer", "/")).path or "/"
        try:
            press(site, request, await form_of(request))
        except Refusal as refusal:
            target += "?" + urlencode({"problem": _words(refusal)})
        site.deliverer.dispatch(site.github)
        return RedirectResponse(target, status_code=303)

    return Route(path, act, methods=["POST"])


def _words(refusal: Refusal) -> str:
    """GitHub's most telling words."""
    for error in refusal.errors or ():
        if isinstance(error, str):
            return error
        if "message" in error:
            return str(error["message"])
        return f"{refusal.message}: {error.get('field', '')} {error.get('code', '')}"
    return refusal.message


def _home(site: Site, request: Request) -> Response:
    return HTMLResponse(home(site, request.query_params.get("problem")))


def _style(_site: Site, _request: Request) -> Response:
    return Response(STYLE, media_type="text/css")


def _avatar(site: Site, request: Request) -> Response:
    number = request.path_params["number"]
    logins = [each.login for each in site.github.accounts.values() if each.id == number]
    picture = avatar(logins[0][0] if logins else "?", number)
    return Response(picture, media_type="image/svg+xml")


def _repository_page(site: Site, request: Request) -> Response:
    repository = _repository(site, request)
    return HTMLResponse(repository_page(site, repository, request.query_params.get("problem")))


def _pull_request_page(site: Site, request: Request) -> Response:
    repository = _repository(site, request)
    pull = _pull_request(repository, request)
    problem = request.query_params.get("problem")
    return HTMLResponse(pull_request_page(site, repository, pull, problem))


def _delivery_page(site: Site, request: Request) -> Response:
    delivery = find_delivery(site, request.path_params["number"])
    return HTMLResponse(delivery_page(site, delivery, request.query_params.get("problem")))


def _to_repository(site: Site, request: Request) -> Response:
    return RedirectResponse(site.addresses.page(_repository(site, request).full_name))


def _press_anywhere(site: Site, request: Request, form: dict[str, str]) -> None:
    _known({**EVERYWHERE, **ON_APPS}, request)(site, form)


def _press_in_repository(site: Site, request: Request, form: dict[str, str]) -> None:
    press = _known(IN_REPOSITORY, request)
    press(Place(site.github, _repository(site, request)), form)


def _press_on_pull(site: Site, request: Request, form: dict[str, str]) -> None:
    press = _known(ON_PULL_REQUEST, request)
    repository = _repository(site, request)
    press(Place(site.github, repository, _pull_request(repository, request)), form)


def _press_redeliver(site: Site, request: Request, _form: dict[str, str]) -> None:
    deliver_again(site, request.path_params["number"])


def _known(presses: dict[str, Deed], request: Request) -> Deed:
    press = presses.get(request.path_params["what"])
    if press is None:
        raise not_found()
    return press


def _repository(site: Site, request: Request) -> Repository:
    owner, name = request.path_params["owner"], request.path_params["name"]
    repository = site.github.find_repository(owner, name)
    repository = repository or site.github.find_renamed_repository(owner, name)
    if repository is None:
        raise not_found()
    return repository


def _pull_request(repository: Repository, request: Request) -> PullRequest:
    pull = repository.pull_request(request.path_params["number"])
    if pull is None:
        raise not_found()
    return pull
