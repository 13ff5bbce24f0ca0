"""Every `relationship()` is `lazy="raise"` and stays inside its domain.

A relationship that loads by itself is a query that nobody wrote: one a row in a loop, or an error in
async code. Between domains there are foreign-key columns, so that a domain can be read alone.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence

from tools.lint.finding import Finding
from tools.lint.sources import Source, domain_of, keyword

RULE = "relationships"
RELATIONSHIP = frozenset({"sqlalchemy.orm.relationship"})


def check(sources: Sequence[Source]) -> Iterator[Finding]:
    """Relationships that load by themselves or lead into another domain."""
    homes = {
        node.name: source.module
        for source in sources
        if source.in_package
        for node in source.nodes(ast.ClassDef)
    }
    for source in sources:
        calls = [c for c in source.nodes(ast.Call) if source.meaning(c.func) in RELATIONSHIP]
        for call in calls:
            lazy = keyword(call, "lazy")
            if not (isinstance(lazy, ast.Constant) and lazy.value == "raise"):
                message = 'add lazy="raise" and load by name where it is needed'
                yield source.finding(RULE, call.lineno, message)
            for target in sorted(_foreign_targets(source, call, homes)):
                message = (
                    f"{target} is another domain's: keep the foreign key, drop the relationship"
                )
                yield source.finding(RULE, call.lineno, message)


def _foreign_targets(source: Source, call: ast.Call, homes: Mapping[str, str]) -> set[str]:
    """Classes of other domains that a relationship names, in its annotation or its argument."""
    named: list[ast.AST] = list(call.args[:1])
    named += [node.annotation for node in source.nodes(ast.AnnAssign) if node.value is call]
    return {
        name
        for expression in named
        for name in _names(expression)
        if (home := domain_of(_home(source, name, homes))) is not None and home != source.domain
    }


def _home(source: Source, name: str, homes: Mapping[str, str]) -> str:
    own = {node.name for node in source.nodes(ast.ClassDef)}
    if name in own:
        return source.module
    return source.imported.get(name) or homes.get(name, "")


def _names(expression: ast.AST) -> Iterator[str]:
    for node in ast.walk(expression):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from node.value.replace("[", " ").replace("]", " ").replace("|", " ").split()
