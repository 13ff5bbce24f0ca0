"""Loads, health and their words, worked out by hand."""

from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.sprints.rules.capacity import (
    AssignedCard,
    Burden,
    Health,
    Person,
    Strain,
    burdens,
    effect,
    findings,
    health_of,
    sentence,
    written,
)

OMAR, MONA, ADA = (
    Person(UUID(int=number), name, Fraction(20))
    for number, name in enumerate(("Omar", "Mona", "Ada"))
)
PEOPLE = (OMAR, MONA, ADA)


def card(points: int | None, *people: Person) -> AssignedCard:
    """A card with people on it."""
    return AssignedCard(UUID(int=99), 1, points, [person.id for person in people])


def has(person: Person, load: int | Fraction, cards: int = 1) -> Burden:
    """A person with a load."""
    return Burden(person, Fraction(load), cards)


def test_shared_cards_are_split_evenly_and_exactly() -> None:
    cards = [card(10, OMAR, MONA, ADA), card(1, OMAR, MONA), card(None, ADA), card(7)]

    assert burdens(cards, PEOPLE) == [
        has(OMAR, Fraction(23, 6), 2),
        has(MONA, Fraction(23, 6), 2),
        has(ADA, Fraction(10, 3), 2),
    ]


@pytest.mark.parametrize(
    ("capacity", "points", "people", "health", "strains"),
    [
        (40, 0, [], Health.BALANCED, []),
        (40, 40, [has(OMAR, 20), has(MONA, 20)], Health.BALANCED, []),
        (40, 41, [has(OMAR, 20), has(MONA, 20)], Health.OVERLOADED, [Strain.SPRINT_OVER]),
        (40, 21, [has(OMAR, 21)], Health.OVERLOADED, [Strain.PERSON_OVER]),
        (40, 20, [has(OMAR, Fraction(61, 3))], Health.OVERLOADED, [Strain.PERSON_OVER]),
        (40, 24, [has(OMAR, 17), has(MONA, 7)], Health.BALANCED, []),
        (40, 25, [has(OMAR, 18), has(MONA, 7)], Health.UNBALANCED, [Strain.SPREAD]),
        # Who is on no card does not count, and one person alone is spread over nobody.
        (40, 18, [has(OMAR, 18), has(MONA, 0, 0)], Health.BALANCED, []),
        # On a card without an estimate: the same as having nothing.
        (40, 18, [has(OMAR, 18), has(MONA, 0)], Health.UNBALANCED, [Strain.SPREAD]),
        (
            40,
            1,
            [has(Person(UUID(int=9), "Guest", Fraction(0)), 1), has(OMAR, 0)],
            Health.OVERLOADED,
            [Strain.PERSON_OVER],
        ),
        (
            20,
            30,
            [has(OMAR, 25), has(MONA, 5)],
            Health.OVERLOADED,
            [Strain.SPRINT_OVER, Strain.PERSON_OVER, Strain.SPREAD],
        ),
    ],
)
def test_health_follows_from_capacity_load_and_spread(
    capacity: int, points: int, people: list[Burden], health: Health, strains: list[Strain]
) -> None:
    found = findings(capacity, points, people)

    assert (health_of(found), [each.strain for each in found]) == (health, strains)


def test_findings_have_numbers_and_names() -> None:
    found = findings(20, 30, [has(MONA, Fraction(10, 3)), has(OMAR, 23)])

    assert [sentence(each) for each in found] == [
        "The sprint is 10 over its capacity.",
        "Omar has 23 of 20, 3 over.",
        "Omar has 23 of 20, Mona has 3.33 of 20.",
    ]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (has(OMAR, 15), has(OMAR, 23), "Adding PAY-12 puts Omar 3 over."),
        (has(OMAR, 15), has(OMAR, 20), "Adding PAY-12 leaves Omar 0 free."),
        (has(OMAR, 15), has(OMAR, Fraction(33, 2)), "Adding PAY-12 leaves Omar 3.5 free."),
        (has(OMAR, 25), has(OMAR, 25), None),
    ],
)
def test_what_a_card_does_to_somebody_is_said(
    before: Burden, after: Burden, words: str | None
) -> None:
    assert effect("PAY-12", before, after) == words


@given(
    st.lists(
        st.tuples(st.none() | st.integers(0, 99), st.lists(st.sampled_from(PEOPLE), unique=True)),
        max_size=30,
    )
)
def test_all_loads_together_are_the_points_that_somebody_is_on(
    drawn: list[tuple[int | None, list[Person]]],
) -> None:
    loads = burdens([card(points, *people) for points, people in drawn], PEOPLE)

    assert sum(each.load for each in loads) == sum(
        points or 0 for points, people in drawn if people
    )


@given(st.fractions(0, 2000, max_denominator=10))
def test_points_are_written_as_they_are_up_to_two_digits(points: Fraction) -> None:
    assert abs(Fraction(written(points)) - points) <= Fraction(1, 200)
