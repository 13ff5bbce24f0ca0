"""Large boards and large changes, each beside the bare SQL of the same work."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from itertools import cycle
from uuid import UUID

import asyncpg
from asyncpg import Connection

from benchmarks.board import Json, assert_is_sound
from benchmarks.figures import Figure
from benchmarks.scene import Scene
from taskly.api.app import BOARD

SNAPSHOTS = (2000, 5000)
AT_ONCE, BY_JOB = 100, 500
PRIORITIES = {AT_ONCE: ("low", "high"), BY_JOB: ("medium", "urgent")}
"""By turns, and none that the other size has left."""
POLL_SECONDS = 0.005
PATIENCE_SECONDS = 60
MOST_SAMPLES = 10
WARM_UP = 1

# As many cards as are asked for, each with labels and people, like those of another board.
MULTIPLY = """
    WITH made AS (
        INSERT INTO cards (
            id, workspace_id, board_id, column_id, number, rank, title, description,
            acceptance_criteria, priority, story_points, version, checklist, attachments, updated_at
        )
        SELECT gen_random_uuid(), model.workspace_id, $2, $3, n, 'a' || lpad(to_hex(n), 8, '0') || 'a',
            model.title, model.description, model.acceptance_criteria, model.priority,
            model.story_points, 1, model.checklist, model.attachments, now()
        FROM generate_series(1, $4::integer) AS n
        JOIN cards AS model ON model.board_id = $1 AND model.number = 1 + n % 500
        RETURNING id, workspace_id, number
    ), hung AS (
        INSERT INTO card_assignees (card_id, user_id, workspace_id)
        SELECT made.id, assignee.user_id, made.workspace_id
        FROM made JOIN cards AS model ON model.board_id = $1 AND model.number = 1 + made.number % 500
        JOIN card_assignees AS assignee ON assignee.card_id = model.id
    )
    UPDATE boards SET next_card_number = $4::integer + 1, version = version + 1 WHERE id = $2
"""
LOCK = "SELECT version FROM boards WHERE id = $1 FOR UPDATE"
CHANGE = """
    UPDATE cards SET priority = $1::text::card_priority, version = $2 + place.nth, updated_at = now()
    FROM unnest($3::uuid[]) WITH ORDINALITY AS place (id, nth) WHERE cards.id = place.id
"""
LOG = """
    INSERT INTO events (id, stream_kind, stream_id, version, workspace_id, card_id, type, actor_kind,
        actor_id, operation_id, data, created_at)
    SELECT gen_random_uuid(), 'board', $1, $2 + place.nth, $3, place.id, 'card.updated', 'user', $4,
        gen_random_uuid(), $5::text::jsonb, now()
    FROM unnest($6::uuid[]) WITH ORDINALITY AS place (id, nth)
