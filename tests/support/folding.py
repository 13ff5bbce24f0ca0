"""Folding a log of changes into what it says of a board, as a client does."""

from datetime import datetime

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


BOARD_FIELDS = ("name", "key", "automation", "wip_policy", "archived_at")


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
        collections["board"][start["id"]] = {key: start[key] for key in BOARD_FIELDS}
    for event in events:
        assert event["version"] == version + 1
        version = event["version"]
        apply_change(collections, event["data"])
    return comparable(version, collections)


def comparable(version: int, collections: dict[str, dict[str, Json]]) -> Json:
    """What two snapshots are compared by: lists keyed by id."""
    board = _parsed(next(iter(collections.get("board", {}).values()), {}))
    shown = {
        name: {key: _parsed(item) for key, item in collections.get(entity, {}).items()}
        for entity, name in LISTS.items()
    }
    return {"version": version, "board": board, **shown}


def as_comparable(snapshot: Json) -> Json:
    """A snapshot in the form of `fold`."""
    board = _parsed({key: snapshot[key] for key in BOARD_FIELDS})
    lists = {
        name: {item["id"]: _parsed(item) for item in snapshot[name]} for name in LISTS.values()
    }
    return {"version": snapshot["version"], "board": board, **lists}


def _parsed(item: Json) -> Json:
    """The item with its times as times: PostgreSQL and Python write the same moment differently."""
    return {
        key: datetime.fromisoformat(value) if key.endswith("_at") and value else value
        for key, value in item.items()
    }


def differences(left: Json, right: Json, path: str = "") -> list[str]:
    """Where two of these differ, in words: a diff of whole boards is too long to read."""
    found: list[str] = []
    for key in sorted({*left, *right}):
        one, other = left.get(key), right.get(key)
        if isinstance(one, dict) and isinstance(other, dict):
            found.extend(differences(one, other, f"{path}/{key}"))
        elif one != other:
            found.append(f"{path}/{key}: {one!r} != {other!r}")
    return found
