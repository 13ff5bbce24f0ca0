"""What came of sprints, worked out by hand."""

from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from taskly.kit.json import dumps, loads
from taskly.sprints.rules.outcome import ScopedCard, commitment, outcome

MONDAY = date(2026, 11, 23)


def card(number: int, points: int | None, *, done: bool = False) -> ScopedCard:
    """A card whose id is its number."""
    return ScopedCard(UUID(int=number), number, points, done)


def logged(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as they are read from the log."""
    read: dict[str, Any] = loads(dumps(facts))
    return read


def test_each_card_is_where_it_belongs() -> None:
    start = logged(
        commitment("Refunds", 40, MONDAY, [card(1, 3), card(2, 2), card(3, 5), card(4, None)])
    )

    facts = outcome("Less", start, [card(1, 3, done=True), card(2, 8), card(5, 1, done=True)])

    numbers = {
        name: [each["number"] for each in listed["cards"]]
        for name, listed in facts.items()
        if name != "goal"
    }
    assert numbers == {
        "completed": [1, 5],
        "not_completed": [2],
        "added": [5],
        "removed": [3, 4],
    }
    assert {name: facts[name]["points"] for name in numbers} == {
        "completed": 4,
        "not_completed": 8,
        "added": 1,
        "removed": 5,
    }
    assert start["points"] == 10


def test_nothing_comes_of_nothing() -> None:
    facts = outcome("", logged(commitment("", 0, MONDAY, [])), [])

    assert all(
        listed == {"points": 0, "cards": []} for name, listed in facts.items() if name != "goal"
    )


cards = st.lists(
    st.builds(card, st.integers(1, 30), st.none() | st.integers(0, 99), done=st.booleans()),
    unique_by=lambda each: each.number,
    max_size=15,
)


@given(before=cards, after=cards)
def test_what_was_there_and_came_is_what_went_and_is_there(
    before: list[ScopedCard], after: list[ScopedCard]
) -> None:
    facts = outcome("", logged(commitment("", 0, MONDAY, before)), after)
    numbers = {
        name: {each["number"] for each in facts[name]["cards"]}
        for name in ("completed", "not_completed", "added", "removed")
    }
    there = {each.number for each in after}

    assert numbers["completed"] | numbers["not_completed"] == there
    assert not numbers["completed"] & numbers["not_completed"]
    start = {each.number for each in before}
    assert (start | numbers["added"]) - numbers["removed"] == there
