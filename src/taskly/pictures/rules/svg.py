"""Writes SVG. Whatever is no markup yet is escaped, and no number is written that is none.

No element has a style or a class: pictures show the same under the strictest security policy, and wherever they
are put.
"""

import math
import re
from collections.abc import Sequence
from html import escape
from itertools import chain

Value = str | float | None

_NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"


class Markup(str):
    """Text that is SVG already."""

    __slots__ = ()


def element(name: str, *content: str, **attributes: Value) -> Markup:
    """An element around markup and text; attributes that are None are left out, and `_` stands for `-`.

    >>> print(element("text", "1 < 2", x=0.5, text_anchor="end"))
    <text x="0.5" text-anchor="end">1 &lt; 2</text>
    """
    pairs = "".join(
        f' {key.replace("_", "-")}="{_written(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(map(_escaped, content))
    return Markup(f"<{name}{pairs}>{inside}</{name}>" if inside else f"<{name}{pairs}/>")


def together(*parts: str) -> Markup:
    """Several pieces of markup, one after the other."""
    return Markup("".join(map(_escaped, parts)))


def number(value: float) -> str:
    """A place or a size, to a hundredth.

    >>> number(12.0), number(-0.001), number(1 / 3)
    ('12', '0', '0.33')

    Raises:
        ValueError: it is not a finite number.
    """
    _check(value)
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def line_through(points: Sequence[tuple[float, float]]) -> Markup:
    """The path of a line through points, to a tenth: there may be thousands of them.

    >>> line_through([(0, 1), (2, 3.5)])
    'M0.0 1.0L2.0 3.5'

    Raises:
        ValueError: a place is not a finite number.
    """
    places = tuple(chain.from_iterable(points))
    _check(sum(places))
    return Markup("M" + "L".join(["%.1f %.1f"] * len(points)) % places)


def area_between(
    upper: Sequence[tuple[float, float]], lower: Sequence[tuple[float, float]]
) -> Markup:
    """The path around what is between two lines, both from left to right."""
    return Markup(line_through([*upper, *reversed(lower)]) + "Z")


def bar_on(ground: float, x: float, top: float, width: float, color: str) -> Markup:
    """A bar from a ground up to its top; none where it has no height."""
    if top >= ground:
        return Markup()
    return element("rect", x=x, y=top, width=width, height=ground - top, rx=1.5, fill=color)


def _check(value: float) -> None:
    if not math.isfinite(value):
        raise ValueError(f"{value} is no place in a picture")


def _written(value: str | float) -> str:
    return _escaped(value) if isinstance(value, str) else number(value)


def _escaped(text: str) -> str:
    if isinstance(text, Markup):
        return text
    return escape(_NOT_IN_XML.sub(_UNKNOWN, text), quote=True)
