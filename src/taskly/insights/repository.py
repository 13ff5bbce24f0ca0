"""Every query of insights: the log of a board, part by part."""

from uuid import UUID

from sqlalchemy import DateTime, Uuid, column, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.insights.rules.folding import ASKED_FOR, Entry

_LOG = text(
    """
    SELECT
        created_at, type, actor_id,
        jsonb_build_object(
            'entity', data->'entity', 'id', data->'id',
            'before', CASE WHEN data->'before' <> 'null' THEN jsonb_build_object() END,
            'after', CASE WHEN data->'after' <> 'null' THEN
                (data->'after') - ARRAY['title', 'description', 'goal']
            END
        ) AS data
    FROM events
    WHERE stream_id = :board_id AND version > :after AND version <= :upto
        AND data->>'entity' IN ('card', 'column', 'sprint')
        AND (
            data->>'entity' <> 'card' OR data->'before' = 'null' OR data->'after' = 'null'
            OR data->'after' ?| CAST(:asked_for AS text[])
        )
    ORDER BY version
    """
).columns(
    column("created_at", DateTime(timezone=True)),
    column("type"),
    column("actor_id", Uuid()),
    column("data", JSONB()),
)
"""Without the long texts, and without the changes of cards that charts don't ask for."""


async def log_part(session: AsyncSession, board_id: UUID, *, after: int, upto: int) -> list[Entry]:
    """What charts ask of a board's log behind a version, up to another, in the order of the versions."""
    bounds = {"board_id": board_id, "after": after, "upto": upto}
    rows = await session.execute(_LOG, {**bounds, "asked_for": sorted(ASKED_FOR)})
    return [Entry(at, kind, by, data) for at, kind, by, data in rows]
