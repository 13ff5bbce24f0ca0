"""GitHub Apps: installed, signed in by statement, told of events."""

import json
import time
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from taskly.fake_github.wire.asked import NewApp
from taskly.fake_github.wire.told import App
from tests.fake_github.stage import HOOK_SECRET, PATH, RECEIVER, REPOSITORY, Stage

pytestmark = pytest.mark.anyio


def statement(app: App, **changes: object) -> str:
    """What the app signs about itself."""
    now = int(time.time())
    claims = {"iat": now - 30, "exp": now + 300, "iss": app.client_id, **changes}
    return jwt.encode(claims, app.private_key, algorithm="RS256")


async def test_an_installation_hears_of_its_repositories_and_works_in_them(
    stage: Stage, app: App
) -> None:
    installation = await stage.github.install_app(app.id, "octo-user", [REPOSITORY])
    client = stage.client(statement(app))
    answer = await client.post(f"/app/installations/{installation.id}/access_tokens", json={})
    worker = stage.client(answer.json()["token"])
    main = (await stage.github.repository(REPOSITORY)).branches["main"]

    made = await worker.post(f"{PATH}/git/refs", json={"ref": "refs/heads/by-app", "sha": main})
    seen = (await worker.get("/installation/repositories")).json()

    assert made.status_code == 201
    assert [each["full_name"] for each in seen["repositories"]] == [REPOSITORY]
    assert await stage.settled() == ["installation created", "push"]
    [_, push] = stage.receiver.received
    assert push.is_signed_with(HOOK_SECRET)
    assert push.payload["installation"]["id"] == installation.id
    assert push.payload["sender"]["login"] == "taskly-test[bot]"
    assert push.headers["x-github-hook-installation-target-type"] == "integration"


async def test_an_installation_sees_no_other_repository(stage: Stage, app: App) -> None:
    await stage.github.create_repository("octo-user", "secret", private=True)
    installation = await stage.github.install_app(app.id, "octo-user", [REPOSITORY])
    answer = await stage.client(statement(app)).post(
        f"/app/installations/{installation.id}/access_tokens", json={}
    )
    worker = stage.client(answer.json()["token"])

    assert (await worker.get("/repos/octo-user/secret")).status_code == 404


async def test_an_installations_token_ends_after_an_hour_or_with_it(stage: Stage, app: App) -> None:
    installation = await stage.github.install_app(app.id, "octo-user")
    path = f"/app/installations/{installation.id}/access_tokens"
    first = (await stage.client(statement(app)).post(path, json={})).json()["token"]
    second = (await stage.client(statement(app)).post(path, json={})).json()["token"]

    assert (await stage.client(first).get(PATH)).status_code == 200
    await stage.github.uninstall_app(app.id, installation.id)
    assert (await stage.client(second).get(PATH)).status_code == 401


async def test_an_app_is_told_when_somebody_takes_everything_back(stage: Stage, app: App) -> None:
    token = await stage.github.create_token("mona", client_id=app.client_id, expires=True)
    await stage.github.revoke_tokens_of("mona")

    assert await stage.settled() == ["github_app_authorization revoked"]
    assert stage.receiver.last("github_app_authorization revoked")["sender"]["login"] == "mona"
    assert (await stage.client(token).get("/user")).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [{"exp": 1}, {"exp": 99_999_999_999}, {"iat": 99_999_999_999}, {"iss": "nobody"}, {"exp": "x"}],
)
async def test_a_statement_with_something_wrong_is_refused(
    stage: Stage, app: App, changes: dict[str, object]
) -> None:
    assert (await stage.client(statement(app, **changes)).get("/app")).status_code == 401


async def test_only_the_apps_own_signature_counts(stage: Stage, app: App) -> None:
    other = await stage.github.create_app(NewApp(owner="mona", name="Another"))
    forged = jwt.encode(
        {"iat": int(time.time()), "exp": int(time.time()) + 60, "iss": app.client_id},
        other.private_key,
        algorithm="RS256",
    )
    unsigned = jwt.encode({"iss": app.client_id}, "", algorithm="none")

    assert (await stage.client(statement(app)).get("/app")).json()["slug"] == "taskly-test"
    assert (await stage.client(forged).get("/app")).status_code == 401
    assert (await stage.client(unsigned).get("/app")).status_code == 401


async def test_a_manifest_becomes_an_app_once(stage: Stage) -> None:
    manifest = {
        "name": "From a manifest",
        "url": "http://taskly.test",
        "redirect_url": "http://taskly.test/made",
        "hook_attributes": {"url": RECEIVER},
        "default_events": ["push"],
        "default_permissions": {"contents": "write"},
    }
    form = {"manifest": json.dumps(manifest), "login": "octo-user"}
    back = await stage.browser().post("/settings/apps/new?state=s", data=form)
    answer = parse_qs(urlsplit(back.headers["location"]).query)
    path = f"/app-manifests/{answer['code'][0]}/conversions"

    made = await stage.client().post(path)
    again = await stage.client().post(path)

    assert (back.status_code, answer["state"]) == (302, ["s"])
    assert (made.status_code, again.status_code) == (201, 404)
    assert made.json()["pem"].startswith("-----BEGIN RSA PRIVATE KEY-----")
    assert made.json()["owner"]["login"] == "octo-user"
