"""Cookies of browsers, and changes that another site may have sent."""

from datetime import timedelta
from http.cookies import SimpleCookie

import httpx2
import pytest

from taskly.kit.clock import FrozenClock
from tests.users.places import Json, MakePlace, Place, problem_of

pytestmark = pytest.mark.anyio

OURS = {"Origin": "http://127.0.0.1:8000", "X-Taskly-Request": "1"}
PAGE = {"Accept": "text/html,application/xhtml+xml", "Origin": "http://127.0.0.1:8000"}


async def open_in_browser(place: Place, **headers: str) -> httpx2.Response:
    """Press the button of a one-time link."""
    address = f"/api/v1/auth/local?token={await place.link()}"
    return await place.client.post(address, headers={**PAGE, **headers})


def morsels(answer: httpx2.Response) -> dict[str, Json]:
    """The cookies that an answer sets, with their attributes."""
    jar: SimpleCookie = SimpleCookie()
    for header in answer.headers.get_list("set-cookie"):
        jar.load(header)
    return {
        name: {key: value for key, value in morsel.items() if value} for name, morsel in jar.items()
    }


async def test_on_loopback_cookies_are_named_after_the_port(place: Place) -> None:
    answer = await open_in_browser(place)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    assert answer.content == b""
    shared = {"path": "/", "httponly": True, "samesite": "lax"}
    assert morsels(answer) == {
        "taskly_access_8000": {**shared, "max-age": "900"},
        "taskly_refresh_8000": {**shared, "max-age": "604800"},
    }


async def test_behind_tls_cookies_are_secure_and_bound_to_the_host(make_place: MakePlace) -> None:
    place = await make_place(public_url="https://taskly.example", local_sign_in=True)
    answer = await open_in_browser(place, Origin="https://taskly.example")
    shared = {"path": "/", "httponly": True, "samesite": "lax", "secure": True}
    assert morsels(answer) == {
        "__Host-taskly_access": {**shared, "max-age": "900"},
        "__Host-taskly_refresh": {**shared, "max-age": "604800"},
    }
    assert (await place.client.get("/api/v1/me")).status_code == 200


async def test_two_on_one_machine_leave_each_others_cookies_alone(make_place: MakePlace) -> None:
    first = await make_place()
    second = await make_place(public_url="http://127.0.0.1:8001")
    await open_in_browser(first)
    elsewhere = await open_in_browser(second, Origin="http://127.0.0.1:8001")
    # Browsers send the cookies of a host to each of its ports.
    first.client.cookies.update(elsewhere.cookies)
    answer = await first.client.post("/api/v1/auth/refresh", headers=OURS)
    assert answer.status_code == 200
    assert morsels(answer).keys() == {"taskly_access_8000", "taskly_refresh_8000"}
    assert morsels(elsewhere).keys() == {"taskly_access_8001", "taskly_refresh_8001"}


async def test_an_address_without_a_port_has_that_of_http(make_place: MakePlace) -> None:
    place = await make_place(public_url="http://taskly.lan", local_sign_in=True)
    answer = await open_in_browser(place, Origin="http://taskly.lan")
    assert morsels(answer).keys() == {"taskly_access_80", "taskly_refresh_80"}


async def test_a_cookie_signs_in_for_reading(place: Place) -> None:
    await open_in_browser(place)
    answer = await place.client.get("/api/v1/me")
    assert answer.status_code == 200
    assert answer.json()["login"] == "owner"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Taskly-Request": "1"},
        {"Origin": "http://127.0.0.1:8000"},
        {"Origin": "http://127.0.0.1:8000", "X-Taskly-Request": "0"},
        {"Origin": "https://evil.example", "X-Taskly-Request": "1"},
        {"Origin": "null", "X-Taskly-Request": "1"},
        {"Origin": "http://127.0.0.1", "X-Taskly-Request": "1"},
        {"Origin": "http://127.0.0.1:80001", "X-Taskly-Request": "1"},
        {"Origin": "http://127.0.0.1:8000.evil.example", "X-Taskly-Request": "1"},
        {"Origin": "HTTP://127.0.0.1:8000", "X-Taskly-Request": "1"},
        {"Referer": "http://127.0.0.1:8000/", "X-Taskly-Request": "1"},
    ],
)
async def test_a_change_by_cookie_needs_our_origin_and_our_header(
    place: Place, headers: dict[str, str]
) -> None:
    await open_in_browser(place)
    change = await place.client.patch("/api/v1/me", json={"name": "Mona"}, headers=headers)
    assert problem_of(change) == (403, "csrf")
    assert problem_of(await place.client.post("/api/v1/auth/refresh", headers=headers)) == (
        403,
        "csrf",
    )
    assert problem_of(await place.client.post("/api/v1/auth/logout", headers=headers)) == (
        403,
        "csrf",
    )
    assert (await place.client.get("/api/v1/me")).json()["name"] == "owner"
    assert await place.count("refresh_tokens") == 1


async def test_a_change_by_cookie_from_our_page_is_made(place: Place) -> None:
    await open_in_browser(place)
    answer = await place.client.patch("/api/v1/me", json={"name": "Mona"}, headers=OURS)
    assert answer.status_code == 200
    assert answer.json()["name"] == "Mona"


async def test_a_listed_origin_may_change_things(make_place: MakePlace) -> None:
    place = await make_place(allowed_origins="http://127.0.0.1:5173")
    await open_in_browser(place)
    headers = {"Origin": "http://127.0.0.1:5173", "X-Taskly-Request": "1"}
    answer = await place.client.patch("/api/v1/me", json={"name": "Mona"}, headers=headers)
    assert answer.status_code == 200


