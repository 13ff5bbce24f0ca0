"""No circle of waiting cards is overlooked, and none is seen where there is none."""

from collections import Counter
from itertools import pairwise
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from taskly.cards.dependency_rules import circle, in_circles

CARDS = [UUID(int=number) for number in range(1, 7)]
pairs = st.tuples(st.sampled_from(CARDS), st.sampled_from(CARDS))


def reaches(edges: set[tuple[UUID, UUID]], start: UUID, end: UUID) -> bool:
    """Whether one gets from a card to another along the edges, by trying as often as there are cards."""
    reached = {start}
    for _ in CARDS:
        reached |= {blocker for blocked, blocker in edges if blocked in reached}
    return end in reached


def waiting_of(edges: set[tuple[UUID, UUID]]) -> dict[UUID, list[UUID]]:
    """What each card waits for, by edges from the one that waits."""
    waiting: dict[UUID, list[UUID]] = {}
    for blocked, blocker in edges:
        waiting.setdefault(blocked, []).append(blocker)
    return waiting


@given(st.sets(pairs), st.sampled_from(CARDS), st.sets(st.sampled_from(CARDS), min_size=1))
def test_a_circle_is_found_exactly_when_there_would_be_one(
    edges: set[tuple[UUID, UUID]], card: UUID, blockers: set[UUID]
) -> None:
    others = {edge for edge in edges if edge[0] != card}
    waiting = waiting_of(others)
    way = circle(waiting, card, blockers)
    assert bool(way) == any(reaches(others, blocker, card) for blocker in blockers)
    if way:
        assert (way[0], way[-1]) == (card, card)
        assert way[1] in blockers
        assert set(pairwise(way[1:])) <= others


@given(st.sets(pairs), st.sets(st.sampled_from(CARDS)))
def test_the_cards_that_wait_for_themselves_are_all_found_and_no_others(
    edges: set[tuple[UUID, UUID]], among: set[UUID]
) -> None:
    waiting = waiting_of(edges)
    looked_at = {end for end in CARDS for start in among if reaches(edges, start, end)}
    assert in_circles(waiting, among) == {
        card
        for card in looked_at
        if any(reaches(edges, blocker, card) for blocker in waiting.get(card, ()))
    }


def test_however_many_are_looked_at_each_card_is_asked_for_what_it_waits_for_a_few_times() -> None:
    asked: Counter[UUID] = Counter()

    class Asked(dict[UUID, list[UUID]]):
        def get(self, card: UUID, default: Any = None) -> Any:
            asked[card] += 1
            return super().get(card, default)

    cards = [UUID(int=number) for number in range(1, 301)]
    waiting = Asked({card: cards[place + 1 :] for place, card in enumerate(cards)})
    assert in_circles(waiting, cards) == set()
    waiting[cards[-1]] = cards[:1]
    assert in_circles(waiting, cards) == set(cards)
    assert max(asked.values()) <= 6
