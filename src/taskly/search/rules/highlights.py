"""Where the words of a query stand in a text: as parts of the text, never as markup.

The parts put together are the text, so that a client can show it safely in any way. Words are found as full
text finds them, by runs of letters and digits in any case; PostgreSQL's finer distinctions are not made.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from taskly.search.rules.query import Query, Words, asked_for

BEFORE, AFTER = 60, 160
"""Characters of a long text that are shown around its first match."""
_RUN = re.compile(r"[^\W_]+")
_BETWEEN = r"[\W_]+"
_NOT_IN_RUN, _NOT_BEFORE_RUN = r"(?<![^\W_])", r"(?![^\W_])"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text, that matches or does not."""

    text: str
    is_match: bool


def pattern_of(query: Query) -> re.Pattern[str] | None:
    """What matches every word that the query looks for; None if it looks for none."""
    ways = sorted(
        {_way(leaf) for leaf in asked_for(query) if isinstance(leaf, Words)}, key=len, reverse=True
    )
    return re.compile("|".join(ways), re.IGNORECASE) if ways else None


def marked(text: str, pattern: re.Pattern[str]) -> list[Part]:
    """The whole text in parts."""
    parts: list[Part] = []
    end = 0
    for match in pattern.finditer(text):
        if match.start() > end:
            parts.append(Part(text[end : match.start()], is_match=False))
        if match[0]:
            parts.append(Part(match[0], is_match=True))
        end = match.end()
    if end < len(text):
        parts.append(Part(text[end:], is_match=False))
    return parts


def excerpt(text: str, pattern: re.Pattern[str]) -> list[Part]:
    """What is around the first match of a long text, cut at blanks; nothing without a match."""
    match = pattern.search(text)
    if match is None:
        return []
    start, end = max(match.start() - BEFORE, 0), min(match.end() + AFTER, len(text))
    if start:
        blank = text.find(" ", start, match.start())
        start = start if blank < 0 else blank + 1
    if end < len(text):
        blank = text.rfind(" ", match.end(), end)
        end = end if blank < 0 else blank
    shown = marked(text[start:end], pattern)
    before = [Part("…", is_match=False)] if start else []
    return [*before, *shown, *([Part("…", is_match=False)] if end < len(text) else [])]


def has_match(parts: Sequence[Part]) -> bool:
    """Whether anything in it matches."""
    return any(part.is_match for part in parts)


def _way(words: Words) -> str:
    runs = [re.escape(run) for run in _RUN.findall(words.text)]
    between = rf"[^\W_]*{_BETWEEN}" if words.is_beginning else _BETWEEN
    return _NOT_IN_RUN + between.join(runs) + ("" if words.is_beginning else _NOT_BEFORE_RUN)
