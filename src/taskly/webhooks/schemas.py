"""What the API takes and shows of webhooks."""

from datetime import datetime
from inspect import getdoc
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from taskly.platform.events.change import known_changes
from taskly.platform.http.schema import Flag, Moment, Request, Response, Text, written
from taskly.webhooks.models import DESCRIPTION_LENGTH, MOST_PATTERNS, URL_LENGTH
from taskly.webhooks.rules import EndpointState, MessageState

Url = Annotated[
    str,
    StringConstraints(
        min_length=1,
        max_length=URL_LENGTH,
        pattern=written(r"^[^\x00-\x20]+$", "write an address without blanks"),
    ),
    Field(
        examples=["https://hooks.example.org/taskly"],
        description="An https address of the public internet.",
    ),
]
Description = Annotated[Text, Field(max_length=DESCRIPTION_LENGTH, examples=["Chat of the team"])]
Pattern = Annotated[
    str,
    StringConstraints(
        max_length=100,
        pattern=written(
            r"^(\*|[a-z_]{1,50}\.(\*|[a-z_]{1,50}))$",
            "write a type of event, such as card.moved, or card.*, or *",
        ),
    ),
]
Patterns = Annotated[
    list[Pattern],
    Field(
        min_length=1,
        max_length=MOST_PATTERNS,
        examples=[["card.*", "sprint.created"]],
        description="Types of events, or all of a kind as `card.*`, or `*`.",
    ),
]


class EventTypeResponse(Response):
    """A type of event that a webhook may be told."""

    type: str = Field(examples=["card.moved"])
    description: str = Field(examples=["A card changed its place: column, rank, or both."])

    @classmethod
    def every(cls) -> list[Self]:
        """All types, in the order of their names."""
        return [
            cls(type=name, description=(getdoc(change) or "").partition("\n")[0])
            for name, change in known_changes().items()
        ]


class CreateWebhook(Request):
    """A webhook to be made."""

    url: Url
    event_types: Patterns
    description: Description = ""
    board_id: UUID | None = Field(
        default=None, examples=[None], description="Only what happens on this board."
    )


class UpdateWebhook(Request):
    """What is to change; what is left out stays."""

    url: Url | None = None
    event_types: Patterns | None = None
    description: Description | None = None
    board_id: UUID | None = Field(
        default=None, examples=[None], description="Only what happens on this board; null: all."
    )


class ResumeWebhook(Request):
    """How to go on."""

    skip_missed: Flag = Field(
        default=False,
        examples=[False],
        description="Forget what happened while nothing was told, instead of telling it now.",
    )


class ReplayFailed(Request):
    """What to send once more."""

    since: Moment = Field(
        examples=["2026-11-23T00:00:00Z"], description="Messages made at this time or later."
    )


class WebhookResponse(Response):
    """A webhook."""

    id: UUID
    url: str = Field(examples=["https://hooks.example.org/taskly"])
    description: str = Field(examples=["Chat of the team"])
    event_types: list[str] = Field(examples=[["card.*", "sprint.created"]])
    board_id: UUID | None = Field(examples=[None])
    state: EndpointState = Field(
        examples=["active"],
        description="`paused` by a person, or for good; `failing`: only probed now and then.",
    )
    problem: str | None = Field(examples=[None], description="Why it is told nothing.")
    failures: int = Field(examples=[0], description="Failures in a row.")
    failing_since: datetime | None = Field(examples=[None])
    next_probe_at: datetime | None = Field(examples=[None])
    last_success_at: datetime | None = Field(examples=["2026-11-23T09:00:00Z"])
    last_failure_at: datetime | None = Field(examples=[None])
    previous_secret_until: datetime | None = Field(
        examples=[None], description="Until then the secret before the present one signs too."
    )
    created_at: datetime
    updated_at: datetime


class WebhookWithSecret(WebhookResponse):
    """A webhook with its secret, which is shown this once."""

    secret: str = Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])


class DeliveryResponse(Response):
    """A message, and how telling it goes."""

    id: UUID
    message_id: str = Field(
        examples=["msg_5f4dcc3b5aa765d61d8327deb882cf99"],
        description="What the receiver sees as `webhook-id`, however often it is sent.",
    )
    event_type: str = Field(examples=["card.moved"])
    event_id: UUID | None = Field(description="Null for a test.")
    state: MessageState = Field(
        examples=["delivered"],
        description="`queued`: in the line; `sending`: at its head; `retrying`: to be tried again.",
    )
    attempts: int = Field(examples=[1], description="How often it was sent since it was asked for.")
    status_code: int | None = Field(examples=[204])
    latency_ms: int | None = Field(examples=[87])
    answer: str | None = Field(examples=[""], description="The beginning of the last answer.")
    error: str | None = Field(examples=[None])
    first_sent_at: datetime | None
    last_sent_at: datetime | None
    next_attempt_at: datetime | None = Field(examples=[None])
    finished_at: datetime | None
    created_at: datetime


class ReplayResponse(Response):
    """What is sent once more."""

    messages: int = Field(examples=[12])
