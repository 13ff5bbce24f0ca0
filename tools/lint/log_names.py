"""A log event is a static name with fields: `log.info("delivery.processed", delivery=id)`.

A static name can be searched for in the code, counted, and alerted on. An f-string can't, and is how
a secret gets into the log.
"""

import ast
import re
from collections.abc import Iterator, Sequence

from tools.lint.finding import Finding
from tools.lint.sources import Source

RULE = "log-names"
LOGGERS = frozenset({"log", "logger", "_log", "_logger"})
LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "fatal"})
EVENT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


def check(sources: Sequence[Source]) -> Iterator[Finding]:
    """Log calls whose event is not a static dotted name."""
    for source in sources:
        if not source.in_package:
            continue
        for call in source.nodes(ast.Call):
            if _is_log_call(call) and not _has_static_name(call):
                message = 'name the event ("delivery.processed") and give the rest as fields'
                yield source.finding(RULE, call.lineno, message)


def _is_log_call(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in LEVELS:
        return False
    owner: ast.expr = call.func.value
    if isinstance(owner, ast.Call) and isinstance(owner.func, ast.Attribute):
        owner = owner.func.value  # log.bind(…).info(…)
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return name in LOGGERS


def _has_static_name(call: ast.Call) -> bool:
    event = call.args[0] if call.args else None
    return (
        isinstance(event, ast.Constant)
        and isinstance(event.value, str)
        and EVENT.fullmatch(event.value) is not None
    )
