"""In a domain, every statement stands in its repository.

Whoever asks which queries touch a table, or why one is slow, reads one file. Services say what they
want in the domain's words and stay readable without SQL. Tables and migrations speak SQL by nature.
"""

import ast
from collections.abc import Iterator, Sequence

from tools.lint.finding import Finding
from tools.lint.sources import Source

RULE = "queries-in-repositories"
STATEMENTS = frozenset({"select", "insert", "update", "delete", "text", "union", "union_all"})


def check(sources: Sequence[Source]) -> Iterator[Finding]:
    """Statements of SQLAlchemy made in a domain outside its repository and its tables."""
    for source in sources:
        if source.domain is None or _may_hold_queries(source):
            continue
        for call in source.nodes(ast.Call):
            package, _, function = (source.meaning(call.func) or "").rpartition(".")
            if package.partition(".")[0] == "sqlalchemy" and function in STATEMENTS:
                message = f"move this {function}() to the domain's repository"
                yield source.finding(RULE, call.lineno, message)


def _may_hold_queries(source: Source) -> bool:
    return any(
        part in {"repository", "models", "migrations"} or part.endswith(("_repository", "_models"))
        for part in source.parts
    )
