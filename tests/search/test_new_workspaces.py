"""Searches of a workspace that was filled after PostgreSQL last looked at its tables."""

from typing import Any

import asyncpg
import pytest

from benchmarks.queries.filling import BOARD, USER, WORKSPACE, Filling, Size, uuid
from benchmarks.queries.plans import Asker, Plan, plan_of
from taskly.platform.db.engine import engine_at
from tests.support.database import clone
from tests.support.servers import Servers

pytestmark = pytest.mark.anyio

SIZE = Size(cards=2000, boards=8, workspaces=4)
IS_NEW = "n % 4 = 3"
"""Of a card with its number, whether it is in the last workspace."""


def gone_through_again(plan: Plan) -> list[str]:
    """What is read from end to end once for every row of something else."""
    parts: list[dict[str, Any]] = plan.get("Plans", [])
    found = [name for part in parts for name in gone_through_again(part)]
    if plan.get("Node Type") == "Nested Loop":
        inner = parts[1]
        found += [inner["Alias"]] if inner["Node Type"] in {"CTE Scan", "Seq Scan"} else []
    return found


async def fill(url: str) -> Asker:
    """Somebody whose workspace was filled last."""
    connection = await asyncpg.connect(url)
    filling = Filling(SIZE)
    try:
        for statement in (*filling.places(), *filling.boards()):
            await connection.execute(statement)
        await connection.execute(f"{filling.cards()} WHERE NOT {IS_NEW}")
        await connection.execute("ANALYZE")
        await connection.execute(f"{filling.cards()} WHERE {IS_NEW}")
        ids = uuid(USER, "38"), uuid(WORKSPACE, "3"), uuid(BOARD, "7")
        row = await connection.fetchrow(f"SELECT {', '.join(ids)}")
    finally:
        await connection.close()
    assert row is not None
    return Asker(*row)


async def test_what_words_find_is_not_gone_through_for_every_card(
    servers: Servers, template: str
) -> None:
    async with clone(servers.database_url, template) as url:
        asker = await fill(url)
        engine = engine_at(url, server_settings={"jit": "off"})
        try:
            async with engine.connect() as connection:
                found = {
                    (name, query): gone_through_again(
                        (await plan_of(connection, statement))["Plan"]
                    )
                    for query in ("refund", "refund OR payment", '"refund payment"')
                    for name, statement in asker.statements(query)
                }
        finally:
            await engine.dispose()

    assert len(found) == 9
    assert [each for each, names in found.items() if names] == []
