"""Python files as the rules see them: parsed once, with the meaning of the names they import."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import TypeVar

from tools.lint.finding import Finding
from tools.lint.texts import Text

N = TypeVar("N", bound=ast.AST)

FOLDERS = ("src", "tests", "tools", "benchmarks")
DOMAINS = (
    "users",
    "workspaces",
    "boards",
    "cards",
    "sprints",
    "github",
    "search",
    "notifications",
    "insights",
    "planning",
    "release_notes",
    "pictures",
    "reports",
    "webhooks",
    "imports",
)

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file; `path` is relative to the repository."""

    path: PurePosixPath
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.text, filename=str(self.path))

    @cached_property
    def _nodes(self) -> dict[type[ast.AST], list[ast.AST]]:
        nodes: dict[type[ast.AST], list[ast.AST]] = defaultdict(list)
        for node in ast.walk(self.tree):
            nodes[type(node)].append(node)
        return nodes

    def nodes(self, kind: type[N]) -> list[N]:
        """Every node of exactly this kind."""
        return [node for node in self._nodes.get(kind, ()) if isinstance(node, kind)]

    @cached_property
    def functions(self) -> list[FunctionNode]:
        """Every function and method, nested ones included."""
        return [*self.nodes(ast.FunctionDef), *self.nodes(ast.AsyncFunctionDef)]

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The module's dotted name in parts: `("taskly", "cards", "moving")`."""
        parts = self.path.with_suffix("").parts
        parts = parts[1:] if parts[0] == "src" else parts
        return parts[:-1] if parts[-1] == "__init__" else parts

    @property
    def module(self) -> str:
        """The module's dotted name."""
        return ".".join(self.parts)

    @property
    def name(self) -> str:
        """The module's last name: what kind of module it is (`endpoints`, `rules` …)."""
        return self.parts[-1]

    @property
    def in_package(self) -> bool:
        """Whether the file is part of the `taskly` package."""
        return self.path.parts[0] == "src"

    @property
    def domain(self) -> str | None:
        """The domain that the module belongs to, if it does."""
        return domain_of(self.module) if self.in_package else None

    @cached_property
    def imported(self) -> dict[str, str]:
        """What each imported name stands for: `{"select": "sqlalchemy.select"}`."""
        meanings: dict[str, str] = {}
        for plain in self.nodes(ast.Import):
            for alias in plain.names:
                if alias.asname:
                    meanings[alias.asname] = alias.name
                else:
                    top = alias.name.partition(".")[0]
                    meanings[top] = top
        for chosen in self.nodes(ast.ImportFrom):
            for alias in chosen.names:
                meanings[alias.asname or alias.name] = f"{chosen.module}.{alias.name}"
        return meanings

    def imports(self) -> Iterator[tuple[str, int]]:
        """Each import with its line; `from a import b` counts as `a.b`, which may be a module."""
        for plain in self.nodes(ast.Import):
            for alias in plain.names:
                yield alias.name, plain.lineno
        for chosen in self.nodes(ast.ImportFrom):
            for alias in chosen.names:
                yield f"{chosen.module}.{alias.name}", chosen.lineno

    def meaning(self, expression: ast.expr | None) -> str | None:
        """The dotted name that an expression stands for; None for anything but a plain name."""
        if isinstance(expression, ast.Attribute):
            owner = self.meaning(expression.value)
            return owner and f"{owner}.{expression.attr}"
        if isinstance(expression, ast.Name):
            return self.imported.get(expression.id, f"{self.module}.{expression.id}")
        return None

    def finding(self, rule: str, line: int, message: str) -> Finding:
        """A finding in this file."""
        return Finding(self.path, line, rule, message)


def domain_of(module: str) -> str | None:
    """The domain that a dotted name belongs to, if it does."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "taskly" and parts[1] in DOMAINS else None


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The value of a keyword argument, if it is given."""
    return next((given.value for given in call.keywords if given.arg == name), None)


def body_lines(function: FunctionNode) -> int:
    """How many lines a function's body has, its docstring not counted."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) else function.body
    return _end(function) - body[0].lineno + 1 if body else 0


def function_lines(function: FunctionNode) -> int:
    """How many lines a function has from `def` to its end, its docstring not counted."""
    lines = _end(function) - function.lineno + 1
    if ast.get_docstring(function, clean=False):
        docstring = function.body[0]
        lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return lines


def sources_among(texts: Iterable[Text]) -> list[Source]:
    """The Python files that the rules are about."""
    return [
        Source(text.path, text.text)
        for text in texts
        if text.path.suffix == ".py" and text.path.parts[0] in FOLDERS
    ]


def _end(function: FunctionNode) -> int:
    return function.end_lineno or function.lineno
