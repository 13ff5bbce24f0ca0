"""A dependency that yields is named with `Depends(…, scope="function")`.

FastAPI otherwise runs what stands after the `yield` when the answer has been sent already: people
would be told about a change whose commit then fails.
"""

import ast
from collections.abc import Iterator, Sequence

from tools.lint.finding import Finding
from tools.lint.sources import FunctionNode, Source, keyword

RULE = "scoped-dependencies"
DEPENDS = frozenset({"fastapi.Depends", "fastapi.params.Depends", "fastapi.Security"})
YIELDS: tuple[type[ast.expr], ...] = (ast.Yield, ast.YieldFrom)


def check(sources: Sequence[Source]) -> Iterator[Finding]:
    """`Depends` on a generator function of the tree, without the scope."""
    generators = {
        f"{source.module}.{function.name}"
        for source in sources
        if any(source.nodes(kind) for kind in YIELDS)
        for function in source.functions
        if _yields(function)
    }
    for source in sources:
        for call in source.nodes(ast.Call):
            if source.meaning(call.func) not in DEPENDS or _is_function_scoped(call):
                continue
            dependency = call.args[0] if call.args else keyword(call, "dependency")
            if source.meaning(dependency) in generators:
                message = 'add scope="function", so that the commit comes before the answer'
                yield source.finding(RULE, call.lineno, message)


def _is_function_scoped(call: ast.Call) -> bool:
    scope = keyword(call, "scope")
    return isinstance(scope, ast.Constant) and scope.value == "function"


def _yields(function: FunctionNode) -> bool:
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, YIELDS):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            pending.extend(ast.iter_child_nodes(node))
    return False
