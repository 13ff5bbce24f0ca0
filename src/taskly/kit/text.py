"""Text from people: one form (NFC), and nothing in it that databases, terminals or JSON trip over."""

import re
import unicodedata
from collections.abc import Iterator

MAXIMUM_COMBINING_MARKS = 30
"""In a row: the Stream-Safe Text Format of Unicode (UAX #15, 13). Normalising takes the square of this."""

_CONTROL = re.compile("[\0-\x08\x0b-\x1f\ud800-\udfff]")
# Letters and a symbol by their category: fillers of Korean, and a cell of Braille without dots.
_BLANK_ALTHOUGH_NAMED = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_LONG_RUN = re.compile(f"[\u0300-\U0010ffff]{{{MAXIMUM_COMBINING_MARKS + 1},}}")
# These count as no marks, but are taken apart into two of them.
_PAIRS_OF_MARKS = frozenset("\u0f73\u0f75\u0f81")


def clean_text(value: str) -> str:
    """The text in Unicode's form NFC, with line feeds for carriage return and line feed.

    Raises:
        ValueError: it holds NUL or another control character but line feed and tab, a lone surrogate, or more
            than 30 combining marks in a row. The message is a clause that says what, and where in `value`.
    """
    forbidden = _CONTROL.search(value.replace("\r\n", "\n\n"))
    if forbidden is not None:
        raise ValueError(
            f"must not hold {_named(forbidden[0])}, at character {forbidden.start() + 1}"
        )
    if value.isascii():
        return value.replace("\r\n", "\n")
    _check_marks(value)
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n"))


def mended_text(value: str) -> str:
    """The text as `clean_text` gives it, without what that refuses."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    text = _without_long_runs(_CONTROL.sub("", lines))
    # Once more: a few characters are taken apart into a letter and marks.
    return _without_long_runs(unicodedata.normalize("NFC", text))


def is_blank(value: str) -> bool:
    """Whether there is nothing in it that can be seen: it has no letter, digit, sign or symbol."""
    return not any(
        unicodedata.category(character)[0] in "LNPS" and character not in _BLANK_ALTHOUGH_NAMED
        for character in value
    )


def unseen_in(value: str) -> str | None:
    """The first character that can't be seen, or turns the direction of others, by its code."""
    for character in value:
        if unicodedata.category(character)[0] in "CZ" or is_blank(character):
            return f"U+{ord(character):04X}"
    return None


def _named(character: str) -> str:
    code = f"U+{ord(character):04X}"
    if character == "\0":
        return f"NUL ({code})"
    if character >= "\ud800":
        return f"the lone surrogate {code}"
    return f"the control character {code}"


def _check_marks(value: str) -> None:
    for run in _LONG_RUN.finditer(value):
        for place in _marks_too_many(run[0]):
            raise ValueError(
                f"must not hold more than {MAXIMUM_COMBINING_MARKS} combining marks in a row, "
                f"at character {run.start() + place + 1}"
            )


def _without_long_runs(value: str) -> str:
    return _LONG_RUN.sub(_shortened, value)


def _shortened(run: re.Match[str]) -> str:
    too_many = frozenset(_marks_too_many(run[0]))
    return "".join(letter for place, letter in enumerate(run[0]) if place not in too_many)


def _marks_too_many(value: str) -> Iterator[int]:
    """The places of the marks beyond those that may stand in a row."""
    marks = 0
    for place, character in enumerate(value):
        is_mark = unicodedata.combining(character) or character in _PAIRS_OF_MARKS
        marks = marks + 1 if is_mark else 0
        if marks > MAXIMUM_COMBINING_MARKS:
            yield place
