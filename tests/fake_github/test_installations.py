"""Where GitHub Apps are installed: suspended, narrowed, told of, limited, delivered to again."""

import re
import time

import jwt
import pytest

from taskly.fake_github.wire.asked import RepositoryChange
from taskly.fake_github.wire.told import App, Installation
from tests.fake_github.stage import HOOK_SECRET, PATH, REPOSITORY, Stage
from tests.support.description import Description
from tests.support.node import DESCRIPTION

pytestmark = pytest.mark.anyio


@pytest.fixture
async def installation(stage: Stage, app: App) -> Installation:
    """The app on everything of Octo's; what it was told so far is forgotten."""
    installed = await stage.github.install_app(app.id, "octo-user")
    await stage.settled()
    stage.receiver.received.clear()
    return installed


def statement(app: App) -> str:
    """What the app signs about itself."""
    now = int(time.time())
    claims = {"iat": now - 30, "exp": now + 300, "iss": str(app.id)}
    return jwt.encode(claims, app.private_key, algorithm="RS256")


async def token_of(stage: Stage, app: App, installation: Installation) -> str:
    """A new token of the installation."""
    path = f"/app/installations/{installation.id}/access_tokens"
    answer = await stage.client(statement(app)).post(path)
    assert answer.status_code == 201, answer.text
    token: str = answer.json()["token"]
    return token


async def test_an_app_finds_out_where_it_is_installed(
    stage: Stage, app: App, installation: Installation
) -> None:
    client = stage.client(statement(app))
    [listed] = (await client.get("/app/installations")).json()
    one = (await client.get(f"/app/installations/{installation.id}")).json()
    of_repository = (await client.get(f"{PATH}/installation")).json()
    assert listed["id"] == one["id"] == of_repository["id"] == installation.id
    assert one["account"]["login"] == "octo-user"

    await stage.github.choose_repositories(app.id, installation.id, [])
    assert (await client.get(f"{PATH}/installation")).status_code == 404
    assert (await client.get("/app/installations/1")).status_code == 404
    assert (await stage.client().get("/app/installations")).status_code == 401


async def test_a_suspended_installation_neither_sees_nor_hears_anything(
    stage: Stage, app: App, installation: Installation
) -> None:
    token = await token_of(stage, app, installation)
    await stage.github.suspend_app(app.id, installation.id)
    await stage.github.push(REPOSITORY, "feature", ["Begin"])
    client = stage.client(statement(app))
    refused = await client.post(f"/app/installations/{installation.id}/access_tokens")
    of_token = await stage.client(token).get(PATH)
    shown = (await client.get(f"/app/installations/{installation.id}")).json()

    assert (refused.status_code, of_token.status_code) == (403, 403)
    assert of_token.json()["message"] == "This installation has been suspended"
    assert shown["suspended_at"] is not None
    assert shown["suspended_by"]["login"] == "octo-user"
    assert await stage.settled() == ["installation suspend"]

    await stage.github.unsuspend_app(app.id, installation.id)
    await stage.github.push(REPOSITORY, "feature", ["Go on"])
    assert (await stage.client(token).get(PATH)).status_code == 200
    assert await stage.settled() == ["installation suspend", "installation unsuspend", "push"]


async def test_what_an_app_is_told_of_installations_is_as_described(stage: Stage, app: App) -> None:
    github = stage.github
    installed = await github.install_app(app.id, "octo-user", [REPOSITORY])
    await github.suspend_app(app.id, installed.id)
    await github.unsuspend_app(app.id, installed.id)
    await github.change_app(app.id, {"contents": "read", "metadata": "read", "checks": "read"})
    await github.accept_permissions(app.id, installed.id)
    await github.choose_repositories(app.id, installed.id, [])
    await github.choose_repositories(app.id, installed.id, None)
    await github.uninstall_app(app.id, installed.id)

    assert await stage.settled() == [
        "installation created",
        "installation suspend",
        "installation unsuspend",
        "installation new_permissions_accepted",
        "installation_repositories removed",
        "installation_repositories added",
        "installation deleted",
    ]
    description = Description(DESCRIPTION)
    for each in stage.receiver.received:
        assert each.is_signed_with(HOOK_SECRET)
        assert list(description.wrong_in_delivery(each.event, each.payload)) == []
    [added] = stage.receiver.received[5].payload["repositories_added"]
    assert added["full_name"] == REPOSITORY


