"""People sign in with GitHub through the app that was made by two clicks, without a setting."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import pytest
from pydantic import SecretStr

from taskly.fake_github.wire.told import KnownApp
from taskly.users import repository as users
from taskly.users.github_application import forget_github_application
from taskly.users.github_renewal import current_github_token
from tests.github.app_place import make_app
from tests.github.place import Place
from tests.support.actors import Json, expect

pytestmark = pytest.mark.anyio

API = "/api/v1"


@pytest.fixture(autouse=True)
def allowed(place: Place) -> None:
    """The operator lets people sign in with GitHub."""
    allow(place, allowed=True)


def allow(place: Place, *, allowed: bool | None) -> None:
    """Set whether people may sign in with GitHub; None is unset."""
    object.__setattr__(place.runtime.settings, "github_sign_in", allowed)


async def methods(place: Place) -> Json:
    """How one can sign in."""
    found: Json = expect(await place.client.get(f"{API}/auth/methods"), 200)
    return found


async def to_github(place: Place) -> str:
    """Where somebody is sent who wants to sign in with GitHub."""
    answer = await place.client.get(f"{API}/auth/github/login")
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


async def sign_in(place: Place, login: str) -> httpx2.Response:
    """Sign in, consenting at GitHub."""
    location = f"{await to_github(place)}&{urlencode({'login': login, 'auto': 1})}"
    async with httpx2.AsyncClient(trust_env=False) as browser:
        back = (await browser.get(location)).headers["location"]
    return await place.client.get(back, headers={"Accept": "application/json"})


async def test_after_two_clicks_people_sign_in_with_github(place: Place) -> None:
    assert (await methods(place))["github"] is False
    refused = await place.client.get(f"{API}/auth/github/login")
    assert refused.json()["code"] == "github_not_configured"
    assert "Sign in with GitHub" not in (await place.client.get("/")).text

    await make_app(place)

    assert (await methods(place))["github"] is True
    assert "Sign in with GitHub" in (await place.client.get("/")).text
    await place.github.create_user("mona", name="Mona Lisa", email="mona@example.com")
    tokens = expect(await sign_in(place, "mona"), 200)
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    me = expect(await place.client.get(f"{API}/me", headers=headers), 200)
    assert (me["login"], me["email"]) == ("mona", "mona@example.com")
    assert (me["github_connected"], me["github_scopes"]) == (True, [])


@pytest.mark.parametrize("setting", [None, False])
async def test_an_app_that_was_made_for_repositories_lets_nobody_in(
    place: Place, app: KnownApp, setting: bool | None
) -> None:
    location = f"{await to_github(place)}&{urlencode({'login': app.owner, 'auto': 1})}"
    async with httpx2.AsyncClient(trust_env=False) as browser:
        back = (await browser.get(location)).headers["location"]
    allow(place, allowed=setting)
    assert (await methods(place))["github"] is False
    assert "Sign in with GitHub" not in (await place.client.get("/")).text
    for path in (f"{API}/auth/github/login", back):
        refused = await place.client.get(path, headers={"Accept": "application/json"})
        assert refused.json()["code"] == "github_not_configured"
    assert await place.rows("SELECT id FROM users") == []


async def test_what_they_gave_is_renewed_through_the_app(place: Place, app: KnownApp) -> None:
    await place.github.create_user("mona")
    expect(await sign_in(place, "mona"), 200)
    [row] = await place.rows("SELECT id FROM users WHERE login = 'mona'")
    await place.change(
        "UPDATE users SET github_token_expires_at = :long_ago",
        long_ago=datetime(2020, 1, 1, tzinfo=UTC),
    )
    async with place.runtime.database.reading() as session:
        mona = await users.user(session, row["id"])
    assert mona is not None
    allow(place, allowed=None)
    renewed = await current_github_token(place.runtime, mona)
    assert renewed is not None
    assert renewed.startswith("ghu_")


async def test_that_there_is_no_app_is_remembered_for_a_while(place: Place, app: KnownApp) -> None:
    [row] = await place.rows("SELECT client_secret FROM github_apps")
    await place.change("UPDATE github_apps SET client_secret = 'v1:lost:AAAA'")
    assert (await methods(place))["github"] is False
    await place.change("UPDATE github_apps SET client_secret = :client_secret", **row)
    assert (await methods(place))["github"] is False
    forget_github_application(place.runtime)
    assert (await methods(place))["github"] is True


async def test_the_environment_wins(place: Place, app: KnownApp) -> None:
    settings = place.runtime.settings
    object.__setattr__(settings, "github_client_id", "another-id")
    object.__setattr__(settings, "github_client_secret", SecretStr("another-secret"))
    query = dict(parse_qsl(urlsplit(await to_github(place)).query))
    assert query["client_id"] == "another-id"


async def test_an_app_whose_secret_cannot_be_read_signs_nobody_in(
    place: Place, app: KnownApp
) -> None:
    await place.change("UPDATE github_apps SET client_secret = 'v1:lost:AAAA'")
    assert (await methods(place))["github"] is False
