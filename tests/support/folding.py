"""Folding a log of changes into what it says of a board, as a client does."""

from typing import Any

from taskly.platform.events.change import apply_change
from tests.support.actors import Actor, Json, expect

LISTS = {
    "column": "columns",
    "label": "labels",
    "sprint": "sprints",
    "card": "cards",
    "branch": "branches",
    "pull_request": "pull_requests",
}


async def read_whole_log(actor: Actor, board_id: str) -> list[Json]:
    """All events of a board, through the long-poll interface."""
    events: list[Json] = []
    while True:
        after = events[-1]["version"] if events else 0
        answer = expect(await actor.get(f"/boards/{board_id}/events?after={after}&wait=0"), 200)
        events.extend(answer["events"])
        if events and events[-1]["version"] >= answer["version"]:
            return events


def fold(events: list[Json], start: Json | None = None) -> Json:
    """The snapshot that follows from a snapshot (or from nothing) and the events after it."""
    collections: dict[str, dict[str, Json]] = {}
    version = 0
    if start is not None:
        version = start["version"]
        for entity, name in LISTS.items():
            collections[entity] = {item["id"]: dict(item) for item in start[name]}
        collections["board"] = {start["id"]: {"name": start["name"]}}
        collections["board"][start["id"]] = {
            key: start[key] for key in ("name", "key", "automation", "archived_at")
        }
    for event in events:
        assert event["version"] == version + 1
        version = event["version"]
        apply_change(collections, event["data"])
    return comparable(version, collections)


def comparable(version: int, collections: dict[str, dict[str, Json]]) -> Json:
    """What two snapshots are compared by: lists keyed by id, archived cards left out."""
    board: dict[str, Any] = next(iter(collections.get("board", {}).values()), {})
    shown = {name: dict(collections.get(entity, {})) for entity, name in LISTS.items()}
    shown["cards"] = {
        key: card for key, card in shown["cards"].items() if card["archived_at"] is None
    }
    return {"version": version, "board": board, **shown}


def as_comparable(snapshot: Json) -> Json:
    """A snapshot in the form of `fold`."""
    board = {key: snapshot[key] for key in ("name", "key", "automation", "archived_at")}
    lists = {name: {item["id"]: item for item in snapshot[name]} for name in LISTS.values()}
    return {"version": snapshot["version"], "board": board, **lists}
