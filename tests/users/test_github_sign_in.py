"""Signing in with GitHub, against a fake GitHub over HTTP."""

import asyncio
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from taskly.fake_github.driver import FakeGitHub
from taskly.fake_github.wire.asked import OAuthChange
from taskly.fake_github.wire.words import FaultKind
from taskly.kit.clock import FrozenClock
from taskly.kit.crypto import DecryptionError, KeyRing
from taskly.platform.context import SYSTEM
from taskly.users import repository
from taskly.users.github_tokens import read_github_refresh_token, read_github_token
from tests.users.github_way import (
    CALLBACK,
    COOKIE,
    JSON,
    LOGIN,
    consent,
    depart,
    exchanges,
    sign_in,
)
from tests.users.places import KEY, MakePlace, Place, problem_of

pytestmark = pytest.mark.anyio


async def test_the_browser_is_sent_to_github_with_everything_that_protects_the_way(
    github_place: Place, github: FakeGitHub
) -> None:
    answer = await github_place.client.get(LOGIN)
    location = urlsplit(answer.headers["location"])
    query = {name: values[0] for name, values in parse_qs(location.query).items()}
    assert f"{location.scheme}://{location.netloc}" == github.web_url
    assert location.path == "/login/oauth/authorize"
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", query.pop("state"))
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", query.pop("code_challenge"))
    assert query == {
        "client_id": "fake-client-id",
        "redirect_uri": "https://taskly.example/api/v1/auth/github/callback",
        "scope": "read:user user:email",
        "code_challenge_method": "S256",
    }
    cookie = re.fullmatch(
        r"__Host-taskly_oauth=([A-Za-z0-9_-]{43}); HttpOnly; Max-Age=600; Path=/; "
        r"SameSite=lax; Secure",
        answer.headers["set-cookie"],
    )
    assert cookie is not None
    rows = await github_place.execute("SELECT CAST(t AS text) FROM oauth_states t")
    assert len(rows) == 1
    assert cookie[1] not in rows[0][0]


async def test_a_browser_comes_back_signed_in_at_the_page_it_wanted(
    github_place: Place, github: FakeGitHub
) -> None:
    await github.create_user("mona", name="Mona Lisa", email="Mona@example.com")
    back = await consent(await depart(github_place, "/boards/1?card=PAY-1"))
    answer = await github_place.client.get(back, headers={"Accept": "text/html,*/*"})
    assert answer.status_code == 302
    assert answer.headers["location"] == "/boards/1?card=PAY-1"
    assert set(github_place.client.cookies) == {"__Host-taskly_access", "__Host-taskly_refresh"}
    me = (await github_place.client.get("/api/v1/me")).json()
    me.pop("id")
    assert me.pop("avatar_url").startswith(github.web_url)
    assert me == {
        "login": "mona",
        "name": "Mona Lisa",
        "email": "Mona@example.com",
        "github_connected": True,
        "github_scopes": ["read:user", "user:email"],
        "scopes": ["admin", "read", "write"],
        "created_at": "2026-11-23T09:00:00Z",
    }


async def test_a_program_gets_a_pair_of_tokens(github_place: Place, github: FakeGitHub) -> None:
    await github.create_user("mona")
    answer = await sign_in(github_place)
    assert answer.status_code == 200
    assert "__Host-taskly_access" not in github_place.client.cookies
    me = await github_place.get("/me", answer.json()["access_token"])
    assert me.json()["login"] == "mona"


async def test_the_github_token_is_stored_encrypted_for_its_owner_alone(
    github_place: Place, github: FakeGitHub
) -> None:
    await github.create_user("mona")
    await github.create_user("lisa")
    await sign_in(github_place, "mona")
    await sign_in(github_place, "lisa")
    keys = KeyRing.parse(KEY)
    async with github_place.runtime.database.transaction(SYSTEM) as tx:
        mona = await repository.user(tx.session, await github_place.user_id("mona"))
        lisa = await repository.user(tx.session, await github_place.user_id("lisa"))
        assert mona is not None
        assert lisa is not None
        token = read_github_token(keys, mona)
        assert token is not None
        assert token.startswith("gho_")
        assert mona.github_token is not None
        assert mona.github_token.startswith("v1:test:")
        assert token not in mona.github_token
        assert read_github_refresh_token(keys, mona) is None
        mona.github_token = lisa.github_token
        with pytest.raises(DecryptionError):
            read_github_token(keys, mona)
        mona.github_token = None
        assert read_github_token(keys, mona) is None


