"""What bulk changes make of a field, or why they can not."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from taskly.cards.bulk_schemas import (
    AddToCards,
    AdjustPoints,
    AffixTitle,
    BulkChange,
    RemoveFromCards,
    ReplaceOnCards,
    SetFields,
    ShiftDays,
)
from taskly.cards.schemas import MOST_HANGING, Markdown, Title

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
MOST_POINTS = 99
_TEXTS: dict[str, TypeAdapter[str]] = {
    "title": TypeAdapter(Title),
    "description": TypeAdapter(Markdown),
    "acceptance_criteria": TypeAdapter(Markdown),
}
"""What these fields of a card have to be, whoever writes them."""

Fields = dict[str, Any]


class CannotBe(Exception):
    """A card can't be changed so; the reason is a stable name, the message a sentence."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def changed_fields(change: BulkChange, now: Fields) -> Fields:
    """The fields of a card that a change gives another value, with that value.

    Raises:
        CannotBe: a value would be one that no other request may write, either.
    """
    match change:
        case SetFields():
            wanted = change.changes()
        case AddToCards():
            wanted = {name: [*now[name], *getattr(change, name)] for name in MOST_HANGING}
        case RemoveFromCards():
            wanted = {
                name: [each for each in now[name] if each not in getattr(change, name)]
                for name in MOST_HANGING
            }
        case ReplaceOnCards():
            wanted = {change.field: _replaced(now[change.field], change.find, change.put)}
        case AdjustPoints():
            wanted = {"story_points": _adjusted(now["story_points"], change.story_points)}
        case ShiftDays():
            wanted = {"due_date": _shifted(now["due_date"], change.due_date_days)}
        case AffixTitle(mode="prefix"):
            wanted = {"title": change.title + now["title"]}
        case AffixTitle():
            wanted = {"title": now["title"] + change.title}
        case _:
            return {}
    return _checked(wanted)


def _replaced(value: Any, find: str, put: str) -> Any:
    if isinstance(value, str):
        return value.replace(find, put)
    return [UUID(put) if each == UUID(find) else each for each in value]


def _adjusted(points: int | None, by: int) -> int | None:
    if points is None:
        return None
    if not 0 <= points + by <= MOST_POINTS:
        raise CannotBe(
            "out_of_range", f"Story points are 0 to {MOST_POINTS}; these would be {points + by}."
        )
    return points + by


def _shifted(day: date | None, days: int) -> date | None:
    if day is None:
        return None
    try:
        shifted = day + timedelta(days=days)
    except OverflowError:
        shifted = date.max
    if not FIRST_DAY <= shifted <= LAST_DAY:
        raise CannotBe("out_of_range", "The due date would be outside of the years 1900 to 2999.")
    return shifted


def _checked(wanted: Fields) -> Fields:
    """The same, with texts as a request for one card would have them stored."""
    for name, most in MOST_HANGING.items():
        if len(set(wanted.get(name, ()))) > most:
            raise CannotBe("too_many", f"A card holds {most} {name} at most.")
    return wanted | {name: _text(name, wanted[name]) for name in wanted.keys() & _TEXTS}


def _text(name: str, value: str) -> str:
    try:
        return _TEXTS[name].validate_python(value)
    except ValidationError as error:
        kind = error.errors()[0]["type"].removeprefix("string_")
        reason, sentence = _REFUSALS.get(kind, _NOT_TEXT)
        raise CannotBe(reason, f"The {name} {sentence}.") from None


_REFUSALS = {
    "too_short": ("too_short", "has to have words in it"),
    "too_long": ("too_long", "would have more characters than it may have"),
    "pattern_mismatch": ("not_one_line", "has to be one line"),
}
_NOT_TEXT = ("not_text", "would hold what no text may, or nothing that can be seen")
