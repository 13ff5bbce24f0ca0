"""Ranks by example: what they look like, and how slowly they grow."""

import re
from zlib import crc32

import pytest

from taskly.kit.ranks import (
    MAXIMUM_RANK_LENGTH,
    ROOMY_LENGTH,
    make_room,
    rank_between,
    ranks_between,
    spread,
)


@pytest.mark.parametrize(
    ("low", "high", "rank"),
    [
        (None, None, "V"),
        ("V", None, "V1"),
        ("V1", None, "V2"),
        ("Vz", None, "W"),
        ("zy", None, "zz"),
        ("zz", None, "zz001"),
        ("zzzzz", None, "zzzzz001"),
        ("VV7", None, "VW"),
        (None, "V", "Uz"),
        (None, "Uz", "Uy"),
        (None, "V1", "V"),
        (None, "VV7", "VV"),
        (None, "01", "00zzz"),
        (None, "001", "000zz"),
        (None, "00001", "00000zzz"),
        ("A", "C", "B"),
        ("A", "B", "AV"),
        ("AV", "B", "Ak"),
        ("Az", "B", "AzV"),
        ("A", "A1", "A0V"),
        ("A", "A01", "A00V"),
        ("1", "z", "V"),
    ],
)
def test_a_rank_between_two_others(low: str | None, high: str | None, rank: str) -> None:
    assert rank_between(low, high) == rank


@pytest.mark.parametrize(
    ("low", "high", "count", "ranks"),
    [
        (None, None, 0, []),
        (None, None, 1, ["V"]),
        (None, None, 3, ["FV", "V", "kV"]),
        ("V", None, 3, ["V1", "V2", "V3"]),
        (None, "V", 3, ["Ux", "Uy", "Uz"]),
        ("A", "C", 1, ["B"]),
        ("A", "C", 3, ["AV", "B", "BV"]),
        ("A", "E", 3, ["B", "C", "D"]),
        ("A", "E", 0, []),
    ],
)
def test_several_ranks_at_once(
    low: str | None, high: str | None, count: int, ranks: list[str]
) -> None:
    assert ranks_between(low, high, count) == ranks


@pytest.mark.parametrize("malformed", ["", "0", "A0", "a-b", "a b", "ä", "A\n", "٣"])
def test_what_is_no_rank_is_refused(malformed: str) -> None:
    complaint = (
        f"^{re.escape(repr(malformed))} is not a rank: digits of 0-9A-Za-z, the last one not 0$"
    )
    for low, high in [(malformed, None), (None, malformed), (malformed, "z"), ("1", malformed)]:
        with pytest.raises(ValueError, match=complaint):
            rank_between(low, high)
        with pytest.raises(ValueError, match=complaint):
            ranks_between(low, high, 2)


@pytest.mark.parametrize(("low", "high"), [("B", "A"), ("B", "B"), ("a", "Z"), ("A1", "A")])
def test_ranks_in_the_wrong_order_are_refused(low: str, high: str) -> None:
    complaint = f"^rank '{low}' does not come before rank '{high}'$"
    with pytest.raises(ValueError, match=complaint):
        rank_between(low, high)
    with pytest.raises(ValueError, match=complaint):
        ranks_between(low, high, 0)


def test_a_negative_number_of_ranks_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^-1 ranks can't be made$"):
        spread(-1)
    with pytest.raises(ValueError, match=r"^-1 ranks can't be made$"):
        ranks_between("A", "B", -1)


@pytest.mark.parametrize(
    ("appends", "longest"), [(1_000, 2), (1_921, 2), (1_923, 5), (10_000, 5), (100_000, 5)]
)
def test_ranks_grow_slowly_at_the_end(appends: int, longest: int) -> None:
    ranks = ranks_between("V", None, appends)
    assert max(map(len, ranks)) == longest
    assert ranks == sorted(set(ranks))


@pytest.mark.parametrize(("prepends", "longest"), [(1_000, 2), (10_000, 5), (100_000, 5)])
def test_ranks_grow_slowly_at_the_start(prepends: int, longest: int) -> None:
    ranks = ranks_between(None, "V", prepends)
    assert max(map(len, ranks)) == longest
    assert ranks == sorted(set(ranks))


@pytest.mark.parametrize(("seed", "longest"), [(0, 9), (1, 8)])
def test_ranks_grow_slowly_at_random_places(seed: int, longest: int) -> None:
    ranks: list[str] = []
    for number in range(100_000):
        place = crc32(f"{seed}/{number}".encode()) % (len(ranks) + 1)
        low = ranks[place - 1] if place else None
        high = ranks[place] if place < len(ranks) else None
        ranks.insert(place, rank_between(low, high))
    assert max(map(len, ranks)) == longest
    assert ranks == sorted(set(ranks))


def test_ten_thousand_inserts_at_the_same_spot_need_few_respacings() -> None:
    column = spread(10)
    respacings = 0
    for _ in range(10_000):
        rank = rank_between(column[4], column[5])
        if len(rank) > MAXIMUM_RANK_LENGTH:
            first, fresh = make_room(column, 5)
            column[first : first + len(fresh)] = fresh
            respacings += 1
            rank = rank_between(column[4], column[5])
        column.insert(5, rank)
    assert column == sorted(set(column))
    assert max(map(len, column)) <= MAXIMUM_RANK_LENGTH
    assert respacings == 32


def narrow_column(size: int, place: int) -> list[str]:
    """A column whose gap before `place` takes no more ranks."""
    column = spread(size)
    while len(rank := rank_between(column[place - 1], column[place])) <= MAXIMUM_RANK_LENGTH:
        column.insert(place, rank)
    return column


@pytest.mark.parametrize("size", [2, 40, 5_000])
def test_room_is_made_near_the_narrow_gap_only(size: int) -> None:
    column = narrow_column(size, size // 2)
    place = size // 2
    first, fresh = make_room(column, place)
    assert first <= place <= first + len(fresh)
    assert len(fresh) < 800
    assert max(map(len, fresh)) <= ROOMY_LENGTH
    after = [*column[:first], *fresh, *column[first + len(fresh) :]]
    assert after == sorted(set(after))


@pytest.mark.parametrize(
    ("count", "longest"), [(1, 1), (2, 1), (10, 2), (100, 2), (1_000, 3), (10_000, 3)]
)
def test_spread_ranks_are_short(count: int, longest: int) -> None:
    ranks = spread(count)
    assert len(ranks) == count
    assert max(map(len, ranks)) == longest
    assert ranks == sorted(set(ranks))