async def test_expiring_tokens_are_kept_with_what_renews_them(
    github_place: Place, github: FakeGitHub, clock: FrozenClock
) -> None:
    await github.create_user("mona")
    await github.change_oauth(OAuthChange(expiring_tokens=True))
    await sign_in(github_place)
    async with github_place.runtime.database.reading() as session:
        user = await repository.user(session, await github_place.user_id("mona"))
    assert user is not None
    assert user.github_token_expires_at == clock.now() + timedelta(hours=8)
    assert user.github_refresh_token_expires_at == clock.now() + timedelta(days=184)
    refresh = read_github_refresh_token(KeyRing.parse(KEY), user)
    assert refresh is not None
    assert refresh.startswith("ghr_")
    assert user.github_scopes == []


BAD_TARGETS = (
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:",
    "javascript:alert(1)",
    "%2f%2fevil.example",
    "/%2f/evil.example",
    "/%5cevil.example",
    "/%252f%252fevil.example",
    "/\t/evil.example",
    "/\r\nSet-Cookie: x=1",
    "/ /evil.example",
    "/..//evil.example",
    "boards",
    "",
    "/é",
    "/" + "a" * 2000,
)


async def test_repositories_are_asked_for_when_they_are_needed_and_stay_allowed(
    github_place: Place, github: FakeGitHub
) -> None:
    await github.create_user("mona")
    profile, all_of_it = (
        ["read:user", "user:email"],
        ["admin:repo_hook", "read:user", "repo", "user:email"],
    )
    for query, scopes in (({}, profile), ({"repositories": "true"}, all_of_it), ({}, all_of_it)):
        departure = await github_place.client.get(LOGIN, params=query)
        back = await consent(departure.headers["location"])
        tokens = (await github_place.client.get(back, headers=JSON)).json()
        me = await github_place.client.get(
            "/api/v1/me", headers={"Authorization": f"Bearer {tokens['access_token']}"}
        )
        assert me.json()["github_scopes"] == scopes


@pytest.mark.parametrize("target", BAD_TARGETS)
async def test_nobody_is_sent_to_another_site(github_place: Place, target: str) -> None:
    answer = await github_place.client.get(LOGIN, params={"next": target})
    assert problem_of(answer) == (400, "bad_return_to")
    assert await github_place.count("oauth_states") == 0
    assert not github_place.client.cookies


async def test_a_state_is_good_once(github_place: Place, github: FakeGitHub) -> None:
    await github.create_user("mona")
    back = await consent(await depart(github_place))
    cookie = github_place.client.cookies[COOKIE]
    assert (await github_place.client.get(back)).status_code == 302
    github_place.client.cookies.set(COOKIE, cookie, domain="taskly.example", path="/")
    assert problem_of(await github_place.client.get(back)) == (400, "oauth_state_invalid")
    assert await exchanges(github) == 1
    assert await github_place.count("sessions") == 1


