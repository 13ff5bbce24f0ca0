"""`python -m tools.docs_check`: what the documents point at exists.

Checked in every Markdown file of the repository, without network:

- links to files and to headings (`guide.md#set-up`, `#set-up`);
- `make …` commands: the Makefile has the target;
- paths of this repository in code (`src/taskly/cards/moving.py`): the file or folder is there.

So is what is left when two changes of one text are joined: a line in both of its wordings, a heading right below a text.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from posixpath import normpath
from urllib.parse import unquote

from tools.lint.finding import Finding
from tools.lint.texts import Text, read_texts

RULE = "docs"
FENCE = re.compile(r"^ {0,3}(```+|~~~+).*?^ {0,3}\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|^ {0,3}\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
EXPLICIT_ID = re.compile(r"\{#([\w-]+)\}$")
ANCHOR_TAG = re.compile(r"<a\s+(?:id|name)=\"([^\"]+)\"")
TARGET = re.compile(r"^([a-z][a-z-]*):(?!=)", re.MULTILINE)
MAKE = re.compile(r"(?:^|[`;&|(]|\$ )[ \t]*make[ \t]+([a-z][a-z-]*)\b", re.MULTILINE)
OUR_PATH = re.compile(
    r"(?<![\w/.-])(?:src|tests|tools|benchmarks|docs|deploy|web)/[\w./-]*\w/?(?![\w/{<*…])"
)
TWICE = re.compile(r"^(?![|\s])(?=(.{60}))[^\n]*\n(?=\1)", re.MULTILINE)
CLINGING = re.compile(r"^.*\S.*\n(?=#{1,6} )", re.MULTILINE)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


def check(texts: Sequence[Text]) -> Iterator[Finding]:
    """What the documents among the repository's texts point at and does not exist."""
    files = {text.path for text in texts}
    paths = files.union(*(path.parents for path in files))
    documents = {text.path: text for text in texts if text.path.suffix == ".md"}
    anchors = {path: anchors_of(document.text) for path, document in documents.items()}
    targets = {
        target
        for text in texts
        if text.path == PurePosixPath("Makefile")
        for target in TARGET.findall(text.text)
    }
    for document in documents.values():
        yield from _broken_links(document, paths, anchors)
        yield from _unknown_commands(document, targets)
        yield from _missing_paths(document, paths)
        yield from _badly_joined(document)


def anchors_of(markdown: str) -> frozenset[str]:
    """The anchors of a document's headings, as GitHub makes them, and those it names itself."""
    anchors: set[str] = set(ANCHOR_TAG.findall(markdown))
    seen: dict[str, int] = {}
    for match in HEADING.finditer(_blanked(FENCE, markdown)):
        named = EXPLICIT_ID.search(match[1])
        if named:
            anchors.add(named[1])
        slug = _slug(EXPLICIT_ID.sub("", match[1]))
        repeated = seen.get(slug, 0)
        seen[slug] = repeated + 1
        anchors.add(f"{slug}-{repeated}" if repeated else slug)
    return frozenset(anchors)


def _slug(heading: str) -> str:
    shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.strip()).lower()
    return re.sub(r"[^\w\- ]", "", shown).replace(" ", "-")


def _broken_links(
    document: Text,
    paths: Iterable[PurePosixPath],
    anchors: Mapping[PurePosixPath, frozenset[str]],
) -> Iterator[Finding]:
    prose = _blanked(CODE, _blanked(FENCE, document.text))
    for match in LINK.finditer(prose):
        address = match[1] or match[2]
        if ELSEWHERE.match(address):
            continue
        name, _, anchor = unquote(address).partition("#")
        path = _resolved(document.path, name)
        if path not in paths:
            yield document.finding(RULE, match.start(), f"{address}: no such file")
        elif anchor and anchor not in anchors.get(path, {anchor}):
            yield document.finding(RULE, match.start(), f"{address}: no such heading")


def _resolved(document: PurePosixPath, name: str) -> PurePosixPath:
    if not name:
        return document
    start = PurePosixPath() if name.startswith("/") else document.parent
    return PurePosixPath(normpath(start / name.lstrip("/")))


def _unknown_commands(document: Text, targets: Iterable[str]) -> Iterator[Finding]:
    for start, code in _code(document.text):
        for match in MAKE.finditer(code):
            if match[1] not in targets:
                message = f"make {match[1]}: the Makefile has no such target"
                yield document.finding(RULE, start + match.start(1), message)


def _missing_paths(document: Text, paths: Iterable[PurePosixPath]) -> Iterator[Finding]:
    for start, code in _code(document.text):
        for match in OUR_PATH.finditer(code):
            if PurePosixPath(match[0]) not in paths:
                message = f"{match[0]}: no such file or folder"
                yield document.finding(RULE, start + match.start(), message)


def _badly_joined(document: Text) -> Iterator[Finding]:
    prose = _blanked(FENCE, document.text)
    for match in TWICE.finditer(prose):
        yield document.finding(RULE, match.end(), "begins as the line before it")
    for match in CLINGING.finditer(prose):
        yield document.finding(RULE, match.end(), "a heading needs an empty line before it")


def _code(markdown: str) -> Iterator[tuple[int, str]]:
    """Each piece of code with where it starts."""
    for fence in FENCE.finditer(markdown):
        yield fence.start(), fence[0]
    for span in CODE.finditer(_blanked(FENCE, markdown)):
        yield span.start(2), span[2]


def _blanked(pattern: re.Pattern[str], markdown: str) -> str:
    """The text with every match blanked, so that the rest stays where it was."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), markdown)


def main(root: Path) -> int:
    """Print what is wrong; 1 when anything is."""
    findings = sorted(check(read_texts(root)))
    for finding in findings:
        print(finding)
    print(f"Documents: {len(findings)} broken." if findings else "Documents: all references exist.")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(Path()))
