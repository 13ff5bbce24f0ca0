"""`rules` modules import nothing but the standard library, `taskly.kit` and other rules.

They are the product's decisions as plain functions: tested without a database by the thousand, and
readable by someone who knows the product and not the stack.
"""

import sys
from collections.abc import Iterator, Sequence

from tools.lint.finding import Finding
from tools.lint.sources import Source

RULE = "pure-rules"


def check(sources: Sequence[Source]) -> Iterator[Finding]:
    """Imports of infrastructure, tables or libraries in rules."""
    for source in sources:
        if source.domain is None or not _is_rules(source.parts):
            continue
        for name, line in source.imports():
            if not _is_pure(name):
                message = f"{name} is not pure: take what you need as an argument"
                yield source.finding(RULE, line, message)


def _is_rules(parts: Sequence[str]) -> bool:
    return any(part == "rules" or part.endswith("_rules") for part in parts)


def _is_pure(name: str) -> bool:
    parts = name.split(".")
    if parts[0] == "taskly":
        return parts[1:2] == ["kit"] or _is_rules(parts)
    return parts[0] in sys.stdlib_module_names
