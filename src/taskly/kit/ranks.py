"""Ranks: short strings that keep things in order without renumbering (fractional indexing).

A rank is a fraction between 0 and 1, written in base 62 without the leading `0.`: `V` is 31/62, `V1` is
31/62 + 1/62². The digits are `0-9A-Za-z`, whose ASCII codes grow with their values, so ranks compare
bytewise (`COLLATE "C"`) as their fractions do. A rank is not empty and does not end in `0`: each fraction
is written in one way only, and between any two ranks there are always more.

To place something between `low` and `high`, look at fractions of `w` digits: with `L = floor(low · 62^w)`
and `H = ceil(high · 62^w)` (a missing `low` is 0, a missing `high` is 1) those with a number between `L`
and `H` fit.

- Both given, or none: take the first `w` of 1, 2, 3 … with `H - L ≥ 2`, and of it `(L + H) div 2`. There is
  no shorter rank between the two. Placing again and again beside the same neighbour halves the gap, which
  costs a digit for every five or six placings.
- Only `low` (append): take the first `w` of 2, 5, 8 … with `H - L ≥ 2`, and of it `L + 1`. Only `high`
  (prepend): the same `w`, and `H - 1`. Of these small steps there are 1 900 with two digits, and every three
  digits more give 238 000 (62³) further ones.

The number is written with `w` digits, and zeros at its end are dropped. Where ranks would grow longer than
`MAXIMUM_RANK_LENGTH`, those around are given out anew: see `make_room`.
"""

from collections.abc import Callable, Sequence

MAXIMUM_RANK_LENGTH = 64
"""Characters. Where a longer one would be needed, `make_room`."""
ROOMY_LENGTH = MAXIMUM_RANK_LENGTH // 2
"""Ranks of this length leave room for more than a hundred others beside each."""

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE = len(_DIGITS)
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_FIRST_OPEN_WIDTH, _OPEN_WIDTH_STEP = 2, 3
_ROOM_WHEN_SPREAD = 16
_FIRST_REACH = 16


def rank_between(low: str | None, high: str | None) -> str:
    """A rank after `low` and before `high`; None is an open end.

    It is at most one character longer than the longer of the two, or three at an open end.

    Raises:
        ValueError: a rank is malformed, or `low` does not come before `high`.
    """
    _check_order(low, high)
    if low is not None and high is None:
        return _after(low)
    if low is None and high is not None:
        return _before(high)
    return _divide(low, high, parts=2)[0]


def ranks_between(low: str | None, high: str | None, count: int) -> list[str]:
    """`count` ranks in order, after `low` and before `high`; None is an open end.

    Between two ranks they are short and spread evenly; at one open end they are what as many appends or
    prepends would give; with both ends open they are `spread`.

    Raises:
        ValueError: as `rank_between`, or the count is negative.
    """
    _check_order(low, high)
    _check_count(count)
    if low is not None and high is None:
        return _repeat(_after, low, count)
    if low is None and high is not None:
        return _repeat(_before, high, count)[::-1]
    if low is None or high is None:
        return spread(count)
    return _divide(low, high, parts=count + 1)


def make_room(ranks: Sequence[str], place: int) -> tuple[int, list[str]]:
    """Fresh, short ranks for as few as need them around the gap before `ranks[place]`.

    Args:
        ranks: all ranks that must stay in order, in order.
        place: the index of what follows the gap; the number of ranks for the gap behind the last.

    Returns:
        The index of the first that is to be changed, and the new ranks from there on.
    """
    reach = _FIRST_REACH
    while True:
        first, end = max(place - reach, 0), min(place + reach, len(ranks))
        low = ranks[first - 1] if first else None
        high = ranks[end] if end < len(ranks) else None
        fresh = ranks_between(low, high, end - first)
        if end - first == len(ranks) or max(map(len, fresh)) <= ROOMY_LENGTH:
            return first, fresh
        reach *= 2


def spread(count: int) -> list[str]:
    """`count` ranks in order, spread evenly over all there are, with room for more between each two.

    Raises:
        ValueError: the count is negative.
    """
    _check_count(count)
    return _divide(None, None, parts=count + 1, room=_ROOM_WHEN_SPREAD)


def _divide(low: str | None, high: str | None, *, parts: int, room: int = 1) -> list[str]:
    """The ranks that divide what lies between into equal parts, each at least `room` wide."""
    width = 1
    while True:
        start = _floor(low or "", width)
        gap = (_BASE**width if high is None else _ceiling(high, width)) - start
        if gap >= parts * room:
            return [_written(start + gap * part // parts, width) for part in range(1, parts)]
        width += 1


def _after(low: str) -> str:
    width = _FIRST_OPEN_WIDTH
    while (number := _floor(low, width) + 1) == _BASE**width:
        width += _OPEN_WIDTH_STEP
    return _written(number, width)


def _before(high: str) -> str:
    width = _FIRST_OPEN_WIDTH
    while (number := _ceiling(high, width) - 1) == 0:
        width += _OPEN_WIDTH_STEP
    return _written(number, width)


def _repeat(step: Callable[[str], str], rank: str, count: int) -> list[str]:
    ranks: list[str] = []
    for _ in range(count):
        rank = step(rank)
        ranks.append(rank)
    return ranks


def _floor(rank: str, width: int) -> int:
    """The greatest number of `width` digits that is not above the rank."""
    number = 0
    for digit in rank[:width].ljust(width, _DIGITS[0]):
        number = number * _BASE + _VALUES[digit]
    return number


def _ceiling(rank: str, width: int) -> int:
    """The least number of `width` digits that is not below the rank."""
    return _floor(rank, width) + (len(rank) > width)


def _written(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, value = divmod(number, _BASE)
        digits.append(_DIGITS[value])
    return "".join(reversed(digits)).rstrip(_DIGITS[0])


def _check_order(low: str | None, high: str | None) -> None:
    for rank in (low, high):
        if rank is not None:
            _check_form(rank)
    if low is not None and high is not None and low >= high:
        raise ValueError(f"rank {low!r} does not come before rank {high!r}")


def _check_form(rank: str) -> None:
    if not rank or rank.endswith(_DIGITS[0]) or not _VALUES.keys() >= set(rank):
        raise ValueError(f"{rank!r} is not a rank: digits of 0-9A-Za-z, the last one not 0")


def _check_count(count: int) -> None:
    if count < 0:
        raise ValueError(f"{count} ranks can't be made")
