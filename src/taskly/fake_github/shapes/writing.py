"""The small words of GitHub's JSON: time stamps, node ids, links."""

import base64
from datetime import UTC, datetime
from typing import Any, TypeAlias, overload

JsonObject: TypeAlias = dict[str, Any]


@overload
def stamp(at: datetime) -> str: ...
@overload
def stamp(at: None) -> None: ...
def stamp(at: datetime | None) -> str | None:
    """A time in UTC with whole seconds, as `2026-11-23T02:03:04Z`."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(at: datetime) -> int:
    """Whole seconds since 1970."""
    return int(at.timestamp())


def node_id(kind: str, number: int | str) -> str:
    """GitHub's opaque global id; ours has the form that theirs had for long."""
    return base64.b64encode(f"{len(kind):03}:{kind}{number}".encode()).decode()


def link(address: str) -> JsonObject:
    """An entry of `_links`."""
    return {"href": address}
