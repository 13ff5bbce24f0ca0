"""A report as it is written out: in Markdown, as HTML, or as the text of a mail, all from the same parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit


@dataclass(frozen=True, slots=True)
class Link:
    """Words, which may lead somewhere."""

    words: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One card, change or person."""

    title: str
    card: Link | None = None
    notes: Sequence[Link] = ()
    """What else there is to say of it."""


@dataclass(frozen=True, slots=True)
class Section:
    """A list under a heading."""

    heading: str
    lines: Sequence[Line]
    about: str = ""
    """What has to be known of the list."""
    left_out: int = 0
    """So many lines are not shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """Some work in figures."""

    name: str
    cards: str
    points: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One of several amounts beside each other."""

    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Amounts beside each other, drawn as far as that goes without pictures."""

    heading: str
    unit: str
    about: str
    bars: Sequence[Bar]

    @property
    def highest(self) -> int:
        """The amount that fills the width."""
        return max((bar.amount for bar in self.bars), default=0) or 1


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report."""

    heading: str
    under: str
    """What it is about, in a line."""
    reading: str
    goal: str = ""
    rows: Sequence[Row] = ()
    sections: Sequence[Section] = ()
    chart: Chart | None = None


def safe_url(url: str) -> str | None:
    """An address of the web that can stand anywhere; None if it is something else, such as a script.

    >>> safe_url("javascript:alert(1)"), safe_url("https://example.com/a b)")
    (None, 'https://example.com/a%20b%29')
    """
    try:
        is_web = urlsplit(url).scheme in {"http", "https"}
    except ValueError:
        return None
    return quote(url, safe="/:?#[]@!$&*+,;=%~") if is_web else None