async def test_a_bearer_token_needs_neither_and_goes_before_the_cookie(place: Place) -> None:
    await open_in_browser(place)
    pair = await place.sign_in("somebody")
    header = {"Authorization": f"Bearer {pair['access_token']}"}
    answer = await place.client.patch("/api/v1/me", json={"name": "Mona"}, headers=header)
    assert answer.json()["login"] == "somebody"
    header = {"Authorization": "Bearer nonsense"}
    assert (await place.client.get("/api/v1/me", headers=header)).status_code == 401


async def test_a_browser_refreshes_by_cookie_and_its_scripts_see_no_token(
    place: Place, clock: FrozenClock
) -> None:
    before = await open_in_browser(place)
    clock.advance(timedelta(minutes=20))
    assert (await place.client.get("/api/v1/me")).status_code == 401
    answer = await place.client.post("/api/v1/auth/refresh", headers=OURS)
    assert answer.json() == {
        "expires_at": "2026-11-23T09:35:00Z",
        "refresh_expires_at": "2026-11-30T09:20:00Z",
    }
    assert morsels(answer).keys() == {"taskly_access_8000", "taskly_refresh_8000"}
    assert before.cookies["taskly_refresh_8000"] != answer.cookies["taskly_refresh_8000"]
    assert (await place.client.get("/api/v1/me")).status_code == 200


async def test_signing_out_takes_the_cookies_away(place: Place, clock: FrozenClock) -> None:
    await open_in_browser(place)
    stolen = dict(place.client.cookies)
    answer = await place.client.post("/api/v1/auth/logout", headers=OURS)
    assert answer.status_code == 204
    assert {name: found.get("max-age") for name, found in morsels(answer).items()} == {
        "taskly_access_8000": "0",
        "taskly_refresh_8000": "0",
    }
    assert not place.client.cookies
    clock.advance(timedelta(seconds=5))
    place.client.cookies.update(stolen)
    assert (await place.client.get("/api/v1/me")).status_code == 401
    answer = await place.client.post("/api/v1/auth/refresh", headers=OURS)
    assert problem_of(answer) == (401, "not_signed_in")


async def test_signing_out_works_after_the_access_token_has_expired(
    place: Place, clock: FrozenClock
) -> None:
    await open_in_browser(place)
    clock.advance(timedelta(hours=1))
    answer = await place.client.post("/api/v1/auth/logout", headers=OURS)
    assert answer.status_code == 204
    assert await place.count("sessions", "revoked_because = 'signed_out'") == 1


GONE = {"taskly_access_8000": "0", "taskly_refresh_8000": "0"}


def lifetimes(answer: httpx2.Response) -> Json:
    """How long the cookies of an answer last."""
    return {name: found.get("max-age") for name, found in morsels(answer).items()}


async def test_a_browser_whose_session_was_ended_elsewhere_forgets_its_cookies(
    place: Place, clock: FrozenClock
) -> None:
    for path in ("/api/v1/auth/logout", "/api/v1/auth/refresh"):
        await open_in_browser(place)
        await place.execute("UPDATE sessions SET revoked_at = now(), revoked_because = 'revoked'")
        clock.advance(timedelta(seconds=5))
        answer = await place.client.post(path, headers=OURS)
        assert problem_of(answer) == (401, "not_signed_in")
        assert lifetimes(answer) == GONE
        assert not place.client.cookies


async def test_a_browser_whose_refresh_token_was_used_by_somebody_else_forgets_it(
    place: Place, clock: FrozenClock
) -> None:
    await open_in_browser(place)
    stolen = place.client.cookies["taskly_refresh_8000"]
    assert (await place.refresh(stolen)).status_code == 200
    clock.advance(timedelta(seconds=11))
    answer = await place.client.post("/api/v1/auth/refresh", headers=OURS)
    assert problem_of(answer) == (401, "refresh_reused")
    assert lifetimes(answer) == GONE


async def test_nobody_else_makes_a_browser_forget(place: Place, clock: FrozenClock) -> None:
    await open_in_browser(place)
    await place.execute("UPDATE sessions SET revoked_at = now(), revoked_because = 'revoked'")
    clock.advance(timedelta(seconds=5))
    for headers in (
        {"Origin": "https://evil.example", "X-Taskly-Request": "1"},
        {"Origin": OURS["Origin"]},
        {},
    ):
        for path in ("/api/v1/auth/logout", "/api/v1/auth/refresh"):
            answer = await place.client.post(path, headers=headers)
            assert problem_of(answer) == (403, "csrf")
            assert lifetimes(answer) == {}
    place.client.cookies.clear()  # as browsers do when another site sends a form
    answer = await place.client.post("/api/v1/auth/logout", headers={"Origin": "null"})
    assert problem_of(answer) == (401, "not_signed_in")
    assert lifetimes(answer) == {}
    answer = await place.refresh("nonsense")
    assert problem_of(answer) == (401, "not_signed_in")
    assert lifetimes(answer) == {}


async def test_nobody_can_sign_out(place: Place) -> None:
    for headers in ({}, OURS, {"Authorization": "Bearer nonsense"}):
        answer = await place.client.post("/api/v1/auth/logout", headers=headers)
        assert problem_of(answer) == (401, "not_signed_in")
