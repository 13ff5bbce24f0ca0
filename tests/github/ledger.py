"""The ledger of deliveries, as admins see it and behind their backs."""

from prometheus_client import REGISTRY

from tests.github.place import Place, Webhook
from tests.support.actors import Actor, Json, expect


async def listed(person: Actor, path: str, **query: str) -> list[Json]:
    """The first page of the ledger."""
    page = expect(await person.get(path, params=query), 200)
    items: list[Json] = page["items"]
    return items


async def states(place: Place) -> list[tuple[str, str | None]]:
    """States and errors of all deliveries, the oldest first."""
    rows = await place.rows("SELECT state::text, error FROM webhook_deliveries ORDER BY id")
    return [(row["state"], row["error"]) for row in rows]


def counted(metric: str, event: str, outcome: str) -> float:
    """How often something was counted in this process."""
    labels = {"event": event, "outcome": outcome}
    return REGISTRY.get_sample_value(f"{metric}_total", labels) or 0


async def die(place: Place, webhook: Webhook, *guids: str, event: str = "push") -> None:
    """Let deliveries die with which nothing is wrong, as if their workers were killed in each attempt."""
    for guid in guids:
        await webhook.send(event, webhook.example(event), guid=guid)
    await place.change("UPDATE jobs SET attempts = 90 WHERE kind = 'github.process_delivery'")
    await place.run_jobs()
    assert {state for state, _ in await states(place)} == {"dead"}


async def notes(person: Actor, path: str) -> list[Json]:
    """What the audit log says of replays, the latest first."""
    [repository] = [
        item
        for workspace in expect(await person.get("/workspaces"), 200)["items"]
        for item in expect(await person.get(f"/workspaces/{workspace['id']}/repositories"), 200)[
            "items"
        ]
        if item["id"] in path
    ]
    log = await person.get(f"/workspaces/{repository['workspace_id']}/audit")
    return [entry for entry in expect(log, 200)["items"] if entry["type"].endswith(".replayed")]
