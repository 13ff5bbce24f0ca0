"""Webhooks: made, signed, delivered in order, logged and sent again."""

import uuid
from urllib.parse import parse_qs

import httpx2
import pytest

from taskly.fake_github.driver import FakeGitHub
from tests.fake_github.stage import (
    HOOK_SECRET,
    PATH,
    RECEIVER,
    REPOSITORY,
    Receiver,
    Stage,
    make_hook,
)

pytestmark = pytest.mark.anyio


async def test_a_new_webhook_is_greeted_and_hides_its_secret(
    stage: Stage, octo: httpx2.AsyncClient, receiver: Receiver
) -> None:
    hook_id = await make_hook(octo)

    assert await stage.settled() == ["ping"]
    greeting = receiver.last("ping")
    assert greeting["hook_id"] == hook_id
    assert greeting["hook"]["config"]["secret"] == "********"
    shown = (await octo.get(f"{PATH}/hooks/{hook_id}")).json()
    assert shown["config"]["secret"] == "********"
    assert shown["last_response"] == {"code": 202, "status": "active", "message": "OK"}


async def test_a_delivery_is_signed_over_its_bytes_and_says_what_it_is(
    stage: Stage, octo: httpx2.AsyncClient, hook: int, receiver: Receiver, github: FakeGitHub
) -> None:
    repository = await github.push(REPOSITORY, "main", ["Ünïcode"])
    await stage.settled()

    [push] = receiver.received
    assert push.is_signed_with(HOOK_SECRET)
    assert not push.is_signed_with("another secret")
    assert push.headers["x-hub-signature"].startswith("sha1=")
    assert uuid.UUID(push.guid).version == 4
    assert push.event == "push"
    assert push.headers["x-github-hook-id"] == str(hook)
    known = await github.repository(REPOSITORY)
    assert push.headers["x-github-hook-installation-target-id"] == str(known.id)
    assert push.headers["x-github-hook-installation-target-type"] == "repository"
    assert push.headers["user-agent"].startswith("GitHub-Hookshot/")
    assert push.headers["content-type"] == "application/json"
    assert push.payload["after"] == repository.sha


async def test_a_webhook_without_a_secret_is_not_signed(
    stage: Stage, octo: httpx2.AsyncClient, receiver: Receiver
) -> None:
    await make_hook(octo, config={"url": RECEIVER, "content_type": "json"})
    await stage.settled()

    assert not [name for name in receiver.received[0].headers if "signature" in name]


async def test_a_form_carries_the_payload_in_a_field(
    stage: Stage, octo: httpx2.AsyncClient, receiver: Receiver
) -> None:
    await make_hook(octo, config={"url": RECEIVER, "secret": HOOK_SECRET})
    await stage.github.settle()

    [ping] = receiver.received
    assert ping.headers["content-type"] == "application/x-www-form-urlencoded"
    assert ping.is_signed_with(HOOK_SECRET)
    assert '"zen":' in parse_qs(ping.body.decode())["payload"][0]


async def test_only_wanted_events_are_told(
    stage: Stage, octo: httpx2.AsyncClient, github: FakeGitHub
) -> None:
    await make_hook(octo, events=["pull_request"])
    await github.push(REPOSITORY, "feature", ["A change"])
    await github.open_pull_request(REPOSITORY, "feature", "A change")

    assert await stage.settled() == ["ping", "pull_request opened"]


async def test_a_webhook_that_is_off_or_gone_hears_nothing(
    stage: Stage, octo: httpx2.AsyncClient, hook: int, github: FakeGitHub
) -> None:
    await octo.patch(f"{PATH}/hooks/{hook}", json={"active": False})
    await github.push(REPOSITORY, "main", ["One"])
    await octo.patch(f"{PATH}/hooks/{hook}", json={"active": True})
    await github.push(REPOSITORY, "main", ["Two"])
    removed = await octo.delete(f"{PATH}/hooks/{hook}")
    await github.push(REPOSITORY, "main", ["Three"])

    assert removed.status_code == 204
    assert await stage.settled() == ["push"]


async def test_a_changed_secret_signs_what_is_sent_from_then_on(
    stage: Stage, octo: httpx2.AsyncClient, hook: int, github: FakeGitHub, receiver: Receiver
) -> None:
    config = {"url": RECEIVER, "content_type": "json", "secret": "rotated"}
    await octo.patch(f"{PATH}/hooks/{hook}", json={"config": config})
    await github.push(REPOSITORY, "main", ["One"])
    await stage.settled()

    assert receiver.received[-1].is_signed_with("rotated")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"config": {}}, "url"),
        ({"config": {"url": "ftp://receiver.test"}}, "url"),
        ({"config": {"url": RECEIVER, "content_type": "xml"}}, "content_type"),
        ({"config": {"url": RECEIVER}, "events": ["nonsense"]}, None),
    ],
)
async def test_a_bad_webhook_is_refused(
    github: FakeGitHub, octo: httpx2.AsyncClient, body: dict[str, object], field: str | None
) -> None:
    answer = await octo.post(f"{PATH}/hooks", json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0].get("field") == field
    assert (await github.repository(REPOSITORY)).hooks == []


