"""A board of 12 sprints and 2000 cards: its timeline, beside bare SQL that reads the same rows."""

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.figures import Figure
from taskly.boards.models import BoardAccess
from taskly.boards.rules import WipPolicy
from taskly.planning.timeline import timeline_of
from taskly.platform.db.engine import engine_at
from taskly.search.finding import Question
from taskly.search.reading import read_query
from taskly.search.rules.calendar import Calendar
from taskly.workspaces.models import Role

BOARD_ID = UUID("5f0c3c1e-0000-4000-8000-000000000012")
ROUNDS = 15
WARM_UP = 3
SPRINTS, CARDS, BACKLOG = 12, 2000, 800

# Most cards are in sprints, of which the first three are over; two people are on each, and every fifth waits for another.
FILL = (
    "INSERT INTO boards (id, workspace_id, name, key, next_card_number) VALUES ($1, $2, 'Plan', 'PLAN', 5000)",
    """
    INSERT INTO board_columns (id, workspace_id, board_id, name, category, rank)
    SELECT gen_random_uuid(), $2, $1, category, category::column_category, rank
    FROM (VALUES ('todo', 'a'), ('in_progress', 'b'), ('done', 'c')) AS kinds (category, rank)
    """,
    f"""
    INSERT INTO sprints (id, workspace_id, board_id, name, starts_on, ends_on)
    SELECT gen_random_uuid(), $2, $1, 'Sprint ' || n, current_date - 42 + 14 * n, current_date - 31 + 14 * n
    FROM generate_series(0, {SPRINTS} - 1) AS n
    """,
    f"""
    INSERT INTO cards (id, workspace_id, board_id, number, column_id, rank, title, priority, story_points, due_date,
        sprint_id, completed_at, updated_at, version)
    SELECT gen_random_uuid(), $2, $1, nth, c.id, 'a' || lpad(nth::text, 8, '0'), 'Refund payment number ' || nth,
        (enum_range(NULL::card_priority))[1 + nth % 5], nullif(nth % 9, 0), CASE nth % 3 WHEN 0 THEN current_date + nth % 60 END,
        s.id, CASE WHEN s.n < 3 THEN now() END, now(), 1
    FROM generate_series(1, {CARDS}) AS nth
    LEFT JOIN (
        SELECT id, row_number() OVER (ORDER BY starts_on) - 1 AS n FROM sprints WHERE board_id = $1
    ) AS s ON nth > {BACKLOG} AND s.n = nth % {SPRINTS}
    JOIN board_columns AS c ON c.board_id = $1 AND c.rank = CASE WHEN s.n < 3 THEN 'c' ELSE 'a' END
    """,
    """
    INSERT INTO card_assignees (card_id, user_id, workspace_id)
    SELECT c.id, m.user_id, $2 FROM cards AS c
    JOIN (
        SELECT user_id, row_number() OVER (ORDER BY user_id) - 1 AS n FROM workspace_members WHERE workspace_id = $2
    ) AS m ON m.n IN (c.number % 11, c.number % 11 + 1)
    WHERE c.board_id = $1
    """,
    """
    INSERT INTO card_dependencies (blocked_id, blocker_id, board_id, workspace_id)
    SELECT a.id, b.id, $1, $2 FROM cards AS a JOIN cards AS b ON b.board_id = $1 AND b.number = a.number - 1
    WHERE a.board_id = $1 AND a.number % 5 = 0
    """,
)

BARE = (
    "SELECT b.version, w.time_zone FROM boards b JOIN workspaces w ON w.id = b.workspace_id WHERE b.id = $1",
    """
    SELECT id, name, goal, starts_on, ends_on, capacity, started_at, completed_at FROM sprints
    WHERE board_id = $1 AND deleted_at IS NULL AND ends_on >= current_date - 42 ORDER BY starts_on, id
    """,
    """
    SELECT c.id, c.number, c.title, c.column_id, l.category, c.priority, c.story_points, c.due_date, c.sprint_id,
        c.completed_at, array(SELECT user_id FROM card_assignees WHERE card_id = c.id)
    FROM cards c JOIN board_columns l ON l.id = c.column_id WHERE c.board_id = $1 AND c.archived_at IS NULL
    ORDER BY c.priority DESC, l.rank, c.rank
    """,
    """
    SELECT d.blocker_id, d.blocked_id, a.number, b.number, a.sprint_id, b.sprint_id, a.completed_at, b.completed_at
    FROM card_dependencies d JOIN cards a ON a.id = d.blocker_id JOIN cards b ON b.id = d.blocked_id
    WHERE d.board_id = $1
    """,
    """
    SELECT m.user_id, u.name, m.capacity FROM workspace_members m JOIN users u ON u.id = m.user_id
    WHERE m.workspace_id = (SELECT workspace_id FROM boards WHERE id = $1)
    """,
)


async def timeline_figures(url: str, user_id: UUID, workspace_id: UUID) -> list[Figure]:
    """Fill the board, and ask for its timeline with and without a filter, turn by turn with bare SQL."""
    connection = await asyncpg.connect(url)
    engine = engine_at(url, server_settings={"jit": "off"})
    try:
        for statement in FILL:
            await connection.execute(statement, BOARD_ID, workspace_id)
        await connection.execute("ANALYZE")
        async with AsyncSession(engine) as session:
            return [
                await _figure(session, connection, user_id, workspace_id, query)
                for query in ("", "assignee:me priority:>=medium -is:blocked")
            ]
    finally:
        await engine.dispose()
        await connection.close()


async def _figure(
    session: AsyncSession,
    connection: asyncpg.Connection,
    user_id: UUID,
    workspace_id: UUID,
    query: str,
) -> Figure:
    now = datetime.now(UTC)
    question = Question(query, read_query(query, Calendar(now)), user_id, now)
    board = BoardAccess(
        id=BOARD_ID,
        workspace_id=workspace_id,
        key="PLAN",
        version=0,
        archived_at=None,
        wip_policy=WipPolicy.WARN,
        role=Role.MEMBER,
    )

    async def ours() -> Sequence[int]:
        shown = await timeline_of(session, board, question, None, CARDS)
        shown.model_dump_json().encode()
        counts = [each.totals.cards for each in shown.sprints]
        return len(counts), sum(counts) + shown.backlog.totals.cards, 1

    async def plain() -> Sequence[int]:
        heads, sprints, cards, _, _ = [await connection.fetch(sql, BOARD_ID) for sql in BARE]
        return len(sprints), len(cards), len(heads)

    assert list(await ours()) == list(await plain()) == [SPRINTS, CARDS, 1]
    samples = [(await _timed(ours), await _timed(plain)) for _ in range(ROUNDS + WARM_UP)]
    mine, peers = zip(*samples[WARM_UP:], strict=True)
    name = f"Timeline of {SPRINTS} sprints, {CARDS} cards: {query or 'all'}"
    return Figure(name=name, unit="ms", ours=mine, beside="bare SQL of the rows", peer=peers)


async def _timed(ask: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await ask()
    return (time.perf_counter() - began) * 1000
