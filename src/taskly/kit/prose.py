"""Prose: what is said in a Markdown text, without what is only shown in it.

Left out are code (fenced, indented, inline, `<pre>`, `<code>`), quotes (lines that begin with `>`,
`<blockquote>`) and HTML comments, as GitHub Flavored Markdown sees them, as far as that goes without parsing it:
a line without `>` is never taken for the rest of a quote, and links and emphasis stay as they are written.
"""

import re

GAP = "\ufffc"
"""Stands for what was left out in the midst of a paragraph, so that what is around it does not come together."""

_LINE_END = re.compile(r"\r\n?|\n")
_LIST_MARKERS = re.compile(r" *(?:(?:[-*+]|[0-9]{1,9}[.)])(?: +|$))+")
_HEADING = re.compile(r"#{1,6}(?: |$)")
_FENCE = re.compile(r"(`{3,})[^`]*$|(~{3,})")
_CODE_INDENT = 4

_ASIDE = re.compile(r"`+|<!--|<(?:code|pre|blockquote)\b", re.IGNORECASE)
_BLOCK_ASIDE = re.compile(r"<!--|<(?:pre|blockquote)\b", re.IGNORECASE)
_ENDINGS = {
    "<!--": re.compile("-->"),
    "<code": re.compile(r"</code\s{0,9}>", re.IGNORECASE),
    "<pre": re.compile(r"</pre\s{0,9}>", re.IGNORECASE),
    "<blockquote": re.compile(r"</blockquote\s{0,9}>", re.IGNORECASE),
}


def paragraphs_of(markdown: str) -> list[str]:
    """The paragraphs, headings and list items of a text, with `GAP` for what is left out inside them."""
    reader = _Reader()
    for line in _LINE_END.split(markdown):
        reader.read(line.expandtabs(_CODE_INDENT))
    return [prose_in(paragraph) for paragraph in reader.paragraphs()]


def prose_in(paragraph: str) -> str:
    """One paragraph, or a title, with `GAP` for inline code, quotes and comments.

    Takes time in proportion to its length, whatever is in it.
    """
    endings = _Endings(paragraph)
    kept = []
    position = 0
    for aside in _ASIDE.finditer(paragraph):
        end = None if aside.start() < position else endings.after(aside)
        if end is not None:
            kept += [paragraph[position : aside.start()], GAP]
            position = end
    kept.append(paragraph[position:])
    return "".join(kept)


class _Endings:
    """Where asides that begin in a paragraph end. They are asked for from left to right."""

    def __init__(self, paragraph: str) -> None:
        self._paragraph = paragraph
        self._unended: set[str] = set()
        self._backticks: dict[int, list[int]] = {}
        for run in re.finditer("`+", paragraph):
            self._backticks.setdefault(len(run[0]), []).append(run.end())
        for ends in self._backticks.values():
            ends.reverse()

    def after(self, aside: re.Match[str]) -> int | None:
        """The position after the aside's end; None when it has none, and is thus not an aside."""
        if aside[0].startswith("`"):
            return self._after_backticks(aside)
        kind = aside[0].lower()
        if kind in self._unended:
            return None
        ending = _ENDINGS[kind].search(self._paragraph, aside.end())
        if ending is None:
            self._unended.add(kind)
            return None
        return ending.end()

    def _after_backticks(self, aside: re.Match[str]) -> int | None:
        """Code begins and ends with equally many backticks."""
        ends = self._backticks[len(aside[0])]
        while ends and ends[-1] <= aside.end():
            ends.pop()
        return ends[-1] if ends else None


class _Reader:
    """Reads lines and gathers paragraphs."""

    def __init__(self) -> None:
        self._paragraphs: list[list[str]] = [[]]
        self._fence: str | None = None
        self._ending: re.Pattern[str] | None = None
        self._content_indent = 0

    def paragraphs(self) -> list[str]:
        """What was gathered, lines joined by line feeds."""
        return ["\n".join(lines) for lines in self._paragraphs if lines]

    def read(self, line: str) -> None:
        """Take the next line."""
        if self._ending is not None:
            self._read_to_ending(self._ending, line)
        elif self._fence is not None:
            if _ends_fence(line, self._fence):
                self._fence = None
        elif not line.strip() or self._is_indented_code(line):
            self._break()
        else:
            self._read_block(line)

    def _read_to_ending(self, ending: re.Pattern[str], line: str) -> None:
        end = ending.search(line)
        if end is not None:
            self._ending = None
            self._read_prose(line[end.end() :])

    def _is_indented_code(self, line: str) -> bool:
        # Inside a paragraph an indented line goes on with the paragraph.
        return not self._paragraphs[-1] and _indent(line) >= self._content_indent + _CODE_INDENT

    def _read_block(self, line: str) -> None:
        markers = _LIST_MARKERS.match(line)
        if markers is not None:
            self._break()
            self._content_indent = markers.end()
            line = line[markers.end() :]
        elif not self._paragraphs[-1] and _indent(line) < self._content_indent:
            self._content_indent = 0
        line = line.lstrip(" ")
        fence = _FENCE.match(line)
        if fence is not None:
            self._break()
            self._fence = fence[1] or fence[2]
        elif line.startswith(">"):
            self._break()
        elif _HEADING.match(line):
            self._break()
            self._read_prose(line)
            self._break()
        else:
            self._read_prose(line)

    def _read_prose(self, line: str) -> None:
        aside = _BLOCK_ASIDE.match(line)
        if aside is not None:
            ending = _ENDINGS[aside[0].lower()]
            if ending.search(line, aside.end()) is None:
                self._break()
                self._ending = ending
                return
        if line.strip():
            self._paragraphs[-1].append(line)

    def _break(self) -> None:
        if self._paragraphs[-1]:
            self._paragraphs.append([])


def _ends_fence(line: str, fence: str) -> bool:
    marks = line.strip()
    return len(marks) >= len(fence) and set(marks) == {fence[0]}


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
