"""Endpoints parse, call one service function and return.

So they know no SQL, do not touch the session that they hand on, and fit into 15 lines. What is worth
more lines is a rule of the product and belongs to a service, where the worker can call it too. For
the same reason nothing but the api imports endpoints.
"""

import ast
from collections.abc import Iterator, Sequence

from tools.lint.finding import Finding
from tools.lint.sources import Source, body_lines

RULE = "thin-endpoints"
MAX_LINES = 15


def check(sources: Sequence[Source]) -> Iterator[Finding]:
    """SQL, sessions and long bodies in endpoints; endpoints in services."""
    for source in sources:
        if not source.in_package:
            continue
        if is_endpoints(source.parts):
            yield from _check_endpoints(source)
        elif source.parts[1:2] != ("api",):
            yield from _check_others(source)


def is_endpoints(parts: Sequence[str]) -> bool:
    """Whether a module is one of endpoints: `endpoints`, `column_endpoints`, `endpoints.columns`."""
    return any(part == "endpoints" or part.endswith("_endpoints") for part in parts)


def _check_endpoints(source: Source) -> Iterator[Finding]:
    for name, line in source.imports():
        if name.partition(".")[0] == "sqlalchemy":
            message = "endpoints know no SQLAlchemy: ask a service, which asks a repository"
            yield source.finding(RULE, line, message)
    for attribute in source.nodes(ast.Attribute):
        owner = attribute.value
        if isinstance(owner, ast.Name) and owner.id == "session":
            message = f"hand the session on to a service instead of calling its {attribute.attr}"
            yield source.finding(RULE, attribute.lineno, message)
    for function in source.functions:
        lines = body_lines(function)
        if lines > MAX_LINES:
            message = (
                f"{function.name} has {lines} lines, at most {MAX_LINES}: move them to a service"
            )
            yield source.finding(RULE, function.lineno, message)


def _check_others(source: Source) -> Iterator[Finding]:
    for name, line in source.imports():
        if name.startswith("taskly.") and is_endpoints(name.split(".")):
            message = "only the api imports endpoints: call the service that they call"
            yield source.finding(RULE, line, message)
