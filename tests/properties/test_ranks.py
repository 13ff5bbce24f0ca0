"""Ranks keep things in order, whatever is placed where."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from taskly.kit.ranks import MAXIMUM_RANK_LENGTH, make_room, rank_between, ranks_between, spread

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

ranks = st.builds(
    lambda head, last: head + last,
    st.text(DIGITS, max_size=MAXIMUM_RANK_LENGTH - 1),
    st.sampled_from(DIGITS[1:]),
)
# Near each other, where it is tight.
close_ranks = st.builds(
    lambda head, last: head + last, st.text("01z", max_size=8), st.sampled_from("12yz")
)
gaps = st.lists(ranks | close_ranks, min_size=2, max_size=2, unique=True).map(sorted)
counts = st.integers(0, 200)


def is_rank(text: str) -> bool:
    return bool(text) and set(text) <= set(DIGITS) and not text.endswith("0")


def in_order(*parts: str) -> bool:
    return all(before.encode() < after.encode() for before, after in pairwise(parts))


@given(gaps)
def test_a_rank_is_strictly_between_and_at_most_one_longer(gap: list[str]) -> None:
    low, high = gap
    rank = rank_between(low, high)
    assert is_rank(rank)
    assert in_order(low, rank, high)
    assert len(rank) <= max(len(low), len(high)) + 1


@given(gaps)
def test_no_shorter_rank_is_between(gap: list[str]) -> None:
    low, high = gap
    rank = rank_between(low, high)
    shorter = rank[: len(rank) - 1].rstrip("0")
    following = None if not shorter else rank_after(shorter)
    assert not low < shorter < high
    assert following is None or not low < following < high


def rank_after(rank: str) -> str | None:
    """The next rank that is not longer, if there is one."""
    for length in range(len(rank), 0, -1):
        last = DIGITS.index(rank[length - 1])
        if last < len(DIGITS) - 1:
            return rank[: length - 1] + DIGITS[last + 1]
    return None


@given(ranks | close_ranks)
def test_there_is_always_room_at_the_ends(rank: str) -> None:
    before, after = rank_between(None, rank), rank_between(rank, None)
    assert is_rank(before)
    assert is_rank(after)
    assert in_order(before, rank, after)
    assert max(len(before), len(after)) <= len(rank) + 3


@given(gaps, counts)
def test_many_ranks_between_two_are_in_order(gap: list[str], count: int) -> None:
    low, high = gap
    made = ranks_between(low, high, count)
    assert len(made) == count
    assert all(map(is_rank, made))
    assert in_order(low, *made, high)
    assert max(map(len, made), default=0) <= max(len(low), len(high)) + 2


@given(ranks | close_ranks, counts)
def test_many_ranks_at_an_end_are_those_of_as_many_single_ones(rank: str, count: int) -> None:
    appended, prepended = [rank], [rank]
    for _ in range(count):
        appended.append(rank_between(appended[-1], None))
        prepended.insert(0, rank_between(None, prepended[0]))
    assert [rank, *ranks_between(rank, None, count)] == appended
    assert [*ranks_between(None, rank, count), rank] == prepended
    assert in_order(*appended)
    assert in_order(*prepended)


@given(st.integers(0, 3_000))
def test_spread_ranks_are_in_order_with_room_between_each_two(count: int) -> None:
    made = spread(count)
    assert len(made) == count
    assert all(map(is_rank, made))
    assert in_order(*made)
    assert max(map(len, made), default=1) <= 3
    assert all(len(rank_between(low, high)) <= 3 for low, high in pairwise(made))


@given(st.lists(st.tuples(st.sampled_from(["insert", "move"]), st.integers(0), st.integers(0))))
def test_a_column_stays_in_the_order_in_which_things_were_placed(
    steps: list[tuple[str, int, int]],
) -> None:
    order: list[int] = []
    rank_of: dict[int, str] = {}
    for thing, (step, first, second) in enumerate(steps):
        moved = thing
        if step == "move" and order:
            moved = order.pop(first % len(order))
        place = second % (len(order) + 1)
        low = rank_of[order[place - 1]] if place else None
        high = rank_of[order[place]] if place < len(order) else None
        rank_of[moved] = rank_between(low, high)
        order.insert(place, moved)
        assert sorted(order, key=lambda one: rank_of[one].encode()) == order


@given(st.lists(ranks | close_ranks, unique=True))
def test_spreading_keeps_the_order_and_makes_ranks_short(crowded: list[str]) -> None:
    new_rank = dict(zip(sorted(crowded), spread(len(crowded)), strict=True))
    assert sorted(crowded) == sorted(crowded, key=new_rank.__getitem__)
    assert max(map(len, new_rank.values()), default=0) <= 3


@given(st.lists(ranks | close_ranks, unique=True, min_size=1), st.integers(0))
def test_room_is_made_without_touching_the_order(crowded: list[str], somewhere: int) -> None:
    column = sorted(crowded)
    place = somewhere % (len(column) + 1)
    first, fresh = make_room(column, place)
    after = [*column[:first], *fresh, *column[first + len(fresh) :]]
    assert len(after) == len(column)
    assert after == sorted(set(after))
    low = after[place - 1] if place else None
    high = after[place] if place < len(after) else None
    assert len(rank_between(low, high)) <= MAXIMUM_RANK_LENGTH
