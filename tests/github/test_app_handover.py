"""Connections that go over: from a person to the app, and from one installation of it to another."""

import asyncio
from uuid import UUID

import pytest

from taskly.fake_github.wire.asked import RepositoryChange
from taskly.fake_github.wire.told import KnownApp
from taskly.platform.jobs.execution import execute
from tests.github.app_place import alerts, connect, install, installations_of, shown, where
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio


async def test_a_webhook_of_before_is_taken_away_when_the_app_takes_over(
    place: Place, ann: Actor, workspace: Json, app: KnownApp, connected: Json
) -> None:
    expect(await ann.delete(f"/repositories/{connected['id']}"), 204)
    await place.change("DELETE FROM jobs")  # The worker was away.
    await install(place, app)
    assert (await connect(ann, workspace))["id"] == connected["id"]
    await place.settle()
    assert (await place.github.repository(REPOSITORY)).hooks == []
    assert (await shown(ann, workspace))["health"] == "healthy"


async def test_reconnecting_hands_a_repository_over_to_the_app_and_keeps_its_links(
    place: Place, ann: Actor, workspace: Json, board: Json, app: KnownApp, connected: Json
) -> None:
    await ann.card(board, "Refund twice")
    await place.github.push(REPOSITORY, "PAY-1-refund", ["Begin"], actor="ann")
    await place.settle()
    await install(place, app)

    answer = await ann.post(f"/repositories/{connected['id']}/reconnect")
    assert expect(answer, 202)["via"] == "app"
    await place.settle()
    health = f"/repositories/{connected['id']}/health"
    # The app's webhook has to show that it reaches us, whatever the one before it did.
    assert expect(await ann.get(health), 200)["receiving"] == "polling"
    await place.github.push(REPOSITORY, "unnamed", ["Begin"], actor="ann")
    await place.settle()
    assert expect(await ann.get(health), 200)["receiving"] == "webhook"

    repository = await shown(ann, workspace)
    assert (repository["via"], repository["health"]) == ("app", "healthy")
    assert (await place.github.repository(REPOSITORY)).hooks == []
    [branch] = (await ann.snapshot(board["id"]))["branches"]
    assert branch["name"] == "PAY-1-refund"


async def test_who_takes_over_for_somebody_without_access_takes_their_webhook_away(
    place: Place, ann: Actor, workspace: Json, app: KnownApp, connected: Json
) -> None:
    bob = await place.person("bob")
    await ann.invite(workspace, bob, "admin")
    await place.github.set_access(REPOSITORY, "bob", "admin")
    await place.github.revoke_tokens_of("ann")
    expect(await bob.post(f"/repositories/{connected['id']}/reconcile", json={}), 202)
    await place.settle()
    assert (await shown(ann, workspace))["health"] == "failing"

    await install(place, app)
    expect(await bob.post(f"/repositories/{connected['id']}/reconnect"), 202)
    await place.settle()
    repository = await shown(ann, workspace)
    assert (repository["via"], repository["health"]) == ("app", "healthy")
    assert (await place.github.repository(REPOSITORY)).hooks == []


async def test_a_webhook_that_is_made_while_the_app_takes_over_is_taken_away_again(
    place: Place, ann: Actor, workspace: Json, app: KnownApp
) -> None:
    await place.repository(ann)
    made = await connect(ann, workspace)
    await install(place, app)
    hooks = f"/repos/{REPOSITORY}/hooks"
    await place.github.add_fault("latency", path_prefix=hooks, times=1, milliseconds=1500)
    making = asyncio.create_task(execute(place.runtime, UUID(made["job_id"])))
    await asyncio.sleep(0.3)  # It asks GitHub by now.
    expect(await ann.post(f"/repositories/{made['id']}/reconnect"), 202)
    await making
    await place.settle()

    [row] = await place.rows("SELECT webhook_id FROM git_repositories")
    assert row["webhook_id"] is None
    assert (await place.github.repository(REPOSITORY)).hooks == []
    repository = await shown(ann, workspace)
    assert (repository["via"], repository["health"]) == ("app", "healthy")


@pytest.mark.parametrize("owner", ["octo", "acme"], ids=["installed anew", "transferred"])
async def test_a_connection_goes_over_to_an_installation_of_which_nobody_told(
    place: Place, ann: Actor, workspace: Json, app: KnownApp, by_app: Json, owner: str
) -> None:
    await place.github.create_user("acme", kind="Organization")
    await place.github.add_fault("drop_deliveries")
    if owner == "octo":
        await place.github.uninstall_app(*await where(place))
    else:
        await place.github.change_repository(REPOSITORY, RepositoryChange(owner=owner))
    installed = await place.github.install_app(app.id, owner)
    expect(await ann.post(f"/repositories/{by_app['id']}/reconcile", json={}), 202)
    await place.settle()

    repository = await shown(ann, workspace)
    assert (repository["full_name"], repository["health"]) == (f"{owner}/payments", "healthy")
    assert await installations_of(place) == [installed.id]
    assert await alerts(ann) == []
