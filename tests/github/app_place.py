"""The GitHub App beside Taskly: made, installed, and what GitHub has of it."""

import re
from html import unescape
from urllib.parse import urlencode

import httpx2

from taskly.fake_github.wire.told import Installation, KnownApp
from taskly.github.app_setup.links import make_link
from taskly.kit.json import dumps
from taskly.kit.signatures import make_signature
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect

APP_WEBHOOK = "/api/v1/webhooks/github"
OWNER = "operator"


def setup_link(place: Place, organization: str | None = None) -> str:
    """A link of the operator."""
    runtime = place.runtime
    now = runtime.clock.now()
    return make_link(runtime.settings, runtime.encryption, now, organization)


def form_in(page: str) -> tuple[str, dict[str, str]]:
    """Where the first form of a page leads, and what it posts."""
    [form, *_] = re.findall(r"<form.*?</form>", page, re.DOTALL)
    [action] = re.findall(r'action="([^"]*)"', form)
    fields = re.findall(r'name="(\w+)" value="([^"]*)"', form)
    return unescape(action), {name: unescape(value) for name, value in fields}


async def press_through(place: Place, browser: httpx2.AsyncClient) -> httpx2.Response:
    """The two clicks: ours, and GitHub's; the page that the browser ends at."""
    page = await browser.get(setup_link(place))
    action, fields = form_in(page.text)
    at_github = await browser.post(action, data=fields | {"login": OWNER})
    return await browser.get(at_github.headers["location"])


async def make_app(place: Place) -> KnownApp:
    """The app, made in a browser by an operator who has an account at GitHub."""
    await place.github.create_user(OWNER)
    async with httpx2.AsyncClient(trust_env=False) as browser:
        assert (await press_through(place, browser)).status_code == 200
    [app] = await place.github.apps()
    return app


async def send(
    place: Place, secret: str, event: str, payload: Json, **headers: str
) -> httpx2.Response:
    """A delivery of the app's webhook, signed with this secret."""
    body = dumps(payload)
    right = {
        "Content-Type": "application/json",
        "X-GitHub-Event": event,
        "X-Hub-Signature-256": make_signature(body, secret),
    }
    return await place.client.post(APP_WEBHOOK, content=body, headers=right | headers)


async def install(place: Place, app: KnownApp, *repositories: str) -> Installation:
    """The app on the organisation, for all its repositories or these."""
    chosen = list(repositories) or None
    return await place.github.install_app(app.id, "octo", chosen)


async def connect(actor: Actor, workspace: Json, full_name: str = REPOSITORY) -> Json:
    """Connect a repository."""
    made: Json = expect(
        await actor.post(
            f"/workspaces/{workspace['id']}/repositories", json={"full_name": full_name}
        ),
        201,
    )
    return made


async def shown(actor: Actor, workspace: Json) -> Json:
    """The one connected repository."""
    answer = expect(await actor.get(f"/workspaces/{workspace['id']}/repositories"), 200)
    [item] = answer["items"]
    found: Json = item
    return found


def query(**fields: str) -> str:
    """The end of an address."""
    return f"?{urlencode(fields)}"


async def where(place: Place) -> tuple[int, int]:
    """The app and its one installation."""
    [app] = await place.github.apps()
    [installed] = app.installations
    return app.id, installed.id


async def installations_of(place: Place) -> list[int]:
    """Through which installations repositories are connected."""
    rows = await place.rows("SELECT installation_id FROM git_repositories ORDER BY id")
    return [row["installation_id"] for row in rows]


async def alerts(actor: Actor) -> list[Json]:
    """What somebody was told of repositories."""
    items = expect(await actor.get("/me/notifications"), 200)["items"]
    return [each["repository_alert"] for each in items if each["kind"] == "repository_alert"]
