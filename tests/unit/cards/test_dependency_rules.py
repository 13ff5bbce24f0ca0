"""No circle of waiting cards is overlooked, and none is seen where there is none."""

from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from taskly.cards.dependency_rules import circle

CARDS = [UUID(int=number) for number in range(1, 7)]
pairs = st.tuples(st.sampled_from(CARDS), st.sampled_from(CARDS))


def reaches(edges: set[tuple[UUID, UUID]], start: UUID, end: UUID) -> bool:
    """Whether one gets from a card to another along the edges, by trying as often as there are cards."""
    reached = {start}
    for _ in CARDS:
        reached |= {blocker for blocked, blocker in edges if blocked in reached}
    return end in reached


@given(st.sets(pairs), st.sampled_from(CARDS), st.sets(st.sampled_from(CARDS), min_size=1))
def test_a_circle_is_found_exactly_when_there_would_be_one(
    edges: set[tuple[UUID, UUID]], card: UUID, blockers: set[UUID]
) -> None:
    others = {edge for edge in edges if edge[0] != card}
    waiting: dict[UUID, list[UUID]] = {}
    for blocked, blocker in others:
        waiting.setdefault(blocked, []).append(blocker)
    way = circle(waiting, card, blockers)
    assert bool(way) == any(reaches(others, blocker, card) for blocker in blockers)
    if way:
        assert (way[0], way[-1]) == (card, card)
        assert way[1] in blockers
        assert set(pairwise(way[1:])) <= others
