"""Every query about messages: the line of a webhook, and its delivery log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from taskly.platform.events.models import Event
from taskly.webhooks.models import WebhookAttempt, WebhookEndpoint
from taskly.webhooks.rules import MessageState

_IS_QUEUED = WebhookAttempt.state == MessageState.QUEUED


@dataclass(frozen=True, slots=True)
class Message:
    """A message with its webhook, and the event that it tells of."""

    endpoint: WebhookEndpoint
    attempt: WebhookAttempt
    event: Event | None


async def message(session: AsyncSession, endpoint_id: UUID, attempt_id: UUID) -> Message | None:
    """All that is needed to send a message."""
    row = (
        await session.execute(
            select(WebhookEndpoint, WebhookAttempt, Event)
            .join(WebhookAttempt, WebhookAttempt.endpoint_id == WebhookEndpoint.id)
            .outerjoin(Event, Event.id == WebhookAttempt.event_id)
            .where(WebhookEndpoint.id == endpoint_id, WebhookAttempt.id == attempt_id)
        )
    ).one_or_none()
    return None if row is None else Message(*row)


async def attempt(
    session: AsyncSession, endpoint: WebhookEndpoint, attempt_id: UUID
) -> WebhookAttempt | None:
    """A message of a webhook."""
    return await session.scalar(
        select(WebhookAttempt)
        .where(_is_of(endpoint), WebhookAttempt.id == attempt_id)
        .execution_options(populate_existing=True)
    )


async def attempts(
    session: AsyncSession,
    endpoint: WebhookEndpoint,
    *,
    state: MessageState | None,
    before: int | None,
    limit: int,
) -> list[WebhookAttempt]:
    """The delivery log of a webhook, the latest first."""
    query = select(WebhookAttempt).where(_is_of(endpoint))
    if state is not None:
        query = query.where(WebhookAttempt.state == state)
    if before is not None:
        query = query.where(WebhookAttempt.position < before)
    return list(await session.scalars(query.order_by(WebhookAttempt.position.desc()).limit(limit)))


async def add(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Put messages in the line, or tests beside it. One that is there already is not there twice."""
    await session.execute(
        insert(WebhookAttempt).on_conflict_do_nothing(index_elements=["message_id"]), rows
    )


async def count_queued(session: AsyncSession, endpoint_id: UUID, *, limit: int) -> int:
    """How many messages are in the line, counted as far as `limit`."""
    in_line = (
        select(WebhookAttempt.id)
        .where(WebhookAttempt.endpoint_id == endpoint_id, _IS_QUEUED)
        .limit(limit)
        .subquery()
    )
    return await session.scalar(select(func.count()).select_from(in_line)) or 0


async def take_next(session: AsyncSession, endpoint: WebhookEndpoint) -> UUID | None:
    """Let the first message of the line be sent, unless another one is at its head already."""
    first = aliased(WebhookAttempt)
    following = (
        select(first.id)
        .where(first.endpoint_id == endpoint.id, first.state == MessageState.QUEUED)
        .order_by(first.position)
        .limit(1)
        .scalar_subquery()
    )
    return await session.scalar(
        update(WebhookAttempt)
        .where(WebhookAttempt.id == following, ~_is_busy(endpoint))
        .values(state=MessageState.SENDING)
        .returning(WebhookAttempt.id)
        .execution_options(synchronize_session=False)
    )


async def has_head(session: AsyncSession, endpoint: WebhookEndpoint) -> bool:
    """Whether a message of the webhook is at the head of the line."""
    return bool(await session.scalar(select(_is_busy(endpoint))))


async def queue_failed(session: AsyncSession, endpoint: WebhookEndpoint, since: datetime) -> int:
    """Put what failed for good since a time back in the line; how many."""
    queued = await session.scalars(
        update(WebhookAttempt)
        .where(
            _is_of(endpoint),
            WebhookAttempt.state == MessageState.FAILED,
            WebhookAttempt.event_id.is_not(None),
            WebhookAttempt.created_at >= since,
        )
        .values(state=MessageState.QUEUED, attempts=0, finished_at=None)
        .returning(WebhookAttempt.id)
        .execution_options(synchronize_session=False)
    )
    return len(queued.all())


async def forget_queued(session: AsyncSession, endpoint: WebhookEndpoint) -> None:
    """Empty the line."""
    await session.execute(delete(WebhookAttempt).where(_is_of(endpoint), _IS_QUEUED))


async def purge(session: AsyncSession, *, finished_before: datetime, limit: int) -> int:
    """Delete messages that ended before a time; how many."""
    old = (
        select(WebhookAttempt.id)
        .where(WebhookAttempt.finished_at < finished_before)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    gone = await session.scalars(
        delete(WebhookAttempt)
        .where(WebhookAttempt.id.in_(old))
        .returning(WebhookAttempt.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _is_of(endpoint: WebhookEndpoint) -> Any:
    return (WebhookAttempt.workspace_id == endpoint.workspace_id) & (
        WebhookAttempt.endpoint_id == endpoint.id
    )


def _is_busy(endpoint: WebhookEndpoint) -> Any:
    head = aliased(WebhookAttempt)
    return exists().where(
        head.endpoint_id == endpoint.id,
        head.state == MessageState.SENDING,
        head.event_id.is_not(None),
    )
