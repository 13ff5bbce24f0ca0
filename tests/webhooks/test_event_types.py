"""The list of what webhooks may be told."""

import pytest

from taskly.platform.events.change import known_changes
from tests.support.actors import Actor, expect

pytestmark = pytest.mark.anyio


async def test_every_type_is_listed_with_what_it_says(alice: Actor) -> None:
    listed = expect(await alice.get("/event-types"), 200)

    assert [each["type"] for each in listed] == sorted(known_changes())
    assert {"type": "card.created", "description": "A card was made."} in listed
    assert [each["type"] for each in listed if not each["description"].endswith(".")] == []


async def test_what_is_listed_can_be_subscribed_to(alice: Actor) -> None:
    workspace = await alice.workspace()
    listed = expect(await alice.get("/event-types"), 200)
    for start in range(0, len(listed), 50):
        types = [each["type"] for each in listed[start : start + 50]]
        body = {"url": "https://hooks.example.org/a", "event_types": types}
        made = expect(await alice.post(f"/workspaces/{workspace['id']}/webhooks", json=body), 201)
        assert made["event_types"] == types