async def test_the_same_webhook_is_made_once(octo: httpx2.AsyncClient, hook: int) -> None:
    body = {"events": ["*"], "config": {"url": RECEIVER, "content_type": "json"}}

    answer = await octo.post(f"{PATH}/hooks", json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["message"] == "Hook already exists on this repository"


async def test_webhooks_are_hidden_from_everybody_but_admins_with_the_scope(
    stage: Stage, mona: httpx2.AsyncClient, hook: int
) -> None:
    narrow = stage.client(await stage.github.create_token("octo-user", ["public_repo"]))

    assert (await mona.get(f"{PATH}/hooks")).status_code == 404
    assert (await narrow.get(f"{PATH}/hooks")).status_code == 404
    assert (await narrow.get(PATH)).status_code == 200


async def test_deliveries_of_one_webhook_arrive_in_order_and_never_delay_a_request(
    stage: Stage, octo: httpx2.AsyncClient, hook: int, github: FakeGitHub, receiver: Receiver
) -> None:
    receiver.open.clear()
    for number in range(5):
        await github.push(REPOSITORY, "main", [f"Change {number}"])
    assert (await octo.get(PATH)).status_code == 200
    assert len(await github.deliveries(event="push")) == 0
    receiver.open.set()
    await stage.settled()

    messages = [each.payload["head_commit"]["message"] for each in receiver.received]
    assert messages == [f"Change {number}" for number in range(5)]


async def test_a_payload_says_how_it_was_when_it_happened(
    stage: Stage, hook: int, github: FakeGitHub, receiver: Receiver
) -> None:
    receiver.open.clear()
    await github.push(REPOSITORY, "feature", ["A change"])
    await github.open_pull_request(REPOSITORY, "feature", "First title")
    await github.edit_pull_request(REPOSITORY, 1, title="Second title")
    receiver.open.set()
    await stage.settled()

    opened = receiver.last("pull_request opened")["pull_request"]
    assert opened["title"] == "First title"


async def test_a_failed_delivery_is_logged_and_not_tried_again(
    stage: Stage, octo: httpx2.AsyncClient, hook: int, github: FakeGitHub, receiver: Receiver
) -> None:
    receiver.statuses.append(500)
    await github.push(REPOSITORY, "main", ["One"])
    await github.push(REPOSITORY, "main", ["Two"])

    assert await stage.settled() == ["push", "push"]
    path = f"{PATH}/hooks/{hook}/deliveries"
    failed = (await octo.get(path, params={"status": "failure"})).json()
    assert [(each["status_code"], each["event"]) for each in failed] == [(500, "push")]
    assert failed[0]["status"] == "Invalid HTTP Response: 500"
    everything = (await octo.get(path)).json()
    assert [each["status_code"] for each in everything] == [202, 500, 202]


async def test_redelivery_sends_the_same_under_the_same_identifier(
    stage: Stage, octo: httpx2.AsyncClient, hook: int, github: FakeGitHub, receiver: Receiver
) -> None:
    receiver.statuses.append(503)
    await github.push(REPOSITORY, "main", ["One"])
    await stage.settled()
    path = f"{PATH}/hooks/{hook}/deliveries"
    [failed] = (await octo.get(path, params={"status": "failure"})).json()

    asked = await octo.post(f"{path}/{failed['id']}/attempts")
    await stage.settled()

    assert asked.status_code == 202
    first, second = receiver.received
    assert (first.guid, first.body) == (second.guid, second.body)
    newest = (await octo.get(path)).json()[0]
    assert (newest["guid"], newest["redelivery"], newest["status"]) == (failed["guid"], True, "OK")
    assert newest["id"] > failed["id"]


async def test_the_log_shows_what_was_sent_and_what_came_back(
    stage: Stage, octo: httpx2.AsyncClient, hook: int, github: FakeGitHub
) -> None:
    await github.push(REPOSITORY, "main", ["One"])
    await stage.settled()
    path = f"{PATH}/hooks/{hook}/deliveries"
    newest = (await octo.get(path)).json()[0]

    shown = (await octo.get(f"{path}/{newest['id']}")).json()

    assert shown["request"]["headers"]["X-GitHub-Event"] == "push"
    assert shown["request"]["payload"]["head_commit"]["message"] == "One"
    assert shown["response"]["payload"] == "thanks"


async def test_the_log_is_read_by_pages_with_a_cursor(
    stage: Stage, octo: httpx2.AsyncClient, hook: int, github: FakeGitHub
) -> None:
    for number in range(4):
        await github.push(REPOSITORY, "main", [f"Change {number}"])
    await stage.settled()

    ids, url = [], f"{PATH}/hooks/{hook}/deliveries?per_page=2"
    pages = 0
    while url:
        answer = await octo.get(url)
        ids += [each["id"] for each in answer.json()]
        url = answer.links.get("next", {}).get("url", "").partition("/api/v3")[2]
        pages += 1

    assert pages == 3
    assert ids == [each.id for each in reversed(await github.deliveries())]


async def test_a_ping_can_be_asked_for(stage: Stage, octo: httpx2.AsyncClient, hook: int) -> None:
    answer = await octo.post(f"{PATH}/hooks/{hook}/pings")

    assert answer.status_code == 204
    assert await stage.settled() == ["ping"]
