"""The way to GitHub and back."""

import httpx2

from taskly.fake_github.driver import FakeGitHub
from tests.users.places import Place

LOGIN = "/api/v1/auth/github/login"
CALLBACK = "/api/v1/auth/github/callback"
COOKIE = "__Host-taskly_oauth"
JSON = {"Accept": "application/json"}


async def consent(location: str, login: str = "mona", **choice: str) -> str:
    """Go to GitHub's page and say who it is; where GitHub sends the browser."""
    chosen = choice or {"login": login, "auto": "1"}
    async with httpx2.AsyncClient() as browser:
        answer = await browser.get(httpx2.URL(location).copy_merge_params(chosen))
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


async def depart(place: Place, target: str = "/boards") -> str:
    """Begin a sign-in; the address of GitHub's page."""
    answer = await place.client.get(LOGIN, params={"next": target})
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


async def sign_in(place: Place, login: str = "mona") -> httpx2.Response:
    """The whole way of a program."""
    back = await consent(await depart(place), login)
    return await place.client.get(back, headers=JSON)


async def exchanges(github: FakeGitHub) -> int:
    """How often GitHub was asked for a token."""
    return len(await github.requests(path_prefix="/login/oauth/access_token"))
