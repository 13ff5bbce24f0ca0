"""The plans that PostgreSQL makes for searches and lists, and what they scan from end to end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ClauseElement, Executable, Select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from taskly.search import repository
from taskly.search.reading import read_query
from taskly.search.rules.calendar import Calendar
from taskly.search.rules.query import Query

LIMIT = 51
SMALL_TABLE = 5_000
"""Rows. Of a table that fits into a few pages, reading all is the right plan."""

Plan = dict[str, Any]

QUERIES = (
    "",
    "refund",
    "r17 ",
    "refund payment ",
    '"refund payment"',
    "-refund token ",
    "refund OR r17 ",
    "B7-12 ",
    "label:bug is:open",
    "label:bug,ui -label:docs",
    "assignee:me is:open due:<7d",
    "assignee:none priority:>=high",
    "sprint:current points:>3",
    "sprint:next is:blocked",
    "due:overdue has:comments",
    'column:"In Review" updated:<-2w',
    "is:archived",
    "is:blocking pr:none",
    "is:drifting",
    "drift:checks_failing,approved_and_idle -is:drifting",
    "label:bug assignee:me refund ",
)
"""What people ask: rare and common words, keys, and filters of every kind."""


class Explain(Executable, ClauseElement):
    """`EXPLAIN` of a statement, with its own parameters."""

    inherit_cache = False

    def __init__(self, statement: ClauseElement, *, analyze: bool) -> None:
        self.statement = statement
        self.analyze = analyze


@compiles(Explain)
def _explain(element: Explain, compiler: SQLCompiler, **options: Any) -> str:
    choices = "ANALYZE, FORMAT JSON" if element.analyze else "FORMAT JSON"
    return f"EXPLAIN ({choices}) {compiler.process(element.statement, **options)}"


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody, a workspace of theirs, and a board in it."""

    user_id: UUID
    workspace_id: UUID
    board_id: UUID

    def statements(self, text: str) -> Iterator[tuple[str, Select[*tuple[Any, ...]]]]:
        """The statements behind a query, each with the name of its list."""
        query = read_query(text, Calendar(datetime.now(UTC)))
        yield "search", self.search(query)
        board = repository.on_board(self.user_id, self.board_id)
        yield "board", repository.board_statement(board, query, after=None, limit=LIMIT)
        own = repository.of_asker(self.user_id)
        yield "own", repository.due_statement(own, query, after=None, limit=LIMIT)

    def search(self, query: Query) -> Select[*tuple[Any, ...]]:
        """The statement behind a search of the workspace."""
        filters = repository.in_workspace(self.user_id, self.workspace_id)
        return repository.search_statement(filters, query, after=None, limit=LIMIT)


async def plan_of(
    connection: AsyncConnection, statement: ClauseElement, *, analyze: bool = False
) -> Plan:
    """The plan of a statement."""
    found = await connection.execute(Explain(statement, analyze=analyze))
    plan: Plan = found.scalar_one()[0]
    return plan


def sequential_scans(plan: Plan) -> Iterator[str]:
    """The tables that a plan reads from end to end."""
    if plan.get("Node Type") == "Seq Scan":
        yield str(plan["Relation Name"])
    for inner in plan.get("Plans", ()):
        yield from sequential_scans(inner)
    if "Plan" in plan:
        yield from sequential_scans(plan["Plan"])
