"""One-time links."""

import sys
from datetime import timedelta
from subprocess import CompletedProcess, run

import pytest

from taskly.kit.clock import FrozenClock
from taskly.platform.http.problems import Conflict, NotFound
from taskly.users.rules import stale_login
from tests.users.places import KEY, MakePlace, Place, problem_of

pytestmark = pytest.mark.anyio

PAGE = {"Accept": "text/html", "Origin": "http://127.0.0.1:8000"}


async def test_a_program_gets_a_pair_of_tokens_once(place: Place) -> None:
    secret = await place.link()
    first = await place.client.post("/api/v1/auth/local", json={"token": secret})
    assert first.status_code == 200
    assert first.json().keys() == {
        "token_type",
        "access_token",
        "expires_at",
        "refresh_token",
        "refresh_expires_at",
    }
    assert first.json()["token_type"] == "Bearer"
    assert not first.cookies
    second = await place.client.post("/api/v1/auth/local", json={"token": secret})
    assert problem_of(second) == (400, "link_invalid")
    assert await place.count("sessions") == 1


async def test_posting_the_address_of_the_link_is_enough(place: Place) -> None:
    answer = await place.client.post(f"/api/v1/auth/local?token={await place.link()}")
    assert answer.status_code == 200
    assert (await place.get("/me", answer.json()["access_token"])).json()["login"] == "owner"


async def test_opening_a_link_does_not_use_it_up(place: Place) -> None:
    address = f"/api/v1/auth/local?token={await place.link()}"
    for _ in range(3):
        page = await place.client.get(address, headers=PAGE)
        assert page.status_code == 200
        assert '<form method="post" action="?token=' in page.text
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "same-origin"
        assert not page.cookies
    answer = await place.client.post(address, headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await place.client.get("/api/v1/me")).json()["login"] == "owner"
    page = await place.client.get(address, headers=PAGE)
    assert page.status_code == 400
    assert "<form" not in page.text


async def test_a_page_of_another_site_can_not_press_the_button(place: Place) -> None:
    address = f"/api/v1/auth/local?token={await place.link()}"
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": ""}):
        answer = await place.client.post(address, headers={**PAGE, **headers})
        assert answer.status_code == 403
        assert "Open the link itself and press its button." in answer.text
    assert await place.count("sessions") == 0
    hidden = {**PAGE, "Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert (await place.client.post(address, headers=hidden)).status_code == 303


async def test_a_link_lasts_ten_minutes(place: Place, clock: FrozenClock) -> None:
    secret, late = await place.link(), await place.link()
    clock.advance(timedelta(minutes=9, seconds=59))
    answer = await place.client.post("/api/v1/auth/local", json={"token": secret})
    assert answer.status_code == 200
    clock.advance(timedelta(seconds=1))
    answer = await place.client.post("/api/v1/auth/local", json={"token": late})
    assert problem_of(answer) == (400, "link_invalid")


@pytest.mark.parametrize("secret", ["x", "\x00", "é", "<script>", "A" * 43])
async def test_an_unknown_link_is_refused_and_not_repeated(place: Place, secret: str) -> None:
    posted = await place.client.post("/api/v1/auth/local", json={"token": secret})
    assert posted.status_code in {400, 422}
    opened = await place.client.get("/api/v1/auth/local", params={"token": secret})
    assert opened.status_code == 400
    assert "<form" not in opened.text
    assert "<script>" not in opened.text
    assert problem_of(await place.client.post("/api/v1/auth/local")) == (400, "link_invalid")
    assert await place.count("sessions") == 0


async def test_the_same_login_is_the_same_person(place: Place) -> None:
    for login in ("owner", "Owner", "mona"):
        await place.sign_in(login)
    assert await place.count("users") == 2


async def test_links_are_refused_where_settings_do_not_allow_them(
    make_place: MakePlace, place: Place
) -> None:
    secret = await place.link()
    closed = await make_place(local_sign_in=False)
    posted = await closed.client.post("/api/v1/auth/local", json={"token": secret})
    assert problem_of(posted) == (404, "not_found")
    opened = await closed.client.get(f"/api/v1/auth/local?token={secret}")
    assert problem_of(opened) == (404, "not_found")
    shown = await closed.client.get("/")
    assert "TASKLY_LOCAL_SIGN_IN=true" in shown.text
    assert "taskly sign-in-link" not in shown.text
    methods = await closed.client.get("/api/v1/auth/methods")
    assert methods.json() == {"github": False, "link": False}
    assert (await place.client.get("/api/v1/auth/methods")).json()["link"] is True


async def test_nobody_from_github_is_signed_in_by_a_link(place: Place) -> None:
    await place.sign_in("mona")
    await place.execute("UPDATE users SET github_id = 7")
    with pytest.raises(Conflict, match="Mona signs in with GitHub"):
        await place.link("Mona")
    assert await place.count("users") == 1


async def test_a_local_person_whose_login_went_to_somebody_at_github_is_found_again(
    place: Place, database_url: str
) -> None:
    await place.sign_in("mona")
    renamed = stale_login("mona", "3b8d1f10")
    await place.execute("UPDATE users SET login = 'mona~3b8d1f10'")
    await place.sign_in("other")
    await place.execute("UPDATE users SET login = 'mona', github_id = 7 WHERE login = 'other'")

    with pytest.raises(Conflict, match=f"The local person is {renamed} now"):
        await place.link("mona")
    assert _command(database_url, "--login", renamed).returncode == 0
    assert await place.count("users") == 2


async def test_a_mistyped_login_of_that_kind_makes_nobody(place: Place) -> None:
    with pytest.raises(NotFound, match="No local person has the login mona~3b8d1f10"):
        await place.link("mona~3b8d1f10")
    assert await place.count("users") == 0


async def test_the_command_prints_one_address(place: Place, database_url: str) -> None:
    made = _command(database_url, "--login", "mona")
    assert (made.returncode, made.stderr) == (0, b"")
    address = made.stdout.decode()
    assert address.startswith("http://127.0.0.1:8000/api/v1/auth/local?token=")
    assert address.endswith("\n")
    assert await place.count("users", "login = 'mona'") == 1
    assert await place.count("sign_in_links") == 1


@pytest.mark.parametrize(
    ("arguments", "extra", "code", "complaint"),
    [
        ([], {"TASKLY_LOCAL_SIGN_IN": "false"}, 78, "switched off"),
        ([], {"DATABASE_URL": ""}, 78, "DATABASE_URL is not set"),
        (["--login", "a b"], {}, 2, "letters, digits, dots and hyphens"),
    ],
)
async def test_the_command_says_what_is_wrong(
    database_url: str, arguments: list[str], extra: dict[str, str], code: int, complaint: str
) -> None:
    made = _command(database_url, *arguments, **extra)
    assert made.returncode == code
    assert complaint in made.stderr.decode()
    assert b"Traceback" not in made.stderr
    assert made.stdout == b""


def _command(database_url: str, *arguments: str, **extra: str) -> CompletedProcess[bytes]:
    environment = {
        "DATABASE_URL": database_url,
        "TASKLY_JWT_KEYS": KEY,
        "PATH": "",
        **extra,
    }
    return run(
        [sys.executable, "-m", "taskly.users.sign_in_link", *arguments],
        capture_output=True,
        env=environment,
        timeout=60,
        check=False,
    )
