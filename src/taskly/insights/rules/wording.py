"""Figures as people say them."""

from datetime import date, timedelta

UNITS = (
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)


def number(value: float) -> str:
    """A number with at most one digit behind the point.

    >>> number(3), number(2.5), number(2.04)
    ('3', '2.5', '2')
    """
    return f"{value:.1f}".removesuffix(".0")


def counted(count: float, thing: str) -> str:
    """So many of something.

    >>> counted(1, "card"), counted(2.5, "day")
    ('1 card', '2.5 days')
    """
    said = number(count)
    return f"{said} {thing}" if said == "1" else f"{said} {thing}s"


def verb(count: float, of_one: str, of_many: str) -> str:
    """The verb that goes with so many.

    >>> verb(1, "is", "are"), verb(0, "is", "are")
    ('is', 'are')
    """
    return of_one if number(count) == "1" else of_many


def lasting(time: timedelta) -> str:
    """A duration in its largest unit; shorter ones are within a minute.

    >>> lasting(timedelta(days=2, hours=12)), lasting(timedelta(hours=1)), lasting(timedelta(seconds=5))
    ('2.5 days', '1 hour', 'a minute')
    """
    for length, unit in UNITS:
        if time >= length:
            return counted(time / length, unit)
    return "a minute"


def percent(share: float) -> str:
    """A share of one.

    >>> percent(5 / 6)
    '83 %'
    """
    return f"{share:.0%}".replace("%", " %")


def day(when: date) -> str:
    """A day.

    >>> day(date(2026, 12, 4))
    '4 December 2026'
    """
    return f"{when.day} {when:%B %Y}"