async def test_one_of_many_callbacks_at_once_is_served(
    github_place: Place, github: FakeGitHub
) -> None:
    await github.create_user("mona")
    back = await consent(await depart(github_place))
    cookies = {"Cookie": f"{COOKIE}={github_place.client.cookies[COOKIE]}", **JSON}
    answers = await asyncio.gather(
        *(github_place.client.get(back, headers=cookies) for _ in range(10))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 9
    assert await exchanges(github) == 1


@pytest.mark.parametrize(
    "spoil",
    ["no state", "unknown state", "no code", "no cookie", "another browser", "too late", "used"],
)
async def test_a_callback_that_does_not_fit_asks_github_nothing(
    github_place: Place, github: FakeGitHub, clock: FrozenClock, spoil: str
) -> None:
    await github.create_user("mona")
    back = httpx2.URL(await consent(await depart(github_place)))
    if spoil == "no state":
        back = back.copy_remove_param("state")
    elif spoil == "unknown state":
        back = back.copy_set_param("state", "A" * 43)
    elif spoil == "no code":
        back = back.copy_remove_param("code")
    elif spoil == "no cookie":
        github_place.client.cookies.clear()
    elif spoil == "another browser":
        github_place.client.cookies.clear()
        await depart(github_place)
    elif spoil == "too late":
        clock.advance(timedelta(seconds=600))
    else:
        await github_place.execute("UPDATE oauth_states SET used_at = now()")
    answer = await github_place.client.get(back)
    assert problem_of(answer) == (400, "oauth_state_invalid")
    assert "https://taskly.example" in answer.json()["detail"]
    assert await exchanges(github) == 0
    assert await github_place.count("users") == 0
    assert await github_place.count("sessions") == 0


async def test_who_says_no_is_told_so_and_the_state_is_used_up(
    github_place: Place, github: FakeGitHub
) -> None:
    back = await consent(await depart(github_place), deny="1")
    assert problem_of(await github_place.client.get(back)) == (400, "oauth_denied")
    assert await github_place.count("oauth_states", "used_at IS NULL") == 0
    assert await exchanges(github) == 0
    other = await github_place.client.get(f"{CALLBACK}?error=redirect_uri_mismatch")
    assert problem_of(other) == (400, "oauth_failed")


async def test_a_code_of_another_sign_in_does_not_fit_the_verifier(
    github_place: Place, github: FakeGitHub
) -> None:
    await github.create_user("mona")
    await github.create_user("mallory")
    theirs = httpx2.URL(await consent(await depart(github_place), "mallory"))
    github_place.client.cookies.clear()
    mine = httpx2.URL(await consent(await depart(github_place)))
    mixed = mine.copy_set_param("code", theirs.params["code"])
    assert problem_of(await github_place.client.get(mixed)) == (400, "oauth_failed")
    assert await github_place.count("users") == 0


async def test_wrong_credentials_of_the_app_are_the_operators_business(
    make_place: MakePlace, github: FakeGitHub, capfd: pytest.CaptureFixture[str]
) -> None:
    await github.create_user("mona")
    place = await make_place(
        public_url="https://taskly.example",
        github_client_id="fake-client-id",
        github_client_secret="not-the-secret",
        github_web_url=github.web_url,
        github_api_url=github.api_url,
    )
    answer = await sign_in(place)
    assert problem_of(answer) == (400, "oauth_failed")
    assert "the client secret" in answer.json()["detail"]
    assert "not-the-secret" not in answer.text + "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("kind", "path", "status", "code"),
    [
        ("errors", "/login/oauth/access_token", 503, "github_unavailable"),
        ("garbage", "/login/oauth/access_token", 503, "github_unavailable"),
        ("down", "/login/oauth/access_token", 503, "github_unavailable"),
        ("errors", "/user", 503, "github_unavailable"),
        ("garbage", "/user", 503, "github_unavailable"),
        ("garbage", "/user/emails", 503, "github_unavailable"),
    ],
)
async def test_a_github_in_trouble_signs_nobody_in(
    github_place: Place, github: FakeGitHub, kind: FaultKind, path: str, status: int, code: str
) -> None:
    await github.create_user("mona")
    back = await consent(await depart(github_place))
    await github.add_fault(kind, path_prefix=path)
    answer = await github_place.client.get(back, headers=JSON)
    assert problem_of(answer) == (status, code)
    assert answer.headers["retry-after"] == "60"
    assert await github_place.count("users") == 0


async def test_without_a_github_app_there_is_no_such_way_in(place: Place) -> None:
    assert problem_of(await place.client.get(LOGIN)) == (404, "github_not_configured")
    assert problem_of(await place.client.get(CALLBACK)) == (400, "oauth_state_invalid")
    assert await place.count("oauth_states") == 0


async def test_nothing_secret_is_written_down(
    github_place: Place, github: FakeGitHub, capfd: pytest.CaptureFixture[str]
) -> None:
    await github.create_user("mona")
    location = await depart(github_place)
    cookie = github_place.client.cookies[COOKIE]
    back = httpx2.URL(await consent(location))
    pair = (await github_place.client.get(back, headers=JSON)).json()
    await github_place.refresh(pair["refresh_token"])
    written = "".join(capfd.readouterr())
    async with github_place.runtime.database.reading() as session:
        user = await repository.user(session, await github_place.user_id("mona"))
    assert user is not None
    token = read_github_token(KeyRing.parse(KEY), user)
    rows = await github_place.execute(
        "SELECT CAST(u AS text) FROM users u UNION ALL SELECT CAST(r AS text) FROM refresh_tokens r "
        "UNION ALL SELECT CAST(s AS text) FROM sessions s "
        "UNION ALL SELECT CAST(o AS text) FROM oauth_states o"
    )
    stored = "".join(row[0] for row in rows)
    assert "auth.signed_in" in written
    secrets = [
        cookie,
        back.params["code"],
        back.params["state"],
        pair["access_token"],
        pair["refresh_token"],
        token,
        "fake-client-secret",
    ]
    assert [secret for secret in secrets if secret in written + stored] == []
