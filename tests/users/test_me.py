"""The caller's own profile."""

import pytest

from tests.users.places import Json, Place, bearer, problem_of

pytestmark = pytest.mark.anyio


async def test_people_see_themselves(place: Place) -> None:
    pair = await place.sign_in()
    answer = await place.get("/me", pair["access_token"])
    assert answer.json() == {
        "id": str(await place.user_id()),
        "login": "owner",
        "name": "owner",
        "email": None,
        "avatar_url": None,
        "github_connected": False,
        "github_scopes": [],
        "scopes": ["admin", "read", "write"],
        "created_at": "2026-11-23T09:00:00Z",
    }


async def test_people_choose_their_name(place: Place) -> None:
    pair = await place.sign_in()
    answer = await place.client.patch(
        "/api/v1/me", json={"name": "  Mona Lisa "}, headers=bearer(pair["access_token"])
    )
    assert answer.json()["name"] == "Mona Lisa"
    assert (await place.get("/me", pair["access_token"])).json()["name"] == "Mona Lisa"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": " "},
        {"name": None},
        {"name": "x" * 101},
        {"name": "a\nb"},
        {"name": "a\x00b"},
        {"name": "Mona", "login": "admin"},
        {"name": "Mona", "github_id": 1},
        {"name": "Mona", "email": "a@example.com"},
    ],
)
async def test_nothing_else_can_be_changed(place: Place, body: Json) -> None:
    pair = await place.sign_in()
    answer = await place.client.patch("/api/v1/me", json=body, headers=bearer(pair["access_token"]))
    assert answer.status_code in {400, 422}
    assert await place.count("users", "name = 'owner' AND login = 'owner' AND email IS NULL") == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/me"),
        ("PATCH", "/me"),
        ("GET", "/me/tokens"),
        ("POST", "/me/tokens"),
        ("DELETE", "/me/tokens/0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f10"),
        ("GET", "/auth/sessions"),
        ("DELETE", "/auth/sessions"),
        ("DELETE", "/auth/sessions/0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f10"),
        ("POST", "/auth/logout"),
        ("POST", "/auth/refresh"),
    ],
)
async def test_nobody_gets_anything(place: Place, method: str, path: str) -> None:
    bodies = {
        "PATCH /me": {"name": "Mona"},
        "POST /me/tokens": {"name": "x", "scopes": ["read"]},
    }
    answer = await place.client.request(
        method,
        f"/api/v1{path}",
        json=bodies.get(f"{method} {path}"),
        headers={"Origin": "http://127.0.0.1:8000", "X-Taskly-Request": "1"},
    )
    assert problem_of(answer) == (401, "not_signed_in")


async def test_the_document_says_what_is_not_public(place: Place) -> None:
    document = place.app.openapi()
    operations = [
        operation
        for path in document["paths"].values()
        for operation in path.values()
        if operation["tags"] in (["auth"], ["me"])
    ]
    public = {each["operationId"] for each in operations if "security" not in each}
    assert public == {
        "read_sign_in_methods",
        "begin_github_sign_in",
        "finish_github_sign_in",
        "open_link",
        "use_link",
        "refresh_session",
    }
    for operation in operations:
        assert operation["summary"]
        assert operation["description"]
