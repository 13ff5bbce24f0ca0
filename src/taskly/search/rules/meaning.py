"""From what is written to what it means: filters become conditions, mistakes become messages."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from taskly.search.rules.calendar import NAMED_DAYS, RELATIVE, SMALLEST, Calendar
from taskly.search.rules.fields import BACKWARD, FIELDS, Field, Takes
from taskly.search.rules.keys import read_key
from taskly.search.rules.mistakes import Mistake, QueryMistakes, shown, suggest
from taskly.search.rules.query import (
    EVERYTHING,
    PRIORITIES,
    Bound,
    Every,
    Named,
    Query,
    Some,
    Within,
    Without,
    Words,
)
from taskly.search.rules.syntax import Choice, Filter, Group, Negation, Syntax, Text, Value

MOST_POINTS = 10_000
Span = tuple[Bound, Bound, Bound, Bound]
"""Of what a value covers: just before it, its first, its last, just behind it."""


def meaning_of(syntax: Syntax, calendar: Calendar, *, end: int) -> Query:
    """The conditions that are meant.

    A word that stands at the very `end` of the query may not be typed to its own end yet.

    Raises:
        QueryMistakes: every wrong word.
    """
    reader = _Reader(calendar, end)
    query = reader.read(syntax)
    if reader.mistakes:
        raise QueryMistakes(reader.mistakes)
    return EVERYTHING if query is None else query


class _Reader:
    """Reads on after a mistake, so that all of them are told at once."""

    def __init__(self, calendar: Calendar, end: int) -> None:
        self.calendar = calendar
        self.end = end
        self.mistakes: list[Mistake] = []

    def read(self, syntax: Syntax, *, excluded: bool = False) -> Query | None:
        """The conditions; None for what says nothing, such as a word without a letter."""
        match syntax:
            case Group(joined_by, parts):
                every = [self.read(part, excluded=excluded) for part in parts]
                read = tuple(each for each in every if each is not None)
                if len(read) < 2:
                    return read[0] if read else None
                return Every(read) if joined_by == "and" else Some(read)
            case Negation(part):
                inner = self.read(part, excluded=not excluded)
                return None if inner is None else Without(inner)
            case Text():
                return self._text(syntax, excluded=excluded)
            case Filter():
                return self._filter(syntax)

    def _text(self, text: Text, *, excluded: bool) -> Query | None:
        """Words to be found. What is excluded is taken as it stands, whole."""
        if text.is_quoted:
            return Words(text.text) if _has_letters(text.text) else None
        name = text.text.removesuffix(":").lower()
        if text.text.endswith(":") and name in FIELDS:
            return self._wrong(
                Mistake(
                    "value_missing",
                    f"Write what you look for directly behind {text.text} without a blank.",
                    text.start,
                    text.end,
                    shown(text.text),
                    FIELDS[name].expected,
                )
            )
        word = text.text.rstrip("*")
        if not _has_letters(word):
            return None
        is_beginning = word != text.text or (text.end == self.end and not excluded)
        words = Words(word, is_beginning)
        key = read_key(word)
        return words if key is None else Some((key, words))

    def _filter(self, written: Filter) -> Query:
        field = FIELDS.get(written.name.lower())
        if field is None:
            return self._unknown_field(written)
        read = [self._choice(field, choice) for choice in written.choices]
        names = tuple(name for each in read if isinstance(each, Named) for name in each.names)
        named = next((each for each in read if isinstance(each, Named)), None)
        others = [each for each in read if not isinstance(each, Named)]
        parts = others if named is None else [replace(named, names=names), *others]
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _unknown_field(self, written: Filter) -> Query:
        meant = suggest(written.name, FIELDS)
        hint = f"Did you mean {meant}?" if meant else "Put it in quotes to look for these words."
        return self._wrong(
            Mistake(
                "unknown_field",
                f"There is no field {shown(written.name)}. {hint}",
                written.start,
                written.end,
                shown(written.name),
                tuple(FIELDS),
                meant,
            )
        )

    def _choice(self, field: Field, choice: Choice) -> Query:
        value = choice.values[0]
        if choice.sign == "" and not value.is_quoted:
            meaning = field.keywords.get(_keyword(value.text))
            if meaning is not None:
                return meaning(self.calendar)
        if field.ranges is not None:
            return self._range(field, choice)
        if choice.sign:
            return self._not_ordered(field, choice)
        if field.names is None:
            return self._wrong_value(field, value)
        return Named(field.names, (value.text,))

    def _range(self, field: Field, choice: Choice) -> Query:
        spans = [self._bounds(field, value) for value in choice.values]
        if field.ranges is None or None in spans:
            return EVERYTHING
        found = [span for span in spans if span is not None]
        low, high = found[0], found[-1]
        if _is_backwards(choice, low, high):
            return self._backwards(field, choice)
        match choice.sign:
            case "":
                return Within(field.ranges, low[1], low[2])
            case ">":
                return Within(field.ranges, low[3], None)
            case ">=":
                return Within(field.ranges, low[1], None)
            case "<":
                return Within(field.ranges, None, low[0])
            case "<=":
                return Within(field.ranges, None, low[2])
            case "..":
                first = None if choice.low is None else low[1]
                last = None if choice.high is None else high[2]
                return Within(field.ranges, first, last)

    def _bounds(self, field: Field, value: Value) -> Span | None:
        bounds = _READERS[field.takes](value.text, self.calendar)
        if bounds is None:
            self._wrong_value(field, value)
        elif field.name in BACKWARD and _is_ahead(value.text):
            self._looks_ahead(field, value)
        return bounds

    def _looks_ahead(self, field: Field, value: Value) -> None:
        back = None if value.text.lower() in NAMED_DAYS else f"-{value.text.lstrip('+')}"
        message = f"{field.name} looks back: {value.text} lies ahead."
        if back is not None:
            message = f"{message} Did you mean {back}?"
        meant = () if back is None else (back,)
        self._wrong(Mistake("lies_ahead", message, value.start, value.end, value.text, meant, back))

    def _backwards(self, field: Field, choice: Choice) -> Query:
        first, last = choice.values
        meant = f"{last.text}..{first.text}"
        message = f"{field.name} can't be from {first.text} to {last.text}. Did you mean {meant}?"
        word = f"{first.text}..{last.text}"
        return self._wrong(
            Mistake("backwards", message, first.start, last.end, word, (meant,), meant)
        )

    def _not_ordered(self, field: Field, choice: Choice) -> Query:
        first, last = choice.values[0], choice.values[-1]
        is_range = choice.sign == ".."
        start = first.start if is_range else first.start - len(choice.sign)
        word = choice.sign.join(value.text for value in choice.values)
        word = word if is_range else f"{choice.sign}{word}"
        message = f"{field.name} can't be compared: leave {choice.sign} out, or quote the name."
        return self._wrong(Mistake("not_ordered", message, start, last.end, shown(word)))

    def _wrong_value(self, field: Field, value: Value) -> Query:
        known = (*field.keywords, *(PRIORITIES if field.takes is Takes.LEVELS else ()))
        meant, word = _days_meant(field, value) or suggest(value.text, known), shown(value.text)
        hint = f"Did you mean {meant}?" if meant else f"It takes {', '.join(field.expected)}."
        message = f"{field.name} can't be {word}. {hint}"
        return self._wrong(
            Mistake("wrong_value", message, value.start, value.end, word, field.expected, meant)
        )

    def _wrong(self, mistake: Mistake) -> Query:
        self.mistakes.append(mistake)
        return EVERYTHING


def _is_backwards(choice: Choice, low: Span, high: Span) -> bool:
    """Whether a range ends before it begins, on whatever day it is asked."""
    days = [_is_relative(value.text) for value in choice.values]
    begin: Any = low[1]  # Of the same type as the end.
    return len(days) == 2 and days[0] == days[1] and bool(begin > high[2])


def _days_meant(field: Field, value: Value) -> str | None:
    """A number alone where a day is asked for is most likely one of days."""
    text = value.text
    if field.takes not in {Takes.DAYS, Takes.TIMES} or RELATIVE.fullmatch(f"{text}d") is None:
        return None
    return f"-{text.lstrip('+-')}d" if field.name in BACKWARD else f"{text}d"


def _keyword(text: str) -> str:
    return text.lower().replace("-", "_")


def _has_letters(text: str) -> bool:
    """Whether there is anything in it that full text could know."""
    return any(character.isalnum() for character in text)


def _is_relative(text: str) -> bool:
    return text.lower() in NAMED_DAYS or RELATIVE.fullmatch(text.lower()) is not None


def _is_ahead(text: str) -> bool:
    relative = RELATIVE.fullmatch(text.lower())
    is_named = text.lower() == "tomorrow"
    return is_named or (relative is not None and relative[1] != "-" and int(relative[2]) > 0)


def _number(text: str, _: Calendar) -> Span | None:
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        return None
    number = int(text)
    return number - 1, number, number, number + 1


def _level(text: str, _: Calendar) -> Span | None:
    if text.lower() not in PRIORITIES:
        return None
    level = PRIORITIES.index(text.lower())
    return level - 1, level, level, level + 1


def _day(text: str, calendar: Calendar) -> Span | None:
    day = calendar.day(text)
    return None if day is None else (day - timedelta(1), day, day, day + timedelta(1))


def _time(text: str, calendar: Calendar) -> Span | None:
    span = calendar.span(text)
    if span is None:
        return None
    return span.first - SMALLEST, span.first, span.last, span.last + SMALLEST


_READERS: dict[Takes, Callable[[str, Calendar], Span | None]] = {
    Takes.NUMBERS: _number,
    Takes.LEVELS: _level,
    Takes.DAYS: _day,
    Takes.TIMES: _time,
}
