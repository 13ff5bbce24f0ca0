"""Every query about deliveries: to take them in, to look at them, to have some worked out again, to forget."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, delete, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from taskly.boards.models import Board
from taskly.cards.events import CardMoved
from taskly.cards.models import Card
from taskly.github.delivery_models import DeliveryState, WebhookDelivery
from taskly.github.jobs import ProcessDelivery
from taskly.github.models import GitRepository
from taskly.platform.events.models import Event, Job
from taskly.platform.jobs.ledger import IS_OPEN

LARGEST_SHOWN = 1024 * 1024
"""Payloads of more bytes are told by their size only."""
Place = tuple[datetime, UUID]
"""Where a delivery stands in the list: when it was received, and our id of it."""
OVER = (DeliveryState.PROCESSED, DeliveryState.IGNORED)
"""Nothing is left to do then. A dead delivery is worked out when its job is tried again."""
_ENDED = (*OVER, DeliveryState.DEAD)
_SIZE = func.octet_length(WebhookDelivery.payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter:
    """What of the ledger is wanted."""

    state: DeliveryState | None = None
    event: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A delivery, and the size of its payload; None if that is not kept any more."""

    row: WebhookDelivery
    payload_bytes: int | None


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A delivery that is to be worked out again."""

    id: UUID
    event: str


@dataclass(frozen=True, slots=True)
class MovedCard:
    """A card that was moved because of a delivery, as it is called now."""

    card_id: UUID
    board_id: UUID
    card_key: str


# What comes in.


@dataclass(frozen=True, slots=True)
class Secrets:
    """The encrypted secrets with which deliveries for a repository may be signed."""

    present: str | None
    previous: str | None


async def webhook_secrets(session: AsyncSession, repository_id: UUID) -> Secrets | None:
    """The secrets of a connection, present or past."""
    row = (
        await session.execute(
            select(GitRepository.webhook_secret, GitRepository.previous_webhook_secret).where(
                GitRepository.id == repository_id
            )
        )
    ).one_or_none()
    return None if row is None else Secrets(*row)


STORE_DELIVERY = """
    WITH stored AS (
        INSERT INTO webhook_deliveries (
            id, workspace_id, repository_id, delivery_id, event, payload, received_at, state, error
        )
        SELECT
            $1, repository.workspace_id, repository.id, $3, $4, $5, $6,
            CASE WHEN repository.active AND $7::text IS NULL
                THEN 'received' ELSE 'ignored' END::delivery_state,
            CASE WHEN repository.active
                THEN $7::text ELSE 'the repository is not connected any more' END
        FROM git_repositories AS repository WHERE repository.id = $2
        ON CONFLICT (repository_id, delivery_id) DO UPDATE
            SET state = 'received', error = NULL, payload = excluded.payload
            WHERE excluded.state = 'received' AND (
                webhook_deliveries.state = 'dead' OR (
                    webhook_deliveries.state IN ('received', 'failed')
                    AND webhook_deliveries.received_at < excluded.received_at - interval '1 minute'
                    AND NOT EXISTS (
                        SELECT FROM jobs
                        WHERE jobs.state IN ('pending', 'running') AND jobs.kind = $9
                            AND jobs.idempotency_key = webhook_deliveries.id::text
                    )
                )
            )
        RETURNING id, workspace_id, state
    ), promised AS (
        INSERT INTO jobs (
            id, workspace_id, kind, queue, payload, idempotency_key, request_id, next_attempt_at
        )
        SELECT $8, workspace_id, $9, $10, jsonb_build_object('delivery', id), id::text, $11, now()
        FROM stored WHERE state = 'received'
        ON CONFLICT (kind, idempotency_key) DO UPDATE SET
            state = 'pending', attempts = 0, put_off_since = NULL, next_attempt_at = now(),
            handed_over_at = NULL, finished_at = NULL, request_id = excluded.request_id
            WHERE jobs.state IN ('done', 'dead')
    )
    SELECT state::text AS state FROM stored
"""
"""Stores a delivery and promises its job, in one statement, because GitHub is waiting.

No row comes back if the delivery is there already, unless it is dead, or unprocessed without a job that
is still open: then it is taken up again, and so is its job, which has its id as key. The minute is there
because this statement may wait for another copy of the delivery and does not see that one's job then. $7
says why it is to be ignored.
"""


async def note_ping(session: AsyncSession, repository_id: UUID, now: datetime) -> None:
    """The webhook says that it is there."""
    await session.execute(
        update(GitRepository)
        .where(GitRepository.id == repository_id, GitRepository.heard_at.is_(None))
        .values(heard_at=now)
    )


async def has_delivery(session: AsyncSession, repository_id: UUID, delivery_id: UUID) -> bool:
    """Whether a connection has a delivery of this id; `delivery_id` is GitHub's."""
    found = select(WebhookDelivery.id).where(
        WebhookDelivery.repository_id == repository_id, WebhookDelivery.delivery_id == delivery_id
    )
    return await session.scalar(found) is not None


async def delivery_with_payload(
    session: AsyncSession, delivery: UUID
) -> tuple[WebhookDelivery, GitRepository] | None:
    """A stored delivery with its body, and the connection that it came to."""
    rows = await session.execute(
        select(WebhookDelivery, GitRepository)
        .join(GitRepository, GitRepository.id == WebhookDelivery.repository_id)
        .where(WebhookDelivery.id == delivery)
        .options(undefer(WebhookDelivery.payload))
    )
    return next(((stored, row) for stored, row in rows), None)


