"""People at a browser see what went wrong as a page; programs get the problem."""

import pytest

from taskly.fake_github.driver import FakeGitHub
from tests.users.github_way import CALLBACK, LOGIN, consent, depart
from tests.users.places import Place, problem_of

pytestmark = pytest.mark.anyio

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def test_a_sign_in_that_is_over_is_a_page_with_a_way_back(github_place: Place) -> None:
    shown = await github_place.client.get(f"{CALLBACK}?code=x&state=y", headers=HTML)
    assert (shown.status_code, shown.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert "<h1>This sign-in was not begun here, is too old or is used up</h1>" in shown.text
    assert "<p>Open https://taskly.example in this browser and sign in again.</p>" in shown.text
    assert '<a href="/">Back to Taskly</a>' in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["content-security-policy"].startswith("default-src 'none';")


async def test_who_says_no_at_github_reads_so(github_place: Place) -> None:
    back = await consent(await depart(github_place), deny="1")
    shown = await github_place.client.get(back, headers=HTML)
    assert shown.status_code == 400
    assert "<h1>GitHub was not allowed to sign you in</h1>" in shown.text


async def test_a_github_in_trouble_is_a_page_that_says_when_to_try_again(
    github_place: Place, github: FakeGitHub
) -> None:
    await github.create_user("mona")
    back = await consent(await depart(github_place))
    await github.add_fault("down", path_prefix="/login/oauth/access_token")
    shown = await github_place.client.get(back, headers=HTML)
    assert (shown.status_code, shown.headers["retry-after"]) == (503, "60")
    assert "<h1>GitHub does not answer</h1>" in shown.text


async def test_without_a_github_app_the_page_says_what_to_do(place: Place) -> None:
    shown = await place.client.get(LOGIN, headers=HTML)
    assert shown.status_code == 404
    assert "and set GITHUB_SIGN_IN=true." in shown.text


async def test_a_link_that_is_pressed_twice_is_a_page(place: Place) -> None:
    address = f"/api/v1/auth/local?token={await place.link()}"
    headers = {**HTML, "Origin": "http://127.0.0.1:8000"}
    assert (await place.client.post(address, headers=headers)).status_code == 303
    shown = await place.client.post(address, headers=headers)
    assert shown.status_code == 400
    assert "Make a new one with `taskly sign-in-link`." in shown.text


async def test_programs_get_the_problem(place: Place) -> None:
    for accept in ("application/json", "*/*", "application/problem+json"):
        answer = await place.client.get(CALLBACK, headers={"Accept": accept})
        assert problem_of(answer) == (400, "oauth_state_invalid")
