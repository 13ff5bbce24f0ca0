"""Text from people has one form, and nothing in it that others trip over."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.kit.text import clean_text


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("", ""),
        ("plain", "plain"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("one\r\ntwo\r\n\r\nthree", "one\ntwo\n\nthree"),
        ("  spaces stay ", "  spaces stay "),
        ("e\u0301", "é"),
        ("\u212b", "Å"),
        ("한", "한"),
        ("\ufb01", "\ufb01"),
        ("🏳️\u200d🌈", "🏳️\u200d🌈"),
        ("\x7f\x80\ufeff\uffff\U0010ffff", "\x7f\x80\ufeff\uffff\U0010ffff"),
        ("é\r\né", "é\né"),
    ],
)
def test_text_is_kept_in_one_form(written: str, kept: str) -> None:
    assert clean_text(written) == kept


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("\0", "must not hold NUL (U+0000), at character 1"),
        ("ab\0c", "must not hold NUL (U+0000), at character 3"),
        ("a\x1b[31m", "must not hold the control character U+001B, at character 2"),
        ("a\rb", "must not hold the control character U+000D, at character 2"),
        ("a\r\nb\r", "must not hold the control character U+000D, at character 5"),
        ("a\r\r\n", "must not hold the control character U+000D, at character 2"),
        ("a\x0bb", "must not hold the control character U+000B, at character 2"),
        ("é\ud83d", "must not hold the lone surrogate U+D83D, at character 2"),
        ("\udc00\0", "must not hold the lone surrogate U+DC00, at character 1"),
        (
            "a" + "\u0301" * 31,
            "must not hold more than 30 combining marks in a row, at character 32",
        ),
    ],
)
def test_what_others_trip_over_is_refused_with_its_place(written: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(complaint)}$"):
        clean_text(written)


@pytest.mark.parametrize("code", [code for code in range(0x20) if code not in {9, 10}])
def test_every_control_character_but_line_feed_and_tab_is_refused(code: int) -> None:
    with pytest.raises(ValueError, match=f"U\\+{code:04X}"):
        clean_text(f"a{chr(code)}b")


def test_thirty_marks_in_a_row_are_taken_wherever_they_stand() -> None:
    assert clean_text("x" + "\u0323" * 30) == "x" + "\u0323" * 30
    many = ("中" * 40 + "x" + "\u0323" * 30) * 3
    assert clean_text(many) == many


@pytest.mark.parametrize("mark", ["\u0301", "\u0316", "\u0f73", "\u0344", "\U0001e944"])
def test_marks_of_every_kind_are_counted(mark: str) -> None:
    # Each of these is one or two marks when taken apart; putting many in order takes the square of their number.
    with pytest.raises(ValueError, match="combining marks"):
        clean_text("a" + ("\u0334" + mark) * 25_000)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.sampled_from("\n\t")))
def test_text_is_normalised_once_and_for_all(written: str) -> None:
    kept = clean_text(written)
    assert kept == unicodedata.normalize("NFC", written)
    assert clean_text(kept) == kept
