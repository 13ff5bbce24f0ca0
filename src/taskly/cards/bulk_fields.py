"""What bulk changes make of a field, or why they can not."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

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
from taskly.cards.schemas import MOST_HANGING

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
MOST_POINTS = 99
TITLE_LENGTH = 255
TEXT_LENGTH = 50_000

Fields = dict[str, Any]


class CannotBe(Exception):
    """A card can't be changed so; the reason is a stable name, the message a sentence."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def changed_fields(change: BulkChange, now: Fields) -> Fields:
    """The fields of a card that a change gives another value, with that value.

    Raises:
        CannotBe: a value would be too long or too large.
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
    _check_sizes(wanted)
    return wanted


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


def _check_sizes(wanted: Fields) -> None:
    title = wanted.get("title", "x")
    if not len(title.strip()) >= 1 or len(title) > TITLE_LENGTH:
        raise CannotBe("title_length", f"A title has 1 to {TITLE_LENGTH} characters.")
    for name in ("description", "acceptance_criteria"):
        if len(wanted.get(name, "")) > TEXT_LENGTH:
            raise CannotBe("too_long", f"The {name} would have more than {TEXT_LENGTH} characters.")
    for name, most in MOST_HANGING.items():
        if len(set(wanted.get(name, ()))) > most:
            raise CannotBe("too_many", f"A card holds {most} {name} at most.")
