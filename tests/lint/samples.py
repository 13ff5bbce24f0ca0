"""Small files for the rules to judge."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath
from textwrap import dedent

from tools.lint.finding import Finding
from tools.lint.sources import Source
from tools.lint.texts import Text


def source(path: str, text: str) -> Source:
    """A Python file of the repository."""
    return Source(PurePosixPath(path), dedent(text))


def text(path: str, content: str) -> Text:
    """A text file of the repository."""
    return Text(PurePosixPath(path), dedent(content))


def places(check: Callable[[Sequence[Source]], Iterator[Finding]], *sources: Source) -> list[str]:
    """Where a rule finds something: `path:line`, in its order."""
    return [f"{finding.path}:{finding.line}" for finding in check(sources)]


def lines(
    check: Callable[[Sequence[Source]], Iterator[Finding]], path: str, code: str
) -> list[int]:
    """The lines of one file where a rule finds something."""
    return [finding.line for finding in check([source(path, code)])]
