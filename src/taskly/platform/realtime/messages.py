"""What clients hear. Each message is encoded once, whoever and however many receive it.

An event's text is the same bytes whether it comes from the transaction that made it or from the log:
keys are sorted, because PostgreSQL's `jsonb` does not keep their order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from taskly.kit.json import dumps, loads
from taskly.platform.events.log import Recorded


@dataclass(frozen=True, slots=True)
class Message:
    """An event as clients hear it, with the version that it makes."""

    version: int
    text: str


def event_message(recorded: Recorded) -> Message:
    """The message for one recorded change."""
    return Message(recorded.version, event_bytes(recorded).decode())


def event_bytes(recorded: Recorded) -> bytes:
    """The JSON of `event_message`."""
    return _encode(
        "event",
        recorded.at,
        version=recorded.version,
        type=recorded.type,
        actor={"kind": recorded.actor.kind, "user_id": recorded.actor.user_id},
        operation_id=recorded.operation_id,
        card_id=recorded.card_id,
        data=recorded.data,
    )


def hello_text(version: int, presence: Sequence[Any], at: datetime) -> str:
    """The first message of a socket: the events that follow `version` come next."""
    return _encode("hello", at, version=version, presence=presence).decode()


def presence_text(presence: Sequence[Any], at: datetime) -> str:
    """Who is here now."""
    return _encode("presence", at, presence=presence).decode()


def ping_text(version: int, at: datetime) -> str:
    """A heartbeat: everything up to `version` has been sent."""
    return _encode("ping", at, version=version).decode()


def reset_text(version: int, at: datetime) -> str:
    """Too much was missed to be told: fetch the snapshot. What follows `version` comes next."""
    return _encode("reset", at, version=version).decode()


def _encode(kind: str, at: datetime, **members: Any) -> bytes:
    written = dumps({"kind": kind, "at": at, **members})
    return orjson.dumps(loads(written), option=orjson.OPT_SORT_KEYS)
