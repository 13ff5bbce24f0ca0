"""What lines of pasted text are called as cards. Pure."""

import re
from dataclasses import dataclass

from taskly.kit.text import is_blank

_SIGN = re.compile(r"^(?:(?:[-*+\u2022\u2013]|\d{1,3}[.)])\s+)?(?:\[[ xX]?\]\s+)?")


@dataclass(frozen=True, slots=True)
class Line:
    """A line with words in it."""

    number: int
    """From 1, counted in the whole text."""
    title: str


def titles_in(text: str) -> list[Line]:
    """The lines of a text that say something, without the signs of a list or a box before them.

    Tabs, as between the cells of a table, become blanks: a title is one line of words.

    >>> [line.title for line in titles_in("- [ ] Refund twice\\n\\n2. Show fees\\n- ")]
    ['Refund twice', 'Show fees']
    """
    lines = (
        (number, " ".join(line.split())) for number, line in enumerate(text.splitlines(), start=1)
    )
    found = (Line(number, _without_sign(line)) for number, line in lines)
    return [line for line in found if not is_blank(line.title)]


def _without_sign(line: str) -> str:
    # With a blank behind, so that a sign without words is one, too.
    return _SIGN.sub("", f"{line} ", count=1).strip()
