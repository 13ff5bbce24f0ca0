"""A query as a tree of conditions on a card.

Everything relative is resolved: days and times stand in the tree as such. Only who asks is not, so that
a saved view means somebody else to everybody. Each condition is true or false of a card, never unknown;
so `Without` finds exactly the cards that its part does not.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from taskly.github.rules.drift import Drift

NamedField = Literal[
    "assignee", "board", "category", "checks", "column", "label", "pr", "review", "sprint"
]
RangeField = Literal["completed", "created", "due", "points", "priority", "started", "updated"]
Thing = Literal[
    "archived",
    "assignee",
    "attachments",
    "blocked",
    "blocking",
    "branch",
    "checklist",
    "comments",
    "completed",
    "criteria",
    "description",
    "due",
    "label",
    "points",
    "pr",
    "sprint",
    "started",
]
Bound = int | date | datetime


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold; without parts, every card is found."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The part does not hold."""

    part: "Query"


@dataclass(frozen=True, slots=True)
class Words:
    """The card's texts, or one of its comments, have these words, one directly after the other."""

    text: str
    is_beginning: bool = False
    """Whether each may be the beginning of a longer word."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """The card is called `board-number`."""

    board: str
    number: int


@dataclass(frozen=True, slots=True)
class Mine:
    """Whoever asks is assigned."""


@dataclass(frozen=True, slots=True)
class Named:
    """What the card has of this kind has one of the names, in any case of letters."""

    field: NamedField
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """The value is there and lies between two bounds, both included; None is no bound.

    Bounds are points, a level of `PRIORITIES`, days or times, as the field is.
    """

    field: RangeField
    first: Bound | None
    last: Bound | None


@dataclass(frozen=True, slots=True)
class InSprint:
    """The card's sprint is under way on the day, or it is the first of its board to begin later."""

    which: Literal["current", "next"]
    today: date


@dataclass(frozen=True, slots=True)
class Has:
    """There is such a thing on the card.

    It is `blocked` while a card that it waits for is neither completed nor archived, and `blocking` while it is
    neither, and a card that waits for it is neither.
    """

    thing: Thing


@dataclass(frozen=True, slots=True)
class Drifting:
    """The card and its code have come apart in one of these ways."""

    kinds: frozenset[Drift]
    now: datetime


Query = Every | Some | Without | Words | Keyed | Mine | Named | Within | InSprint | Has | Drifting

EVERYTHING = Every(())

PRIORITIES = ("none", "low", "medium", "high", "urgent")
"""From least to most."""


def leaves(query: Query) -> list[Query]:
    """Every condition in the tree that is not made of others."""
    match query:
        case Every(parts) | Some(parts):
            return [leaf for part in parts for leaf in leaves(part)]
        case Without(part):
            return leaves(part)
    return [query]


def asked_for(query: Query) -> list[Query]:
    """The conditions that a card may be found by: those that are not excluded."""
    match query:
        case Every(parts) | Some(parts):
            return [leaf for part in parts for leaf in asked_for(part)]
        case Without():
            return []
    return [query]


def mentions_archive(query: Query) -> bool:
    """Whether the query says something about the archive; else it is about the cards outside."""
    return Has("archived") in leaves(query)
