"""Users, their addresses, and tokens."""

import base64

import httpx2
import pytest

from taskly.fake_github.driver import FakeGitHub
from taskly.fake_github.wire.asked import UserChange
from tests.fake_github.stage import ADDRESS, CLIENT_ID, CLIENT_SECRET, PATH, Stage

pytestmark = pytest.mark.anyio


async def test_the_profile_is_whole_only_with_its_scope(stage: Stage) -> None:
    whole = await stage.client(await stage.github.create_token("octo-user", ["read:user"])).get(
        "/user"
    )
    public = await stage.client(await stage.github.create_token("octo-user", [])).get("/user")

    assert whole.json()["two_factor_authentication"] is True
    assert "two_factor_authentication" not in public.json()
    assert public.json()["html_url"] == f"{ADDRESS}/octo-user"
    assert public.json()["email"] is None


async def test_addresses_are_hidden_without_their_scope(
    stage: Stage, octo: httpx2.AsyncClient
) -> None:
    without = stage.client(await stage.github.create_token("octo-user", ["repo"]))

    assert (await octo.get("/user/emails")).json() == [
        {"email": "octo@example.com", "primary": True, "verified": True, "visibility": "private"}
    ]
    assert (await without.get("/user/emails")).status_code == 404


async def test_an_address_may_be_unverified_or_missing(stage: Stage) -> None:
    await stage.github.create_user("new", email="new@example.com", email_verified=False)
    await stage.github.create_user("silent")

    new = stage.client(await stage.github.create_token("new"))
    silent = stage.client(await stage.github.create_token("silent"))

    assert [each["verified"] for each in (await new.get("/user/emails")).json()] == [False]
    assert (await silent.get("/user/emails")).json() == []


async def test_a_renamed_user_keeps_the_number(
    github: FakeGitHub, octo: httpx2.AsyncClient
) -> None:
    before = (await octo.get("/user")).json()
    await github.change_user("octo-user", UserChange(login="octavia"))
    after = (await octo.get("/user")).json()

    assert (after["id"], after["login"]) == (before["id"], "octavia")
    assert (await octo.get("/users/octo-user")).status_code == 404


@pytest.mark.parametrize("authorization", ["Bearer nonsense", "token nonsense"])
async def test_an_unknown_token_is_refused(stage: Stage, authorization: str) -> None:
    response = await stage.client(Authorization=authorization).get("/user")

    assert response.status_code == 401
    assert response.json()["message"] == "Bad credentials"


async def test_a_revoked_token_is_refused_even_for_what_is_public(
    stage: Stage, octo: httpx2.AsyncClient
) -> None:
    await stage.github.revoke_tokens_of("octo-user")

    assert (await octo.get(PATH)).status_code == 401
    assert (await stage.client().get(PATH)).status_code == 200


async def test_nobody_has_no_profile(stage: Stage) -> None:
    response = await stage.client().get("/user")

    assert response.status_code == 401
    assert response.json()["message"] == "Requires authentication"


async def test_a_request_without_a_user_agent_is_forbidden(stage: Stage) -> None:
    response = await stage.client().get("/user", headers={"User-Agent": ""})

    assert response.status_code == 403
    assert "User-Agent" in response.json()["message"]


async def test_an_application_can_check_and_end_its_tokens(stage: Stage) -> None:
    token = await stage.github.create_token("octo-user", ["repo"], client_id=CLIENT_ID)
    credentials = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    application = stage.client(Authorization=f"Basic {credentials}")
    path, body = f"/applications/{CLIENT_ID}/token", {"access_token": token}

    checked = await application.post(path, json=body)
    ended = await application.request("DELETE", path, json=body)

    assert (checked.json()["user"]["login"], checked.json()["scopes"]) == ("octo-user", ["repo"])
    assert ended.status_code == 204
    assert (await application.post(path, json=body)).status_code == 404
    assert (await stage.client(token).get("/user")).status_code == 401


async def test_an_application_needs_its_secret(stage: Stage) -> None:
    credentials = base64.b64encode(f"{CLIENT_ID}:guessed".encode()).decode()
    application = stage.client(Authorization=f"Basic {credentials}")

    response = await application.post(
        f"/applications/{CLIENT_ID}/token", json={"access_token": "x"}
    )

    assert response.status_code == 401
