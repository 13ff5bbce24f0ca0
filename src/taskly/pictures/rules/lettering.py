"""Texts in pictures: how wide they are, where they are cut, and how lines are made of them.

Nobody knows with which letters a picture will be shown. Widths are those of Arial with some room, as the fonts
that stand in for it are wider.
"""

import unicodedata
from collections.abc import Sequence

FONT = "-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, 'Liberation Sans', sans-serif"
ROOM = 1.12
"""So much wider than Arial a font may be."""
ELLIPSIS = "…"

_WIDTHS = {
    222: "ijl'|",
    278: " !,./:;ftI[]\\·",
    333: "()-`r",
    389: '*"',
    469: "^",
    500: "ckJsvxyz",
    556: "0123456789#$?abdeghnopquL_«»",
    584: "+<>=~±",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "mM",
    889: "%",
    944: "W",
    1000: "…@—",
}
_WIDTH_OF = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_OTHER = 640
_WIDE = 1000
_TURNING = frozenset(
    {"R", "AL", "AN", "RLE", "LRE", "RLO", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"}
)
_ISOLATE, _END_OF_ISOLATE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


def width(text: str, size: float) -> float:
    """How much room a text takes at a size, in the same unit.

    >>> round(width("21 of 34 points", 15))
    110
    """
    return sum(map(_width_of, text)) * size * ROOM / 1000


def shortened(text: str, size: float, most: float) -> str:
    """The text, or what of its beginning has room together with `…`.

    >>> shortened("Sprint 12: refunds", 15, 90)
    'Sprint 12…'
    """
    if width(text, size) <= most:
        return text
    kept = ""
    for letter in text:
        if width(kept + letter + ELLIPSIS, size) > most:
            break
        kept += letter
    return kept.rstrip(" :;,.-") + ELLIPSIS


def isolated(name: str) -> str:
    """A name as it stands in a sentence, of which it turns nothing that is written from left to right."""
    if not any(unicodedata.bidirectional(letter) in _TURNING for letter in name):
        return name
    return f"{_ISOLATE}{name}{_END_OF_ISOLATE}"


def lines_of(text: str, size: float, most: float, count: int) -> Sequence[str]:
    """The text in at most so many lines; what has no room is cut from the last one."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if lines[-1] and width(longer, size) > most and len(lines) < count:
            lines.append(word)
        else:
            lines[-1] = longer
    return [shortened(line, size, most) for line in lines]


def _width_of(letter: str) -> int:
    known = _WIDTH_OF.get(letter)
    if known is not None:
        return known
    if unicodedata.combining(letter) or unicodedata.category(letter) == "Cf":
        return 0
    return _WIDE if unicodedata.east_asian_width(letter) in "WF" else _OTHER
