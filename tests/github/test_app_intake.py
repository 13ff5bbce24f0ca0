"""The GitHub App's webhook: one for all repositories and workspaces, believed by its signature alone."""

from uuid import uuid4

import pytest

from taskly.fake_github.wire.told import KnownApp
from taskly.github.remote.identity import app_identity
from tests.github.app_place import APP_WEBHOOK, connect, install, send, shown
from tests.github.payload_examples import example, repository
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio

RECEIVED = {"state": "received", "duplicate": False}
IGNORED = {"state": "ignored", "duplicate": False}
DUPLICATE = {"state": "duplicate", "duplicate": True}


async def secret_of(place: Place) -> str:
    """The secret of the app's webhook."""
    identity = await app_identity(place.runtime)
    assert identity is not None
    return identity.webhook_secret


async def github_id(place: Place) -> int:
    """GitHub's id of the connected repository."""
    return (await place.github.repository(REPOSITORY)).id


async def ledger(place: Place) -> list[tuple[str, str]]:
    """What is stored of deliveries: event and state."""
    rows = await place.rows(
        "SELECT event, state::text FROM webhook_deliveries ORDER BY received_at, repository_id"
    )
    return [(row["event"], row["state"]) for row in rows]


async def test_a_delivery_is_stored_once_for_each_workspace_that_is_connected_through_the_app(
    place: Place, ann: Actor, workspace: Json, by_app: Json
) -> None:
    other = await ann.workspace(name="Other")
    await connect(ann, other)
    third = await ann.workspace(name="Third")
    await connect(ann, third)
    await place.settle()
    by_token = {"id": third["id"]}
    await place.change(
        "UPDATE git_repositories SET installation_id = NULL WHERE workspace_id = :id", **by_token
    )
    await place.change("DELETE FROM webhook_deliveries")
    guid = str(uuid4())
    payload = example("push", repository=repository(id=await github_id(place)))
    sent = [
        await send(place, await secret_of(place), "push", payload, **{"X-GitHub-Delivery": guid})
        for _ in range(2)
    ]
    assert expect(sent[0], 202) == RECEIVED
    assert expect(sent[1], 200) == DUPLICATE
    assert await ledger(place) == [("push", "received"), ("push", "received")]
    await place.settle()
    assert await ledger(place) == [("push", "processed"), ("push", "processed")]


async def test_what_was_stored_for_some_is_stored_for_the_rest_when_it_comes_again(
    place: Place, ann: Actor, workspace: Json, by_app: Json
) -> None:
    await connect(ann, await ann.workspace(name="Other"))
    await place.settle()
    await place.change("DELETE FROM webhook_deliveries")
    headers = {"X-GitHub-Delivery": str(uuid4())}
    payload = example("push", repository=repository(id=await github_id(place)))
    secret = await secret_of(place)
    expect(await send(place, secret, "push", payload, **headers), 202)
    await place.change("DELETE FROM webhook_deliveries WHERE repository_id = :id", id=by_app["id"])
    assert expect(await send(place, secret, "push", payload, **headers), 202) == RECEIVED
    assert len(await ledger(place)) == 2


async def test_only_the_apps_own_signature_counts(
    place: Place, ann: Actor, workspace: Json, by_app: Json
) -> None:
    payload = example("push", repository=repository(id=await github_id(place)))
    headers = {"X-GitHub-Delivery": str(uuid4())}
    refused = await send(place, "another secret", "push", payload, **headers)
    assert (refused.status_code, refused.json()["code"]) == (401, "bad_signature")
    unsigned = await place.client.post(APP_WEBHOOK, json=payload)
    assert unsigned.status_code == 401
    assert ("push", "received") not in await ledger(place)


async def test_without_an_app_nothing_is_believed(place: Place) -> None:
    answer = await send(place, "any secret", "ping", {}, **{"X-GitHub-Delivery": str(uuid4())})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("push", {"repository": {"id": 1}}),
        ("ping", {"zen": "Keep it logically awesome."}),
        ("github_app_authorization", {"action": "revoked"}),
    ],
)
async def test_what_concerns_nobody_here_is_answered_and_not_stored(
    place: Place, app: KnownApp, event: str, payload: Json
) -> None:
    headers = {"X-GitHub-Delivery": str(uuid4())}
    answer = await send(place, await secret_of(place), event, payload, **headers)
    assert expect(answer, 202) == IGNORED
    assert await ledger(place) == []
    assert await place.due_jobs() == []


async def test_what_is_no_delivery_of_github_is_refused(place: Place, app: KnownApp) -> None:
    secret, guid = await secret_of(place), {"X-GitHub-Delivery": str(uuid4())}
    wrong = await send(place, secret, "push", {"repository": {"id": "x"}}, **guid)
    nameless = await send(place, secret, "push", {})
    typeless = await send(place, secret, "push", {}, **guid, **{"Content-Type": "text/plain"})
    assert [answer.status_code for answer in (wrong, nameless, typeless)] == [400, 400, 415]


async def test_an_event_that_does_not_matter_is_stored_as_ignored(
    place: Place, ann: Actor, workspace: Json, by_app: Json
) -> None:
    payload = {"action": "created", "repository": {"id": await github_id(place)}}
    headers = {"X-GitHub-Delivery": str(uuid4())}
    answer = await send(place, await secret_of(place), "star", payload, **headers)
    assert expect(answer, 202) == IGNORED
    assert ("star", "ignored") in await ledger(place)


async def test_what_is_told_of_an_installation_is_followed_once(
    place: Place, app: KnownApp
) -> None:
    payload = {"action": "suspend", "installation": {"id": 5}}
    headers = {"X-GitHub-Delivery": str(uuid4())}
    secret = await secret_of(place)
    first = await send(place, secret, "installation", payload, **headers)
    again = await send(place, secret, "installation", payload, **headers)
    assert expect(first, 202) == RECEIVED
    assert expect(again, 200) == DUPLICATE
    assert len(await place.due_jobs()) == 1


async def test_deliveries_that_were_lost_are_asked_for_again_through_the_app(
    place: Place, ann: Actor, workspace: Json, app: KnownApp
) -> None:
    await place.repository(ann)
    await place.repository(ann, "octo/website")
    await install(place, app)
    made = await connect(ann, workspace)
    await place.settle()
    await place.github.push(REPOSITORY, "heard", ["Begin"])
    await place.settle()
    await place.github.add_fault("drop_deliveries")
    await place.github.push(REPOSITORY, "lost", ["Begin"])
    await place.github.push("octo/website", "lost", ["Begin"])
    await place.settle()
    await place.github.clear_faults()

    await place.github.forget_requests()
    expect(await ann.post(f"/repositories/{made['id']}/reconcile", json={}), 202)
    await place.settle()
    health = expect(await ann.get(f"/repositories/{made['id']}/health"), 200)
    assert health["last_comparison"]["redelivered"] == 2
    assert (health["receiving"], health["advice"]) == ("webhook", None)
    asked = await place.github.requests("/app/hook/deliveries/", method="POST")
    assert len(asked) == 2
    stored = await place.rows("SELECT count(*) AS count FROM webhook_deliveries")
    assert stored[0]["count"] == 4
    assert (await shown(ann, workspace))["health"] == "healthy"