async def end_delivery(session: AsyncSession, delivery: UUID, **values: Any) -> bool:
    """Note what became of a delivery that was worked out; False if that is known already."""
    ended = await session.scalar(
        update(WebhookDelivery)
        .where(WebhookDelivery.id == delivery, WebhookDelivery.state.not_in(OVER))
        .values(**values)
        .returning(WebhookDelivery.id)
        .execution_options(synchronize_session=False)
    )
    return ended is not None


async def lock_delivery(session: AsyncSession, delivery: UUID) -> WebhookDelivery | None:
    """A stored delivery, locked, without its body."""
    return await session.scalar(
        select(WebhookDelivery)
        .where(WebhookDelivery.id == delivery)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


# What is looked at and worked out again.


async def deliveries(
    session: AsyncSession,
    repository_id: UUID,
    wanted: DeliveryFilter,
    *,
    after: Place | None,
    limit: int,
) -> list[Listed]:
    """Deliveries for a repository, the latest first."""
    row = WebhookDelivery
    query = _listed(repository_id).order_by(row.received_at.desc(), row.id.desc()).limit(limit)
    if wanted.state is not None:
        query = query.where(row.state == wanted.state)
    if wanted.event is not None:
        query = query.where(row.event == wanted.event)
    if wanted.since is not None:
        query = query.where(row.received_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(row.received_at < wanted.until)
    if after is not None:
        query = query.where(tuple_(row.received_at, row.id) < tuple_(*after))
    return [Listed(*found) for found in await session.execute(query)]


async def delivery(
    session: AsyncSession, repository_id: UUID, delivery_id: UUID
) -> tuple[Listed, bytes | None] | None:
    """A delivery by GitHub's id of it, with its payload if that is kept and not too large to be shown."""
    shown = case((_SIZE <= LARGEST_SHOWN, WebhookDelivery.payload))
    query = _listed(repository_id).add_columns(shown)
    found = (
        await session.execute(query.where(WebhookDelivery.delivery_id == delivery_id))
    ).one_or_none()
    return None if found is None else (Listed(found[0], found[1]), found[2])


async def cards_moved(session: AsyncSession, delivery: WebhookDelivery) -> list[MovedCard]:
    """The cards that were moved because of a delivery, whenever it was worked out, in the order of their keys."""
    key = func.concat(Board.key, "-", Card.number)
    query = (
        select(Card.id, Card.board_id, key)
        .join(Board, Board.id == Card.board_id)
        .where(
            Card.workspace_id == delivery.workspace_id,
            Card.deleted_at.is_(None),
            Card.id.in_(
                select(Event.card_id).where(
                    Event.operation_id == delivery.id, Event.type == CardMoved.type
                )
            ),
        )
        .order_by(Board.key, Card.number)
    )
    return [MovedCard(*found) for found in await session.execute(query)]


async def lock_to_replay(
    session: AsyncSession, repository_id: UUID, delivery_id: UUID
) -> Listed | None:
    """A delivery by GitHub's id of it, locked."""
    query = _listed(repository_id).where(WebhookDelivery.delivery_id == delivery_id)
    found = (await session.execute(query.with_for_update())).one_or_none()
    return None if found is None else Listed(*found)


async def take_up_dead(
    session: AsyncSession, repository_id: UUID, since: datetime | None, *, limit: int
) -> list[TakenUp]:
    """Make dead deliveries for a repository whose payloads are kept ones to be worked out, the oldest first."""
    row = WebhookDelivery
    dead = (
        select(row.id)
        .where(
            row.repository_id == repository_id,
            row.state == DeliveryState.DEAD,
            row.payload.is_not(None),
        )
        .order_by(row.received_at, row.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if since is not None:
        dead = dead.where(row.received_at >= since)
    taken = await session.execute(
        update(row)
        .where(row.id.in_(dead))
        .values(state=DeliveryState.RECEIVED, error=None, processed_at=None)
        .returning(row.id, row.event)
        .execution_options(synchronize_session=False)
    )
    return sorted((TakenUp(*found) for found in taken), key=lambda each: each.id)


async def has_open_job(session: AsyncSession, delivery: WebhookDelivery) -> bool:
    """Whether a delivery will be worked out without anybody's doing."""
    found = select(Job.id).where(
        Job.kind == ProcessDelivery.kind, Job.idempotency_key == str(delivery.id), IS_OPEN
    )
    return await session.scalar(found) is not None


async def forget_payloads(session: AsyncSession, before: datetime, *, limit: int) -> int:
    """Let go what deliveries said that were received before a time and have ended; how many they were."""
    row = WebhookDelivery
    old = (
        select(row.id)
        .where(row.received_at < before, row.payload.is_not(None), row.state.in_(_ENDED))
        .order_by(row.received_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    gone = await session.scalars(
        update(row)
        .where(row.id.in_(old))
        .values(payload=None)
        .returning(row.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


async def forget_deliveries(session: AsyncSession, before: datetime, *, limit: int) -> int:
    """Delete deliveries that were received before a time; how many. The oldest have the smallest ids."""
    row = WebhookDelivery
    oldest = select(row.id, row.received_at).order_by(row.id).limit(limit).subquery()
    old = select(oldest.c.id).where(oldest.c.received_at < before)
    gone = await session.scalars(
        delete(row)
        .where(row.id.in_(old))
        .returning(row.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _listed(repository_id: UUID) -> Select[*tuple[Any, ...]]:
    return select(WebhookDelivery, _SIZE).where(WebhookDelivery.repository_id == repository_id)