async def test_permissions_are_those_that_were_granted(
    stage: Stage, app: App, installation: Installation
) -> None:
    await stage.github.change_app(app.id, {"contents": "read"})
    shown = await stage.client(statement(app)).get(f"/app/installations/{installation.id}")
    assert shown.json()["permissions"] == {"contents": "write", "metadata": "read"}
    await stage.github.accept_permissions(app.id, installation.id)
    shown = await stage.client(statement(app)).get(f"/app/installations/{installation.id}")
    assert shown.json()["permissions"] == {"contents": "read"}


async def test_each_installation_and_the_app_itself_have_limits_of_their_own(
    stage: Stage, app: App, installation: Installation
) -> None:
    await stage.github.create_repository("mona", "site")
    other = await stage.github.install_app(app.id, "mona")
    here, there = await token_of(stage, app, installation), await token_of(stage, app, other)
    await stage.github.set_rate_limit(f"installation {installation.id}", 0)

    limited = await stage.client(here).get(PATH)
    assert limited.status_code == 403
    assert str(installation.id) in limited.json()["message"]
    assert (await stage.client(there).get("/repos/mona/site")).status_code == 200
    renewed = await token_of(stage, app, installation)
    assert (await stage.client(renewed).get(PATH)).status_code == 403

    await stage.github.set_rate_limit(f"app {app.id}", 0)
    assert (await stage.client(statement(app)).get("/app")).status_code == 403


async def test_an_app_asks_for_lost_deliveries_again(
    stage: Stage, app: App, installation: Installation
) -> None:
    await stage.github.add_fault("drop_deliveries", times=1, event="push")
    await stage.github.push(REPOSITORY, "feature", ["Begin"])
    await stage.settled()
    client = stage.client(statement(app))
    [lost] = (await client.get("/app/hook/deliveries", params={"status": "failure"})).json()
    again = await client.post(f"/app/hook/deliveries/{lost['id']}/attempts")

    assert (lost["event"], lost["installation_id"]) == ("push", installation.id)
    assert again.status_code == 202
    assert await stage.settled() == ["push"]
    assert stage.receiver.received[0].guid == lost["guid"]
    assert (await client.post("/app/hook/deliveries/1/attempts")).status_code == 404


async def test_an_installation_asks_what_somebody_may_do(
    stage: Stage, app: App, installation: Installation
) -> None:
    client = stage.client(await token_of(stage, app, installation))
    answers = [
        (await client.get(f"{PATH}/collaborators/{login}/permission")).json()["permission"]
        for login in ("octo-user", "mona", "stranger")
    ]
    assert answers == ["admin", "write", "read"]


async def test_people_install_suspend_and_take_off_apps_with_buttons(
    stage: Stage, app: App
) -> None:
    browser = stage.browser()

    async def press(words: str) -> None:
        page = (await browser.get("/")).text
        form = next(each for each in re.findall(r"<form.*?</form>", page) if f">{words}<" in each)
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        [action] = re.findall(r'action="([^"]*)"', form)
        assert (await browser.post(action, data=fields)).status_code == 303

    for words in ("install on octo-user", "suspend", "unsuspend", "uninstall"):
        await press(words)
    assert await stage.settled() == [
        "installation created",
        "installation suspend",
        "installation unsuspend",
        "installation deleted",
    ]


async def test_a_private_repository_shows_an_app_only_what_it_has_the_permission_for(
    stage: Stage, app: App, installation: Installation
) -> None:
    client = stage.client(await token_of(stage, app, installation))
    checks = f"{PATH}/commits/main/check-runs"
    assert (await client.get(checks)).status_code == 200
    await stage.github.change_repository(REPOSITORY, RepositoryChange(private=True))

    refused = await client.get(checks)

    assert refused.status_code == 403
    assert refused.json()["message"] == "Resource not accessible by integration"
    assert refused.headers["X-Accepted-GitHub-Permissions"] == "checks=read"
    assert (await client.get(f"{PATH}/branches")).status_code == 200
    await stage.github.change_app(app.id, {"contents": "write", "checks": "read"})
    await stage.github.accept_permissions(app.id, installation.id)
    assert (await client.get(checks)).status_code == 200
