"""Who can take how much in a sprint, who has how much, and whether that is healthy. Pure, and exact: in fractions."""

import enum
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

WIDEST_SPREAD = Fraction(1, 2)
"""Of their capacities: so much more than the least busy the busiest may have."""


class Health(enum.StrEnum):
    """How the load of a sprint is spread."""

    BALANCED = "balanced"
    UNBALANCED = "unbalanced"
    OVERLOADED = "overloaded"


class Strain(enum.StrEnum):
    """What is not healthy."""

    SPRINT_OVER = "sprint_over"
    PERSON_OVER = "person_over"
    SPREAD = "spread"


@dataclass(frozen=True, slots=True)
class AssignedCard:
    """A card of a sprint, and who is on it."""

    id: UUID
    number: int
    story_points: int | None
    assignee_ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can take so many points in a sprint."""

    id: UUID
    name: str
    capacity: Fraction
    is_set: bool = False
    """It was set for this sprint, and does not follow from anything."""


@dataclass(frozen=True, slots=True)
class Burden:
    """A person with what they have in a sprint."""

    person: Person
    load: Fraction
    cards: int

    @property
    def over(self) -> Fraction:
        """By so much it is more than they can take; negative: so much is free."""
        return self.load - self.person.capacity

    @property
    def share(self) -> Fraction | None:
        """How much of their capacity it is; None for somebody who can take nothing."""
        return self.load / self.person.capacity if self.person.capacity else None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not healthy: about whom, and by how many points."""

    strain: Strain
    people: Sequence[Burden]
    points: Fraction


def capacity_in(capacity: int, days_off: float, working: int, own: int | None = None) -> Fraction:
    """What is left of somebody's capacity in a sprint of so many working days; or what was set for the sprint.

    What was set counts as it is: whoever sets it knows of the days off.
    In a sprint of no working days, such as one over a weekend, nobody has days off: people came for that.

    >>> capacity_in(20, 3, 10), capacity_in(20, 12, 10), capacity_in(20, 1, 0)
    (Fraction(14, 1), Fraction(0, 1), Fraction(20, 1))
    >>> capacity_in(20, 0.5, 9), capacity_in(20, 0.5, 9, 12)
    (Fraction(170, 9), Fraction(12, 1))
    """
    if own is not None:
        return Fraction(own)
    if not working:
        return Fraction(capacity)
    return capacity * max(working - Fraction(days_off), Fraction(0)) / working


def person(
    id_: UUID, name: str, usual: int, working: int, *, days_off: float | None, own: int | None
) -> Person:
    """Somebody with what they can take in a sprint of so many working days, of what is said of them there."""
    return Person(
        id_, name, capacity_in(usual, days_off or 0, working, own), is_set=own is not None
    )


def burdens(cards: Iterable[AssignedCard], people: Iterable[Person]) -> list[Burden]:
    """What each person has: the points of a card are split evenly among those who are on it."""
    loads: dict[UUID, Fraction] = {}
    counts: dict[UUID, int] = {}
    for card in cards:
        for person_id in card.assignee_ids:
            share = Fraction(card.story_points or 0, len(card.assignee_ids))
            loads[person_id] = loads.get(person_id, Fraction(0)) + share
            counts[person_id] = counts.get(person_id, 0) + 1
    return [
        Burden(person, loads.get(person.id, Fraction(0)), counts.get(person.id, 0))
        for person in people
    ]


def findings(capacity: int, points: int, people: Collection[Burden]) -> list[Finding]:
    """What is not healthy about a sprint of this capacity and these points.

    Only who is on a card of it counts, as others of the workspace may have nothing to do with the board.
    """
    busy = [each for each in people if each.cards]
    found = []
    if points > capacity:
        found.append(Finding(Strain.SPRINT_OVER, [], Fraction(points - capacity)))
    found += [Finding(Strain.PERSON_OVER, [each], each.over) for each in busy if each.over > 0]
    able = [each for each in busy if each.share is not None]
    if len(able) > 1:
        most, least = (choose(able, key=_share) for choose in (max, min))
        if _share(most) - _share(least) > WIDEST_SPREAD:
            found.append(Finding(Strain.SPREAD, [most, least], most.load - least.load))
    return found


def health_of(found: Iterable[Finding]) -> Health:
    """What findings come to."""
    strains = {each.strain for each in found}
    if strains & {Strain.SPRINT_OVER, Strain.PERSON_OVER}:
        return Health.OVERLOADED
    return Health.UNBALANCED if strains else Health.BALANCED


def _share(burden: Burden) -> Fraction:
    return burden.share or Fraction(0)


def written(points: Fraction) -> str:
    """Points for people, with two digits if they are not whole.

    >>> written(Fraction(3)), written(Fraction(10, 3)), written(Fraction(7, 2))
    ('3', '3.33', '3.5')
    """
    if points.denominator == 1:
        return str(points.numerator)
    return f"{float(round(points, 2)):.2f}".rstrip("0")


def sentence(finding: Finding) -> str:
    """A finding in words, with the numbers and names behind it."""
    by = written(finding.points)
    match finding.strain:
        case Strain.SPRINT_OVER:
            return f"The sprint is {by} over its capacity."
        case Strain.PERSON_OVER:
            [one] = finding.people
            has, can = written(one.load), written(one.person.capacity)
            return f"{one.person.name} has {has} of {can}, {by} over."
        case Strain.SPREAD:
            most, least = (
                f"{each.person.name} has {written(each.load)} of {written(each.person.capacity)}"
                for each in finding.people
            )
            return f"{most}, {least}."


def effect(keys: str, before: Burden, after: Burden) -> str | None:
    """What taking cards on does to a person, in words; None if nothing."""
    if after.load == before.load and after.cards == before.cards:
        return None
    if after.over > 0:
        return f"Adding {keys} puts {after.person.name} {written(after.over)} over."
    return f"Adding {keys} leaves {after.person.name} {written(-after.over)} free."
