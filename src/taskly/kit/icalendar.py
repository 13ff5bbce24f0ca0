"""Calendars as text (RFC 5545): days of whole length, so that no time zone is needed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LINE_OCTETS = 75
_ESCAPED = re.compile(r"[\\;,]")
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_CONTROLS = re.compile("[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class AllDay:
    """Something from the morning of one day to the evening of another, or of the same."""

    uid: str
    """Stays the same, so that who imports the calendar again has it once."""
    first: date
    last: date
    title: str
    text: str
    url: str
    changed_at: datetime


def calendar(product: str, name: str, events: Iterable[AllDay]) -> bytes:
    """A calendar with these events."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{text_value(product)}",
        "CALSCALE:GREGORIAN",
        f"NAME:{text_value(name)}",
        f"X-WR-CALNAME:{text_value(name)}",
    ]
    for event in events:
        lines += _lines(event)
    return b"".join(map(folded, [*lines, "END:VCALENDAR"]))


def _lines(event: AllDay) -> Iterator[str]:
    at = event.changed_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{at}"
    yield f"LAST-MODIFIED:{at}"
    yield f"DTSTART;VALUE=DATE:{event.first:%Y%m%d}"
    # The end is the first day that belongs to it no more.
    yield f"DTEND;VALUE=DATE:{event.last + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{text_value(event.title)}"
    if event.text:
        yield f"DESCRIPTION:{text_value(event.text)}"
    yield f"URL:{event.url}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def text_value(text: str) -> str:
    r"""A text as a value: what would end it or part it is escaped, and control characters are left out.

    >>> print(text_value("a, b; c" + chr(10) + "d"))
    a\, b\; c\nd
    """
    escaped = _ESCAPED.sub(r"\\\g<0>", text)
    return _CONTROLS.sub("", _LINE_ENDS.sub(r"\\n", escaped))


def folded(line: str) -> bytes:
    """A line with its end, in pieces of at most 75 octets, none of which parts a character."""
    pieces: list[bytes] = []
    piece = b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > LINE_OCTETS:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
