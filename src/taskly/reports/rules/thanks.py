"""Whom to thank. In the order of their names, and without numbers: it is thanks, and no league table."""

import enum
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID


class Thanked(enum.StrEnum):
    """What somebody is thanked for."""

    COMPLETED = "completed"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by name; whoever is known at GitHub only has no id here."""

    id: UUID | None
    name: str


@dataclass(frozen=True, slots=True)
class Thanks:
    """Somebody to thank."""

    person: Person
    reasons: tuple[Thanked, ...]


def thanks(doers: Collection[Person], reviewers: Iterable[Person]) -> list[Thanks]:
    """Everybody who completed or reviewed something, by name, each once."""
    reasons: dict[Person, set[Thanked]] = {}
    for reason, people in ((Thanked.COMPLETED, doers), (Thanked.REVIEWED, reviewers)):
        for person in people:
            reasons.setdefault(person, set()).add(reason)
    return [
        Thanks(person, tuple(each for each in Thanked if each in reasons[person]))
        for person in sorted(reasons, key=_by_name)
    ]


def _by_name(person: Person) -> tuple[str, str, str]:
    return person.name.casefold(), person.name, str(person.id)
