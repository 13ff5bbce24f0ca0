"""OAuth's web flow."""

import base64
import hashlib
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from taskly.fake_github.driver import FakeGitHub
from taskly.fake_github.wire.asked import OAuthChange
from tests.fake_github.stage import CLIENT_ID, CLIENT_SECRET, Json, Stage

pytestmark = pytest.mark.anyio

CALLBACK = "http://taskly.test/callback?from=github"
VERIFIER = "a-verifier-of-at-least-forty-three-characters-0123"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)
ASKED = {
    "client_id": CLIENT_ID,
    "redirect_uri": CALLBACK,
    "state": "the state & more",
    "scope": "read:user user:email",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def answer_in(response: httpx2.Response) -> dict[str, str]:
    """The parameters with which the browser is sent back."""
    assert response.status_code == 302
    location = urlsplit(response.headers["location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == "http://taskly.test/callback"
    return {name: values[0] for name, values in parse_qs(location.query).items()}


@pytest.fixture
def browser(stage: Stage) -> httpx2.AsyncClient:
    return stage.browser()


async def sign_in(browser: httpx2.AsyncClient, **changes: str) -> str:
    """A fresh code for Octo."""
    asked = {**ASKED, "login": "octo-user", "auto": "1", **changes}
    return answer_in(await browser.get("/login/oauth/authorize", params=asked))["code"]


async def exchange(browser: httpx2.AsyncClient, code: str, **changes: str) -> Json:
    """What the token endpoint answers."""
    fields = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        **changes,
    }
    response = await browser.post(
        "/login/oauth/access_token", data=fields, headers={"Accept": "application/json"}
    )
    assert response.status_code == 200
    answer: Json = response.json()
    return answer


async def test_the_page_shows_a_button_for_every_person(browser: httpx2.AsyncClient) -> None:
    page = await browser.get("/login/oauth/authorize", params=ASKED)

    assert page.status_code == 200
    for login in ("octo-user", "mona", "stranger"):
        assert f'name="login" value="{login}"' in page.text


async def test_pressing_a_button_sends_the_browser_back_with_code_and_state(
    browser: httpx2.AsyncClient,
) -> None:
    pressed = {**ASKED, "login": "octo-user"}
    answer = answer_in(await browser.post("/login/oauth/authorize", data=pressed))

    assert set(answer) == {"from", "code", "state"}
    assert answer["from"] == "github"
    assert answer["state"] == "the state & more"


async def test_cancelling_sends_the_browser_back_with_access_denied(
    browser: httpx2.AsyncClient,
) -> None:
    answer = answer_in(await browser.post("/login/oauth/authorize", data={**ASKED, "deny": "1"}))

    assert answer["error"] == "access_denied"
    assert answer["state"] == "the state & more"
    assert "code" not in answer


async def test_a_code_becomes_a_token_for_the_person_who_pressed(
    stage: Stage, browser: httpx2.AsyncClient
) -> None:
    answer = await exchange(browser, await sign_in(browser))

    assert answer["token_type"] == "bearer"
    assert answer["scope"] == "read:user,user:email"
    profile = await stage.client(answer["access_token"]).get("/user")
    assert profile.json()["login"] == "octo-user"
    assert profile.headers["x-oauth-scopes"] == "read:user, user:email"


async def test_the_token_endpoint_takes_json_too(stage: Stage, browser: httpx2.AsyncClient) -> None:
    fields = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "code": await sign_in(browser),
        "code_verifier": VERIFIER,
    }
    response = await browser.post(
        "/login/oauth/access_token", json=fields, headers={"Accept": "application/json"}
    )

    assert response.json()["token_type"] == "bearer"


async def test_without_asking_for_json_the_token_comes_as_a_form(
    browser: httpx2.AsyncClient,
) -> None:
    fields = urlencode(
        {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "code": await sign_in(browser),
            "code_verifier": VERIFIER,
        }
    )
    response = await browser.post(
        "/login/oauth/access_token",
        content=fields,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )

    assert response.headers["content-type"].startswith("application/x-www-form-urlencoded")
    assert parse_qs(response.text)["token_type"] == ["bearer"]


async def test_a_code_is_good_for_one_exchange(browser: httpx2.AsyncClient) -> None:
    code = await sign_in(browser)
    await exchange(browser, code)

    assert (await exchange(browser, code))["error"] == "bad_verification_code"


async def test_a_code_ends_after_ten_minutes(
    github: FakeGitHub, browser: httpx2.AsyncClient
) -> None:
    code = await sign_in(browser)
    await github.advance_clock(600)

    assert (await exchange(browser, code))["error"] == "bad_verification_code"


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"client_secret": "guessed"}, "incorrect_client_credentials"),
        ({"client_id": "somebody-else"}, "incorrect_client_credentials"),
        ({"redirect_uri": "http://evil.test/callback"}, "redirect_uri_mismatch"),
        ({"code_verifier": "guessed"}, "bad_verification_code"),
        ({"code": "guessed"}, "bad_verification_code"),
    ],
)
async def test_an_exchange_with_something_wrong_is_answered_200_with_an_error(
    browser: httpx2.AsyncClient, wrong: dict[str, str], error: str
) -> None:
    code = await sign_in(browser)

    answer = await exchange(browser, **{"code": code, **wrong})

    assert answer["error"] == error
    assert set(answer) == {"error", "error_description", "error_uri"}


async def test_an_unregistered_address_is_told_to_the_registered_one(
    github: FakeGitHub, browser: httpx2.AsyncClient
) -> None:
    await github.change_oauth(OAuthChange(callback_urls=["http://taskly.test/callback"]))

    asked = {**ASKED, "redirect_uri": "http://evil.test/", "login": "octo-user", "auto": "1"}
    answer = answer_in(await browser.get("/login/oauth/authorize", params=asked))

    assert answer["error"] == "redirect_uri_mismatch"
    assert "code" not in answer


async def test_an_unknown_application_gets_a_page_and_no_redirect(
    browser: httpx2.AsyncClient,
) -> None:
    asked = {**ASKED, "client_id": "nobody", "login": "octo-user", "auto": "1"}

    assert (await browser.get("/login/oauth/authorize", params=asked)).status_code == 404


async def test_expiring_tokens_end_after_eight_hours(
    stage: Stage, browser: httpx2.AsyncClient
) -> None:
    await stage.github.change_oauth(OAuthChange(expiring_tokens=True))
    answer = await exchange(browser, await sign_in(browser))
    client = stage.client(answer["access_token"])

    assert answer["expires_in"] == 8 * 3600
    assert (await client.get("/user")).status_code == 200
    await stage.github.advance_clock(8 * 3600)
    assert (await client.get("/user")).status_code == 401


async def test_a_refresh_token_gives_a_new_pair_once_and_ends_the_old_one(
    stage: Stage, browser: httpx2.AsyncClient
) -> None:
    await stage.github.change_oauth(OAuthChange(expiring_tokens=True))
    first = await exchange(browser, await sign_in(browser))
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}

    second = await exchange(browser, "", **refresh)
    third = await exchange(browser, "", **refresh)

    assert third["error"] == "bad_refresh_token"
    assert (await stage.client(first["access_token"]).get("/user")).status_code == 401
    profile = await stage.client(second["access_token"]).get("/user")
    assert profile.json()["login"] == "octo-user"
