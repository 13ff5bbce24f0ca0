"""Imports stand at the top of a file and say the full name of what they import.

An import inside a function hides a dependency from the reader and from import-linter's layers, and
nearly always covers up a cycle. A relative import says where the importer is, not what it needs.
"""

import ast
from collections.abc import Iterator, Sequence

from tools.lint.finding import Finding
from tools.lint.sources import Source

RULE = "import-placement"


def check(sources: Sequence[Source]) -> Iterator[Finding]:
    """Imports inside functions, and relative imports."""
    for source in sources:
        imports: list[ast.Import | ast.ImportFrom] = [*source.nodes(ast.ImportFrom)]
        for node in [*imports, *source.nodes(ast.Import)]:
            if _inside_function(source, node):
                message = "move this import to the top of the file; a cycle is solved by an event"
                yield source.finding(RULE, node.lineno, message)
        for relative in source.nodes(ast.ImportFrom):
            if relative.level:
                message = "write the full name: from taskly.… import"
                yield source.finding(RULE, relative.lineno, message)


def _inside_function(source: Source, node: ast.Import | ast.ImportFrom) -> bool:
    return node.col_offset > 0 and any(
        function.lineno <= node.lineno <= (function.end_lineno or 0)
        for function in source.functions
    )
