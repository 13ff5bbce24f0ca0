"""`python -m benchmarks.queries`: how PostgreSQL finds cards when there are many, and what that costs.

It makes a database of its own, asks it everything that people may ask, and tells which plans read a big
table from end to end. Beside the time of Taskly stands that of the statement that a person would
write who has to find just these cards, and nothing more.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
from alembic import command
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.figures import Figure, table
from benchmarks.queries.bare import BARE, Bare
from benchmarks.queries.filling import BOARD, USER, WORKSPACE, Size, fill, uuid
from benchmarks.queries.plans import QUERIES, SMALL_TABLE, Asker, plan_of, sequential_scans
from benchmarks.queries.requests import scans_of_requests
from benchmarks.queries.scope import scope_figures
from benchmarks.queries.timeline import timeline_figures
from taskly.embedded.postgres import running_postgres
from taskly.platform.db.engine import engine_at
from taskly.platform.db.migrate import alembic_config

ROUNDS = 9
PLANS = ("force_custom_plan", "force_generic_plan")
"""PostgreSQL plans for the values at hand, or once for all; it changes over to that by itself."""


def main() -> int:
    """Fill, ask, print; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queries", description=__doc__)
    parser.add_argument("--cards", type=int, default=100_000)
    parser.add_argument("--boards", type=int, default=100)
    parser.add_argument("--workspaces", type=int, default=5)
    parser.add_argument("--strict", action="store_true", help="fail if a big table is read whole")
    options = parser.parse_args()
    size = Size(options.cards, options.boards, options.workspaces)
    with (
        tempfile.TemporaryDirectory(prefix="taskly-queries-") as directory,
        running_postgres(Path(directory) / "pg", fast=True) as url,
    ):
        command.upgrade(alembic_config(url), "head")
        began = time.monotonic()
        asyncio.run(fill(url, size))
        print(f"{size.cards} cards on {size.boards} boards: {time.monotonic() - began:.0f} s")
        is_clean = asyncio.run(_ask(url, size))
    return 0 if is_clean or not options.strict else 1


async def _ask(url: str, size: Size) -> bool:
    asker, big = await _looked_up(url, size)
    scanned = [line for mode in PLANS for line in await _scans(url, mode, asker, big)]
    count, by_requests = await scans_of_requests(url, big)
    print(f"{len(QUERIES) * 3} lists and {count} statements of requests were planned.")
    read_much, scopes = await scope_figures(url, asker.workspace_id)
    scanned += [*by_requests, *read_much]
    print("\n  ".join(["Big tables read from end to end:", *(scanned or ["none"])]))
    timelines = await timeline_figures(url, asker.user_id, asker.workspace_id)
    print(table([*await _figures(url, asker), *timelines, *scopes]))
    return not scanned


async def _looked_up(url: str, size: Size) -> tuple[Asker, set[str]]:
    """Somebody of the third workspace, and the tables that are big."""
    connection = await asyncpg.connect(url)
    try:
        workspace = 2 % size.workspaces
        ids = (
            uuid(USER, str(workspace * 12 + 2)),
            uuid(WORKSPACE, str(workspace)),
            uuid(BOARD, str(workspace + size.workspaces)),
        )
        row = await connection.fetchrow(f"SELECT {', '.join(ids)}")
        rows = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > $1", SMALL_TABLE
        )
    finally:
        await connection.close()
    assert row is not None
    return Asker(*row), {each["relname"] for each in rows}


async def _scans(url: str, mode: str, asker: Asker, big: set[str]) -> list[str]:
    """The big tables that a plan of this mode reads from end to end, each with the query."""
    engine = engine_at(url, server_settings={"jit": "off", "plan_cache_mode": mode})
    try:
        async with engine.connect() as connection:
            return [
                f"{mode}: {name} {text!r} reads {relation}"
                for text in QUERIES
                for name, statement in asker.statements(text)
                for relation in sequential_scans(await plan_of(connection, statement))
                if relation in big
            ]
    finally:
        await engine.dispose()


async def _figures(url: str, asker: Asker) -> list[Figure]:
    engine = engine_at(url, server_settings={"jit": "off"})
    try:
        async with engine.connect() as connection:
            return [await _figure(connection, asker, bare) for bare in BARE]
    finally:
        await engine.dispose()


async def _figure(connection: AsyncConnection, asker: Asker, bare: Bare) -> Figure:
    """Turn by turn, so that whatever else the machine does befalls both."""
    statement = dict(asker.statements(bare.query))["search"]
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    assert driver is not None

    async def ours() -> set[object]:
        return {row.id for row in await connection.execute(statement)}

    async def plain() -> set[object]:
        return {row["id"] for row in await driver.fetch(bare.sql, asker.workspace_id)}

    assert await ours() == await plain(), bare.query
    samples = [(await _timed(ours), await _timed(plain)) for _ in range(ROUNDS)]
    mine, peers = zip(*samples, strict=True)
    name = f"Search: {bare.query}"
    return Figure(name=name, unit="ms", ours=mine, beside="bare SQL", peer=peers)


async def _timed(ask: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await ask()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    sys.exit(main())
