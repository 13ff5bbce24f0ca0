"""The queries about the clock of PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_STREAMS_AHEAD = text(
    """
    SELECT stream_kind, stream_id, max(events.created_at) - statement_timestamp() AS by
    FROM workspaces
    JOIN events ON events.workspace_id = workspaces.id
        AND events.created_at > statement_timestamp() + :tolerance
    GROUP BY stream_kind, stream_id ORDER BY by DESC, stream_id
    """
)

Ahead = tuple[str, UUID, timedelta]
"""A stream, and by how much its last change is ahead."""


async def clock_of(session: AsyncSession) -> datetime:
    """What time PostgreSQL has."""
    at: datetime = (await session.scalars(text("SELECT clock_timestamp()"))).one()
    return at


async def streams_ahead(session: AsyncSession, tolerance: timedelta) -> Sequence[Ahead]:
    """The streams whose last change is ahead of PostgreSQL's clock by more than so much, the farthest first."""
    rows = await session.execute(_STREAMS_AHEAD, {"tolerance": tolerance})
    return [(kind, stream_id, by) for kind, stream_id, by in rows]