"""
ADVANCE = "UPDATE boards SET version = version + $2 WHERE id = $1"

Timed = Callable[[], Awaitable[object]]


async def measure_large(scene: Scene) -> list[Figure]:
    """Snapshots of thousands of cards, and changes of hundreds; afterwards the board is sound."""
    connection = await asyncpg.connect(scene.site.environment["DATABASE_URL"])
    try:
        figures = [await _snapshot(scene, connection, size) for size in SNAPSHOTS]
        figures += [await _bulk(scene, connection, size) for size in (AT_ONCE, BY_JOB)]
    finally:
        await connection.close()
    await assert_is_sound(scene.member, scene.board["id"], scene.site.environment["DATABASE_URL"])
    return figures


async def _snapshot(scene: Scene, connection: Connection, size: int) -> Figure:
    """The first read of a board after it has changed, beside the statement that reads it."""
    board = await _board_of(scene, connection, size)
    path, card = f"/boards/{board['id']}", board["cards"][0]["id"]
    neighbours = cycle((board["cards"][1]["id"], board["cards"][2]["id"]))

    async def read() -> None:
        response = await scene.member.client.get(path)
        assert response.status_code == 200

    async def query() -> None:
        async with scene.runtime.database.reading() as session:
            await BOARD.read(session, UUID(board["id"]))

    async def change() -> None:
        await scene.member.post(f"/cards/{card}/move", {"before": next(neighbours)})

    ours, peer = await _in_turn(scene, read, query, before=change)
    return Figure(
        name=f"Board of {size} cards, first read after a change",
        unit="ms",
        ours=ours,
        beside="its statement",
        peer=peer,
    )


async def _board_of(scene: Scene, connection: Connection, size: int) -> Json:
    member = scene.member
    made = await member.post(
        f"/workspaces/{member.workspace_id}/boards", {"name": f"{size}", "key": f"B{size}"}
    )
    columns = (await member.get(f"/boards/{made['id']}"))["columns"]
    model, board, column = UUID(scene.board["id"]), UUID(made["id"]), UUID(columns[0]["id"])
    await connection.execute(MULTIPLY, model, board, column, size)
    await connection.execute("ANALYZE cards, card_assignees")
    shown: Json = await member.get(f"/boards/{made['id']}")
    assert len(shown["cards"]) == size
    return shown


async def _bulk(scene: Scene, connection: Connection, size: int) -> Figure:
    """Another priority for many cards, beside bare SQL that locks the board, changes the cards and logs it."""
    cards = [card["id"] for card in scene.board["cards"][:size]]
    on_peer = [UUID(card["id"]) for card in scene.peer_board["cards"][:size]]
    ours_next, peer_next = cycle(PRIORITIES[size]), cycle(PRIORITIES[size])

    async def change() -> None:
        body = {"card_ids": cards, "changes": [{"mode": "set", "priority": next(ours_next)}]}
        answer = await scene.member.post("/cards/bulk-update", body)
        if answer["job_id"] is not None:
            answer = await result_of(scene, answer["job_id"])
        assert answer["changed"] == size, answer

    async def change_bare() -> None:
        await _change_bare(scene, connection, on_peer, next(peer_next))

    ours, peer = await _in_turn(scene, change, change_bare)
    return Figure(
        name=f"Bulk change of {size} cards{'' if size <= AT_ONCE else ', by a job'}",
        unit="ms",
        ours=ours,
        beside="the same in SQL",
        peer=peer,
    )


async def _change_bare(
    scene: Scene, connection: Connection, cards: list[UUID], priority: str
) -> None:
    board, workspace = UUID(scene.peer_board["id"]), UUID(scene.member.workspace_id)
    change = {"before": {"priority": "none"}, "after": {"priority": priority}, "entity": "card"}
    async with connection.transaction():
        version = await connection.fetchval(LOCK, board)
        await connection.execute(CHANGE, priority, version, cards)
        await connection.execute(
            LOG, board, version, workspace, UUID(scene.member.user_id), json.dumps(change), cards
        )
        await connection.execute(ADVANCE, board, len(cards))


async def result_of(scene: Scene, job_id: str) -> Json:
    """What a job came to.

    Raises:
        AssertionError, TimeoutError: it failed, or takes far too long.
    """
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            job: Json = await scene.member.get(f"/jobs/{job_id}")
            if job["state"] == "done":
                result: Json = job["result"]
                return result
            assert job["error"] is None, job
            await asyncio.sleep(POLL_SECONDS)


async def _in_turn(
    scene: Scene, ours: Timed, peer: Timed, *, before: Timed | None = None
) -> tuple[list[float], list[float]]:
    """Milliseconds of ours and the peer's, turn by turn; `before` each of ours something untimed."""
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(min(scene.effort.samples, MOST_SAMPLES) + WARM_UP):
        if before is not None:
            await before()
        for one, samples in zip((ours, peer), found, strict=True):
            began = time.perf_counter()
            await one()
            samples.append((time.perf_counter() - began) * 1000)
    return found[0][WARM_UP:], found[1][WARM_UP:]
