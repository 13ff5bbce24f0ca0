"""How the next sprints of a series follow. Pure: the day that it is, is handed in."""

from dataclasses import dataclass
from datetime import date, timedelta

PLACE_OF_NUMBER = "{n}"


@dataclass(frozen=True, slots=True)
class Template:
    """What the sprints of a series have in common."""

    name: str
    """With `{n}` where the number stands."""
    length_days: int
    """From the first day to the last, both included."""
    days_between: int
    """Days that are in no sprint, between the end of one and the beginning of the next."""
    starts_on: date
    """No sprint of the series begins before."""
    first_number: int
    """No sprint of the series has a smaller number."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A sprint of a series: its number, and from when to when it goes."""

    number: int
    starts_on: date
    ends_on: date


def name_of(template: Template, number: int) -> str:
    """What the sprint of a number is called.

    >>> name_of(Template("Sprint {n}", 14, 0, date(2026, 11, 30), 1), 12)
    'Sprint 12'
    """
    return template.name.replace(PLACE_OF_NUMBER, str(number))


def next_slot(template: Template, last: Slot | None, today: date) -> Slot:
    """The sprint that follows the last one of its series, or the first.

    It begins when the last one has ended, also if that was extended. Where that would be over by now, because
    nobody planned for a while, it keeps the rhythm and begins later; its number is the next one all the same.
    """
    number, starts_on = template.first_number, template.starts_on
    if last is not None:
        number = max(number, last.number + 1)
        starts_on = max(starts_on, last.ends_on + timedelta(days=1 + template.days_between))
    length = timedelta(days=template.length_days - 1)
    late = (today - (starts_on + length)).days
    if late > 0:
        rhythm = template.length_days + template.days_between
        starts_on += timedelta(days=rhythm * -(-late // rhythm))
    return Slot(number, starts_on, starts_on + length)
