"""Admins make, change and end webhooks; nobody else sees them."""

import pytest

from tests.support.actors import Actor, expect

pytestmark = pytest.mark.anyio

URL = "https://hooks.example.org/taskly?key=s3cr3t"


async def test_a_secret_is_shown_once_and_nowhere_else(alice: Actor) -> None:
    workspace = await alice.workspace()
    path = f"/workspaces/{workspace['id']}/webhooks"

    made = expect(await alice.post(path, json={"url": URL, "event_types": ["card.*"]}), 201)
    rotated = expect(await alice.post(f"{path}/{made['id']}/rotate-secret"), 200)

    assert made["secret"].startswith("whsec_")
    assert rotated["secret"] != made["secret"]
    assert rotated["previous_secret_until"] == "2026-11-24T09:00:00Z"
    listed = expect(await alice.get(path), 200)
    assert [each["url"] for each in listed["items"]] == [URL]
    shown = (await alice.get(path)).text + (await alice.get(f"{path}/{made['id']}")).text
    assert "whsec_" not in shown


async def test_the_log_of_the_workspace_names_the_host_and_not_the_address(alice: Actor) -> None:
    workspace = await alice.workspace()
    path = f"/workspaces/{workspace['id']}/webhooks"
    made = expect(await alice.post(path, json={"url": URL, "event_types": ["*"]}), 201)
    expect(await alice.patch(f"{path}/{made['id']}", json={"description": "Chat"}), 200)
    expect(await alice.delete(f"{path}/{made['id']}"), 204)

    audit = await alice.get(f"/workspaces/{workspace['id']}/audit")

    types = [each["type"] for each in expect(audit, 200)["items"]]
    assert types[:3] == ["webhook.deleted", "webhook.updated", "webhook.created"]
    assert "hooks.example.org" in audit.text
    assert "s3cr3t" not in audit.text


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"url": "http://hooks.example.org/"}, "webhook_address_refused"),
        ({"url": "https://127.0.0.1/"}, "webhook_address_refused"),
        ({"url": "https://169.254.169.254/"}, "webhook_address_refused"),
        ({"url": "https://user:pass@hooks.example.org/"}, "webhook_address_refused"),
        ({"event_types": ["card.exploded"]}, "unknown_event_type"),
        ({"event_types": ["car*"]}, "invalid"),
        ({"event_types": []}, "invalid"),
        ({"board_id": "01a20911-b11b-738c-a814-15eea7aae73f"}, "no_such_board"),
    ],
)
async def test_what_is_wrong_is_refused_when_it_is_made_and_when_it_is_changed(
    alice: Actor, body: dict[str, object], code: str
) -> None:
    workspace = await alice.workspace()
    path = f"/workspaces/{workspace['id']}/webhooks"
    right = {"url": URL, "event_types": ["card.*"]}

    assert expect(await alice.post(path, json={**right, **body}), 422)["code"] == code
    assert expect(await alice.get(path), 200)["items"] == []
    made = expect(await alice.post(path, json=right), 201)
    assert expect(await alice.patch(f"{path}/{made['id']}", json=body), 422)["code"] == code
    kept = expect(await alice.get(f"{path}/{made['id']}"), 200)
    assert kept == {name: value for name, value in made.items() if name != "secret"}


async def test_a_workspace_has_twenty_at_most(alice: Actor) -> None:
    workspace = await alice.workspace()
    path = f"/workspaces/{workspace['id']}/webhooks"
    body = {"url": URL, "event_types": ["*"]}
    for _ in range(20):
        expect(await alice.post(path, json=body), 201)

    assert expect(await alice.post(path, json=body), 409)["code"] == "too_many_webhooks"
    assert len(expect(await alice.get(path), 200)["items"]) == 20
