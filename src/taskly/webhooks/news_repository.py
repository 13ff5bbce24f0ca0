"""Every query that reads the log for webhooks."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.platform.events.log import read_heads
from taskly.platform.events.models import Event, StreamKind
from taskly.webhooks.models import WebhookCursor

_STREAMS_WITH_NEWS = text(
    """
    WITH listening AS MATERIALIZED (
        SELECT e.id, e.workspace_id FROM webhook_endpoints e
        WHERE e.state = 'active' AND NOT EXISTS (
            SELECT FROM webhook_attempts a WHERE a.endpoint_id = e.id AND a.state = 'queued'
            ORDER BY a.position OFFSET :most LIMIT 1
        )
    )
    SELECT e.id AS endpoint_id, e.workspace_id, b.id AS stream_id, 'board' AS kind
    FROM listening e JOIN boards b ON b.workspace_id = e.workspace_id
    LEFT JOIN webhook_cursors c
        ON c.workspace_id = e.workspace_id AND c.endpoint_id = e.id AND c.stream_id = b.id
    WHERE b.version > COALESCE(c.version, 0)
    UNION ALL
    SELECT e.id, e.workspace_id, w.id, 'workspace'
    FROM listening e JOIN workspaces w ON w.id = e.workspace_id
    LEFT JOIN webhook_cursors c
        ON c.workspace_id = e.workspace_id AND c.endpoint_id = e.id AND c.stream_id = w.id
    WHERE w.version > COALESCE(c.version, 0)
    UNION ALL
    SELECT e.id, e.workspace_id, c.stream_id, 'board'
    FROM listening e JOIN webhook_cursors c
        ON c.workspace_id = e.workspace_id AND c.endpoint_id = e.id AND c.stream_kind = 'board'
    WHERE NOT EXISTS (SELECT FROM boards b WHERE b.id = c.stream_id)
    LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class News:
    """A stream that stands further than a webhook has read, or that has ended."""

    endpoint_id: UUID
    workspace_id: UUID
    stream_id: UUID
    kind: StreamKind


@dataclass(frozen=True, slots=True)
class Entry:
    """An event of the log, as far as it matters to whoever decides whether to tell it."""

    id: UUID
    version: int
    type: str


async def streams_with_news(session: AsyncSession, *, most: int, limit: int) -> list[News]:
    """What live webhooks have not read yet; but nothing for those in whose line are `most` messages."""
    rows = await session.execute(_STREAMS_WITH_NEWS, {"most": most - 1, "limit": limit})
    return [
        News(row.endpoint_id, row.workspace_id, row.stream_id, StreamKind(row.kind)) for row in rows
    ]


async def entries(
    session: AsyncSession, stream_id: UUID, *, after: int, limit: int
) -> Sequence[Entry]:
    """The events of a stream that follow a version, in the order of their versions."""
    rows = await session.execute(
        select(Event.id, Event.version, Event.type)
        .where(Event.stream_id == stream_id, Event.version > after)
        .order_by(Event.version)
        .limit(limit)
    )
    return [Entry(*row) for row in rows]


async def has_ended(session: AsyncSession, news: News, *, after: int) -> bool:
    """Whether nothing follows in the stream, and nothing ever will."""
    if await read_heads(session, news.kind, [news.stream_id]):
        return False
    # What came last was stored together with the head's end: it may not have been there a moment ago.
    return not await entries(session, news.stream_id, after=after, limit=1)


async def forget(session: AsyncSession, cursor: WebhookCursor) -> None:
    """Stop following a stream."""
    await session.delete(cursor)
