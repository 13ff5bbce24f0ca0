"""Names say what a thing is.

`utils`, `helpers`, `common` and `manager` say nothing but that nobody found the word; what is in such
a module belongs to something that has a name. The endings `data` and `info` add a word and no
meaning: every object holds data. The words to use are the product's own.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from tools.lint.finding import Finding
from tools.lint.sources import Source

RULE = "plain-names"
EMPTY_WORDS = frozenset(
    {"util", "utils", "helper", "helpers", "common", "commons", "manager", "managers"}
)
EMPTY_ENDINGS = frozenset({"data", "info"})
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def check(sources: Sequence[Source]) -> Iterator[Finding]:
    """Modules, packages, classes and functions whose names are empty words."""
    complained: set[PurePosixPath] = set()
    for source in sources:
        for place in [*source.path.parents, source.path]:
            complaint = _complaint(place.stem)
            if complaint and place not in complained:
                complained.add(place)
                yield source.finding(RULE, 1, complaint)
        for definition in [*source.nodes(ast.ClassDef), *source.functions]:
            complaint = _complaint(definition.name)
            if complaint:
                yield source.finding(RULE, definition.lineno, complaint)


def _complaint(name: str) -> str | None:
    words = [word.lower() for word in WORD.findall(name)]
    empty = EMPTY_WORDS.intersection(words)
    if empty:
        return f"{name}: say what it is or does instead of {min(empty)}"
    if len(words) > 1 and words[-1] in EMPTY_ENDINGS:
        return f"{name}: drop {words[-1]}, or say which"
    return None
