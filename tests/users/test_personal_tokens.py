"""Personal tokens: shown once, narrow, and refused without asking the database when malformed."""

import re
from datetime import timedelta

import pytest

from taskly.kit.clock import FrozenClock
from taskly.kit.tokens import make_token
from taskly.users.personal_tokens import MAXIMUM_TOKENS, Scope, granted
from tests.users.places import Json, Place, problem_of

anyio = pytest.mark.anyio


async def make(place: Place, *scopes: str, **fields: object) -> Json:
    """A personal token of a new session's owner."""
    pair = await place.sign_in()
    answer = await place.post(
        "/me/tokens",
        pair["access_token"],
        {"name": "Release script", "scopes": list(scopes or ["read"]), **fields},
    )
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


@anyio
async def test_a_token_is_shown_once_and_kept_as_a_hash(place: Place) -> None:
    made = await make(place, "write", "read", expires_in_days=30)
    secret = made.pop("token")
    assert re.fullmatch(r"tsk_[A-Za-z0-9]{49}", secret)
    made.pop("id")
    assert made == {
        "name": "Release script",
        "scopes": ["read", "write"],
        "last_four": secret[-4:],
        "created_at": "2026-11-23T09:00:00Z",
        "expires_at": "2026-12-23T09:00:00Z",
        "last_used_at": None,
    }
    pair = await place.sign_in()
    listed = await place.get("/me/tokens", pair["access_token"])
    assert [item["name"] for item in listed.json()["items"]] == ["Release script"]
    assert secret not in listed.text
    rows = await place.execute("SELECT CAST(t AS text) FROM api_tokens t")
    assert secret not in rows[0][0]


@anyio
async def test_a_token_signs_in_until_it_expires(place: Place, clock: FrozenClock) -> None:
    made = await make(place, expires_in_days=1)
    answer = await place.get("/me", made["token"])
    assert (answer.json()["login"], answer.json()["scopes"]) == ("owner", ["read"])
    clock.advance(timedelta(days=1) - timedelta(seconds=1))
    assert (await place.get("/me", made["token"])).status_code == 200
    clock.advance(timedelta(seconds=1))
    refused = await place.get("/me", made["token"])
    assert problem_of(refused) == (401, "not_signed_in")


@anyio
async def test_a_revoked_token_is_refused_within_five_seconds(
    place: Place, clock: FrozenClock
) -> None:
    made = await make(place, "admin")
    assert (await place.get("/me", made["token"])).status_code == 200
    gone = await place.delete(f"/me/tokens/{made['id']}", made["token"])
    assert gone.status_code == 204
    clock.advance(timedelta(seconds=5))
    assert problem_of(await place.get("/me", made["token"])) == (401, "not_signed_in")


@anyio
@pytest.mark.parametrize(
    ("scope", "read", "write", "admin"),
    [("read", 200, 403, 403), ("write", 200, 200, 403), ("admin", 200, 200, 200)],
)
async def test_scopes_bound_what_a_token_does(
    place: Place, scope: str, read: int, write: int, admin: int
) -> None:
    token = (await make(place, scope))["token"]
    header = {"Authorization": f"Bearer {token}"}
    change = await place.client.patch("/api/v1/me", json={"name": "Mona"}, headers=header)
    assert (await place.get("/me", token)).status_code == read
    assert change.status_code == write
    assert (await place.count("users", "name = 'Mona'")) == (write == 200)
    for path in ("/me/tokens", "/auth/sessions"):
        answer = await place.get(path, token)
        assert answer.status_code == admin
        if admin == 403:
            assert problem_of(answer) == (403, "insufficient_scope")
            assert answer.json()["scope"] == "admin"


@anyio
@pytest.mark.parametrize(
    ("scope", "code"),
    [("read", "insufficient_scope"), ("write", "forbidden"), ("admin", "forbidden")],
)
async def test_a_token_makes_none_that_would_outlive_it(
    place: Place, scope: str, code: str
) -> None:
    made = await make(place, scope)
    another = await place.post("/me/tokens", made["token"], {"name": "x", "scopes": ["read"]})
    assert problem_of(another) == (403, code)
    assert await place.count("api_tokens") == 1


@anyio
async def test_a_token_without_admin_ends_nothing(place: Place) -> None:
    made = await make(place, "write")
    for path in (f"/me/tokens/{made['id']}", "/auth/sessions"):
        assert problem_of(await place.delete(path, made["token"])) == (403, "insufficient_scope")
    assert await place.count("api_tokens") == 1
    assert await place.count("sessions", "revoked_at IS NOT NULL") == 0


@anyio
async def test_a_token_has_no_session_to_sign_out_of(place: Place) -> None:
    made = await make(place, "admin")
    assert problem_of(await place.post("/auth/logout", made["token"])) == (403, "forbidden")


@anyio
async def test_the_last_use_is_right_to_the_minute(place: Place, clock: FrozenClock) -> None:
    made = await make(place)

    async def noted() -> str:
        rows = await place.execute("SELECT last_used_at FROM api_tokens")
        return f"{rows[0][0]:%H:%M:%S}"

    seen = []
    for _ in range(4):
        await place.get("/me", made["token"])
        seen.append(await noted())
        clock.advance(timedelta(seconds=25))
    assert seen == ["09:00:00", "09:00:00", "09:00:00", "09:01:15"]


@anyio
async def test_nobody_revokes_a_token_of_somebody_else(place: Place) -> None:
    made = await make(place)
    stranger = await place.sign_in("somebody")
    answer = await place.delete(f"/me/tokens/{made['id']}", stranger["access_token"])
    assert problem_of(answer) == (404, "not_found")
    assert await place.count("api_tokens") == 1


@anyio
async def test_people_have_so_many_tokens_at_most(place: Place) -> None:
    pair = await place.sign_in()
    body = {"name": "x", "scopes": ["read"]}
    for _ in range(MAXIMUM_TOKENS):
        assert (await place.post("/me/tokens", pair["access_token"], body)).status_code == 201
    refused = await place.post("/me/tokens", pair["access_token"], body)
    assert problem_of(refused) == (409, "limit_reached")
    assert await place.count("api_tokens") == MAXIMUM_TOKENS


@anyio
@pytest.mark.parametrize(
    "body",
    [
        {"scopes": ["read"]},
        {"name": "", "scopes": ["read"]},
        {"name": "x" * 101, "scopes": ["read"]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["root"]},
        {"name": "x", "scopes": ["read"], "expires_in_days": 0},
        {"name": "x", "scopes": ["read"], "expires_in_days": 367},
        {"name": "x", "scopes": ["read"], "user_id": "0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f10"},
    ],
)
async def test_wrong_values_make_no_token(place: Place, body: Json) -> None:
    pair = await place.sign_in()
    assert (await place.post("/me/tokens", pair["access_token"], body)).status_code == 422
    assert await place.count("api_tokens") == 0


@anyio
@pytest.mark.parametrize("change", ["mistyped", "invented", "short"])
async def test_a_token_that_never_was_is_refused(place: Place, change: str) -> None:
    secret = (await make(place))["token"]
    wrong = {
        "mistyped": secret[:10] + ("A" if secret[10] != "A" else "B") + secret[11:],
        "invented": make_token(),
        "short": secret[:-1],
    }
    assert problem_of(await place.get("/me", wrong[change])) == (401, "not_signed_in")


def test_wider_scopes_include_narrower_ones() -> None:
    assert granted(["read"]) == {Scope.READ}
    assert granted(["write"]) == {Scope.READ, Scope.WRITE}
    assert granted(["read", "admin"]) == {Scope.READ, Scope.WRITE, Scope.ADMIN}
