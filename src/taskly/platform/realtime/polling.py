"""Live updates without a socket: a request that waits for the next event."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from taskly.platform.context import ActorKind
from taskly.platform.events.log import Stream
from taskly.platform.http.schema import Response, Version
from taskly.platform.realtime.hub import Hub
from taskly.platform.realtime.messages import Message
from taskly.platform.realtime.reader import Lost, Reader

LONGEST_WAIT_SECONDS = 25


class EventActor(Response):
    """Who made a change."""

    kind: ActorKind
    user_id: UUID | None


class EventChange(Response):
    """What changed: the fields of one thing, before and after."""

    entity: str = Field(
        examples=["card"], description="What kind of thing changed, such as `card`."
    )
    id: UUID
    before: dict[str, Any] | None = Field(
        examples=[{"title": "Refund"}], description="Null when the thing was made."
    )
    after: dict[str, Any] | None = Field(
        examples=[{"title": "Refund a payment twice"}], description="Null when the thing went."
    )
    reason: dict[str, Any] | None = Field(
        examples=[None],
        default=None,
        description="Why Taskly did it by itself; absent when a person did it.",
    )
    facts: dict[str, Any] | None = Field(
        examples=[None],
        default=None,
        description="What held then and did not change, such as the points of a card that went into a sprint.",
    )


class LiveEvent(Response):
    """An event as sockets send it."""

    kind: Literal["event"]
    version: Version
    type: str = Field(
        examples=["card.updated"], description="The name of the change, such as `card.moved`."
    )
    at: datetime
    actor: EventActor
    operation_id: UUID = Field(description="The same for all events of one request.")
    card_id: UUID | None
    data: EventChange


class NewEvents(Response):
    """The events that follow a version."""

    version: Version = Field(description="The version to name next: that of the last event here.")
    reset: bool = Field(
        description="Too much was missed to be told: fetch the snapshot, then go on from `version`."
    )
    events: list[LiveEvent]


async def wait_for_events(
    hub: Hub,
    stream: Stream,
    after: int,
    *,
    prove: Callable[[], Awaitable[None]],
    seconds: float = LONGEST_WAIT_SECONDS,
) -> bytes:
    """The events after version `after`, as JSON of `NewEvents`: at once, or as soon as there is one.

    When `seconds` go by without one, or the process is about to stop, the list is empty. Hold no database
    session while waiting. `prove` raises when the person may not see the stream any more; it is asked
    again after each wait.
    """
    async with hub.join(stream, after) as reader:
        try:
            events = await _first(hub, reader, prove, seconds)
        except Lost:
            return _answer(reader, (), reset=True)
        return _answer(reader, events, reset=False)


async def _first(
    hub: Hub, reader: Reader, prove: Callable[[], Awaitable[None]], seconds: float
) -> Sequence[Message]:
    """What there is, or the first that comes in time. Only the wait is cut short, never a query."""
    until = asyncio.get_running_loop().time() + min(seconds, LONGEST_WAIT_SECONDS)
    while not (events := await reader.read()) and not hub.stopping:
        try:
            async with asyncio.timeout_at(until):
                await reader.news()
        except TimeoutError:
            return ()
        await prove()
    return events


def _answer(reader: Reader, events: Sequence[Message], *, reset: bool) -> bytes:
    listed = ",".join(event.text for event in events)
    flag = "true" if reset else "false"
    return f'{{"version":{reader.version},"reset":{flag},"events":[{listed}]}}'.encode()
