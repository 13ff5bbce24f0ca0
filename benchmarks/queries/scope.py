"""A board with a log of 200 000 entries: the changes of one sprint's scope, and what finding them reads."""

import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.figures import Figure
from benchmarks.queries.plans import Plan, plan_of
from taskly.platform.db.engine import engine_at
from taskly.sprints.repository import scope_statement

BOARD_ID = UUID("5f0c3c1e-0000-4000-8000-000000000022")
SPRINT_ID = UUID("5f0c3c1e-0000-4000-8000-000000000023")
EVENTS, CARDS, SPRINTS = 200_000, 10_000, 50
LIMIT = 51
ROUNDS, WARM_UP = 15, 3

# The log goes round all cards again and again; on its second round each comes into a sprint, on its third it gets points.
_CARD = f"md5('card' || n % {CARDS})::uuid"
_SPRINT = f"""
    CASE WHEN n % {SPRINTS} = 7 THEN '{SPRINT_ID}' ELSE md5('sprint' || n % {SPRINTS})::uuid::text END
"""
FILL = f"""
    INSERT INTO events (
        id, stream_kind, stream_id, version, workspace_id, card_id, type, actor_kind, operation_id, data, created_at
    )
    SELECT gen_random_uuid(), 'board', $1, n + 1, $2, {_CARD}, kind, 'system', gen_random_uuid(),
        jsonb_build_object('entity', 'card', 'id', {_CARD}) || CASE n / {CARDS}
            WHEN 1 THEN jsonb_build_object(
                'before', jsonb_build_object('sprint_id', null), 'after', jsonb_build_object('sprint_id', {_SPRINT}),
                'facts', jsonb_build_object('number', 1, 'sprint_id', {_SPRINT}, 'story_points', 3, 'completed_at', null, 'archived_at', null)
            )
            WHEN 2 THEN jsonb_build_object(
                'before', jsonb_build_object('story_points', 3), 'after', jsonb_build_object('story_points', 5),
                'facts', jsonb_build_object('number', 1, 'sprint_id', {_SPRINT}, 'story_points', 5, 'completed_at', null, 'archived_at', null)
            )
            ELSE jsonb_build_object('before', jsonb_build_object('title', n), 'after', jsonb_build_object('title', n + 1))
        END,
        now() - ({EVENTS} - n) * interval '1 minute'
    FROM generate_series(0, {EVENTS} - 1) AS n CROSS JOIN LATERAL (SELECT 'card.updated') AS of (kind)
"""

BARE = """
    SELECT id, version, data FROM events
    WHERE card_id IN (
        SELECT card_id FROM events WHERE data->'after'->>'sprint_id' = $1
    ) AND data->'facts'->>'sprint_id' = $1
    ORDER BY version + 0 LIMIT 51
"""


async def scope_figures(url: str, workspace_id: UUID) -> tuple[list[str], list[Figure]]:
    """What reads much of the log, and the time beside that of bare SQL."""
    connection = await asyncpg.connect(url)
    engine = engine_at(url, server_settings={"jit": "off"})
    try:
        await connection.execute(FILL, BOARD_ID, workspace_id)
        await connection.execute("VACUUM ANALYZE events")
        async with engine.connect() as asking:
            statement = scope_statement(SPRINT_ID, BOARD_ID, after=None, limit=LIMIT)
            plan = await plan_of(asking, statement, analyze=True)
            much = [f"scope changes: {each}" for each in read_much(plan)]
            return much, [await _figure(asking, connection)]
    finally:
        await engine.dispose()
        await connection.close()


def read_much(plan: Plan) -> Iterator[str]:
    """The steps of a plan that went through more than a tenth of the log."""
    rows = plan.get("Actual Rows", 0) + plan.get("Rows Removed by Filter", 0)
    if "Relation Name" in plan and rows * plan["Actual Loops"] > EVENTS / 10:
        yield f"{plan['Node Type']} of {rows * plan['Actual Loops']} rows"
    inner: list[Any] = [*plan.get("Plans", ())]
    for each in [*inner, *([plan["Plan"]] if "Plan" in plan else [])]:
        yield from read_much(each)


async def _figure(asking: AsyncConnection, connection: asyncpg.Connection) -> Figure:
    statement = scope_statement(SPRINT_ID, BOARD_ID, after=None, limit=LIMIT)

    async def ours() -> list[int]:
        return [row.version for row in await asking.execute(statement)]

    async def plain() -> list[int]:
        return [row["version"] for row in await connection.fetch(BARE, str(SPRINT_ID))]

    assert await ours() == await plain()
    samples = [(await _timed(ours), await _timed(plain)) for _ in range(ROUNDS + WARM_UP)]
    mine, peers = zip(*samples[WARM_UP:], strict=True)
    name = f"Scope changes of a sprint, {EVENTS} entries in the log"
    return Figure(
        name=name, unit="ms", ours=mine, beside="the same rows by a plain join", peer=peers
    )


async def _timed(ask: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await ask()
    return (time.perf_counter() - began) * 1000
