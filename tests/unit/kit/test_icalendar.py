"""Calendars that other programs understand."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from taskly.kit.icalendar import AllDay, calendar, folded, text_value

ESCAPES = {"\\\\": "\\", "\\;": ";", "\\,": ",", "\\n": "\n"}


def unfolded(raw: bytes) -> list[str]:
    """The lines of a calendar, as RFC 5545 says that they are put together."""
    assert raw.endswith(b"\r\n")
    return raw.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def read(value: str) -> str:
    """A text as it was before it was escaped, character by character."""
    found, rest = "", value
    while rest:
        size = 2 if rest[0] == "\\" else 1
        found, rest = found + ESCAPES.get(rest[:size], rest[:size]), rest[size:]
    return found


TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\\,;"))


@given(TEXT)
def test_a_text_is_read_as_it_was_written(text: str) -> None:
    [line] = unfolded(folded(f"SUMMARY:{text_value(text)}"))
    assert read(line.removeprefix("SUMMARY:")) == text


@given(TEXT)
def test_no_line_is_longer_than_75_octets_and_no_character_is_parted(text: str) -> None:
    for piece in folded(f"SUMMARY:{text_value(text)}").split(b"\r\n"):
        assert len(piece) <= 75
        piece.decode()


def test_a_line_end_of_any_kind_can_begin_nothing_new() -> None:
    assert text_value("a\r\nEND:VEVENT\rb\nc\x00\x1b") == "a\\nEND:VEVENT\\nb\\nc"


def test_an_event_of_whole_days_ends_before_the_day_after() -> None:
    event = AllDay(
        uid="1",
        first=date(2026, 11, 23),
        last=date(2026, 12, 31),
        title="Sprint 12",
        text="",
        url="https://example.com",
        changed_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    )

    lines = unfolded(calendar("-//Taskly//EN", "PAY", [event]))

    assert lines == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Taskly//EN",
        "CALSCALE:GREGORIAN",
        "NAME:PAY",
        "X-WR-CALNAME:PAY",
        "BEGIN:VEVENT",
        "UID:1",
        "DTSTAMP:20261120T093000Z",
        "LAST-MODIFIED:20261120T093000Z",
        "DTSTART;VALUE=DATE:20261123",
        "DTEND;VALUE=DATE:20270101",
        "SUMMARY:Sprint 12",
        "URL:https://example.com",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
