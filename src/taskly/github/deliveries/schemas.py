"""What the API shows of GitHub's deliveries, and takes for them."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from taskly.github.deliveries.delivery_repository import Listed, MovedCard
from taskly.github.delivery_models import DeliveryState
from taskly.kit.json import JsonLimits, MalformedJson, loads_strict
from taskly.platform.http.schema import Moment, Request, Response

_ANY_SIZE = 10**6
PAYLOADS = JsonLimits(depth=100, items=_ANY_SIZE, keys=_ANY_SIZE)
"""What goes out as JSON again; what was nested deeper is shown as text."""


class GitHubDelivery(Response):
    """A delivery of GitHub, and what became of it."""

    id: UUID = Field(description="GitHub's own id of it, `X-GitHub-Delivery`.")
    event: str = Field(examples=["pull_request"], description="`X-GitHub-Event`.")
    action: str | None = Field(
        examples=["opened"], description="The payload's own word; null until it is worked out."
    )
    state: DeliveryState = Field(
        examples=["processed"],
        description="`received`: a worker will see to it; `failed`: it will be tried again; `dead`: it will not.",
    )
    error: str | None = Field(
        examples=[None], description="Why it was ignored, or what went wrong the last time."
    )
    attempts: int = Field(examples=[1], description="How often it was worked out the last time.")
    received_at: datetime
    processed_at: datetime | None = Field(description="When the last attempt ended.")
    payload_bytes: int | None = Field(
        examples=[24310],
        description="The size of the payload; null if it is not kept any more.",
    )

    @classmethod
    def of(cls, listed: Listed) -> Self:
        """The answer for a delivery."""
        return cls(**_fields(listed))


class CardMovedByDelivery(Response):
    """A card that was moved because of a delivery."""

    card_id: UUID
    card_key: str = Field(examples=["PAY-12"])
    board_id: UUID


class GitHubDeliveryDetail(GitHubDelivery):
    """A delivery of GitHub with what it said and did."""

    payload: Any = Field(
        examples=[{"action": "opened", "number": 34}],
        description="What GitHub sent: JSON, or the text if it was none. Null if it is not kept any more, "
        "or larger than 1 MiB.",
    )
    moved_cards: list[CardMovedByDelivery] = Field(
        description="The cards that were moved because of it, unless they were deleted."
    )

    @classmethod
    def with_payload(cls, listed: Listed, payload: bytes | None, moved: list[MovedCard]) -> Self:
        """The answer for a delivery with its payload."""
        return cls(
            **_fields(listed),
            payload=None if payload is None else _readable(payload),
            moved_cards=[CardMovedByDelivery.model_validate(each) for each in moved],
        )


class ReplayDead(Request):
    """Which dead deliveries to work out again."""

    since: Moment | None = Field(
        default=None, description="Only those received from then on; all by default."
    )


class ReplayedDeliveries(Response):
    """What is worked out again."""

    deliveries: int = Field(examples=[12])
    complete: bool = Field(
        examples=[True], description="False if there may be more: ask again for those."
    )


def _fields(listed: Listed) -> dict[str, Any]:
    row = listed.row
    return {
        "id": row.delivery_id,
        "event": row.event,
        "action": row.action,
        "state": row.state,
        "error": row.error,
        "attempts": row.attempts,
        "received_at": row.received_at,
        "processed_at": row.processed_at,
        "payload_bytes": listed.payload_bytes,
    }


def _readable(payload: bytes) -> Any:
    try:
        return loads_strict(payload, PAYLOADS)
    except MalformedJson:
        return payload.decode("utf-8", "replace")
