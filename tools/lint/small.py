"""Modules have at most 400 lines and functions at most 40, docstrings not counted.

What is longer is about more than one thing. Split a module by what people do with it
(`cards/moving.py`), not by “part 2”, and a function where a step of it has a name. A migration is a
record of what happened to the schema, as long as that was.
"""

from collections.abc import Iterator, Sequence

from tools.lint.finding import Finding
from tools.lint.sources import Source, function_lines

RULE = "small"
MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 40


def check(sources: Sequence[Source]) -> Iterator[Finding]:
    """Modules and functions that are too long."""
    for source in sources:
        if "versions" in source.parts and "migrations" in source.parts:
            continue
        lines = source.text.count("\n")
        if lines > MAX_MODULE_LINES:
            message = f"{lines} lines, at most {MAX_MODULE_LINES}: split it by use-case"
            yield source.finding(RULE, lines, message)
        for function in source.functions:
            lines = function_lines(function)
            if lines > MAX_FUNCTION_LINES:
                message = f"{function.name} has {lines} lines, at most {MAX_FUNCTION_LINES}"
                yield source.finding(RULE, function.lineno, f"{message}: give a step its own name")
