"""`commit()` stands in one place: `taskly/platform/db/session.py`.

There the log and the outbox are written with the change and announced after it. A second place that
commits is a change without an event, or an event without a change. `begin()` as a block commits too.
"""

import ast
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from tools.lint.finding import Finding
from tools.lint.sources import Source

RULE = "one-commit"
THE_PLACE = PurePosixPath("src/taskly/platform/db/session.py")
# Alembic runs its own transactions; the fake GitHub has commits of Git, and no database.
WITHOUT_SESSIONS = frozenset({"migrations", "fake_github"})


def check(sources: Sequence[Source]) -> Iterator[Finding]:
    """Calls of `commit` and `begin` outside the one place, and a second `commit` in it."""
    for source in sources:
        if not source.in_package or WITHOUT_SESSIONS.intersection(source.parts):
            continue
        commits = [call.lineno for call in _method_calls(source, "commit")]
        begins = [call.lineno for call in _method_calls(source, "begin")]
        if source.path == THE_PLACE:
            for line in commits[1:]:
                yield source.finding(RULE, line, "commit once: in Database.transaction()")
            continue
        for line in commits:
            message = "let Database.transaction() commit, so that the log and the outbox go along"
            yield source.finding(RULE, line, message)
        for line in begins:
            yield source.finding(RULE, line, "use Database.transaction(): a begin() block commits")


def _method_calls(source: Source, method: str) -> list[ast.Call]:
    return [
        call
        for call in source.nodes(ast.Call)
        if isinstance(call.func, ast.Attribute) and call.func.attr == method
    ]
