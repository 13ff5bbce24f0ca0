"""Webhooks, what happened for them, and the log of deliveries."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

ContentType = Literal["json", "form"]
TargetKind = Literal["repository", "integration"]


@dataclass(eq=False)
class LastResponse:
    """What came back from the last delivery."""

    code: int | None = None
    status: str = "unused"
    message: str | None = None


@dataclass(eq=False)
class Hook:
    """An address that wants to hear of events."""

    id: int
    target_id: int
    target_kind: TargetKind
    url: str
    events: list[str]
    created_at: datetime
    updated_at: datetime
    secret: str | None = None
    content_type: ContentType = "json"
    insecure_ssl: str = "0"
    active: bool = True
    last_response: LastResponse = field(default_factory=LastResponse)

    def wants(self, event: str) -> bool:
        """Whether this hook is told about the event. A ping comes always."""
        return event == "ping" or (self.active and ("*" in self.events or event in self.events))


@dataclass(frozen=True)
class Envelope:
    """One thing to tell one hook. The payload is fixed when the thing happens."""

    hook: Hook
    guid: str
    event: str
    action: str | None
    payload: bytes
    repository_id: int | None
    installation_id: int | None = None
    redelivery: bool = False


@dataclass(frozen=True)
class Delivery:
    """One attempt to deliver, as the log shows it."""

    id: int
    envelope: Envelope
    delivered_at: datetime
    duration: float
    status: str
    status_code: int
    request_url: str
    request_headers: Mapping[str, str]
    response_headers: Mapping[str, str]
    response_body: str

    @property
    def hook_id(self) -> int:
        """The hook that was told."""
        return self.envelope.hook.id

    @property
    def succeeded(self) -> bool:
        """Whether the receiver said yes."""
        return 200 <= self.status_code < 400


class DeliveryLog:
    """The deliveries, oldest first; the oldest are forgotten when there are too many."""

    def __init__(self, keep: int = 20_000) -> None:
        self._deliveries: deque[Delivery] = deque(maxlen=keep)

    def add(self, delivery: Delivery) -> None:
        """Note an attempt."""
        self._deliveries.append(delivery)
        delivery.envelope.hook.last_response = LastResponse(
            code=delivery.status_code,
            status="active" if delivery.succeeded else "misconfigured",
            message=delivery.status,
        )

    def all(self) -> list[Delivery]:
        """Every attempt, oldest first."""
        return list(self._deliveries)

    def of_hook(self, hook_id: int) -> list[Delivery]:
        """A hook's attempts, newest first, as GitHub lists them."""
        return [each for each in reversed(self._deliveries) if each.hook_id == hook_id]
