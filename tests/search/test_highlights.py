"""Marked texts are the texts, with the words of the query marked."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.search.reading import read_query
from taskly.search.rules.calendar import Calendar
from taskly.search.rules.highlights import excerpt, marked, pattern_of

CALENDAR = Calendar(datetime(2026, 11, 23, 9, tzinfo=UTC))


def matches(query: str, text: str) -> list[str]:
    """What is marked in a text."""
    pattern = pattern_of(read_query(query, CALENDAR))
    assert pattern is not None
    parts = marked(text, pattern)
    assert "".join(part.text for part in parts) == text
    return [part.text for part in parts if part.is_match]


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("refund ", "Refund the refunds, REFUND", ["Refund", "REFUND"]),
        ("refun", "Refund the refunds", ["Refun", "refun"]),
        ('"two words"', "two words, two-words, two other words", ["two words", "two-words"]),
        ("ошибка ", "Ошибка <b>здесь</b>", ["Ошибка"]),
        ("-two one ", "one two", ["one"]),
        ("a.b* ", "a.b a+b (a) b", ["a.b", "a+b", "a) b"]),
        ("label:bug OR <script> ", "a <script> here", ["script"]),
    ],
)
def test_words_are_marked(query: str, text: str, found: list[str]) -> None:
    assert matches(query, text) == found


def test_an_excerpt_is_cut_at_blanks_around_the_first_match() -> None:
    pattern = pattern_of(read_query("needle ", CALENDAR))
    assert pattern is not None
    parts = excerpt("hay " * 100 + "needle" + " straw" * 100, pattern)
    whole = "".join(part.text for part in parts)
    assert whole == "…" + "hay " * 14 + "needle" + " straw" * 26 + "…"
    assert [part.text for part in parts if part.is_match] == ["needle"]
    assert excerpt("hay", pattern) == []


def test_a_query_without_words_marks_nothing() -> None:
    assert pattern_of(read_query("is:open -word", CALENDAR)) is None


@given(text=st.text(max_size=80), word=st.text(st.characters(categories=["L", "N"]), min_size=1))
def test_parts_put_together_are_the_text(text: str, word: str) -> None:
    matches(f'"{word}"', text)
